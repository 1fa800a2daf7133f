"""Everything that takes files of rows: the host's own resources, and those of the plugins (``crm_imports``)."""

from __future__ import annotations

from core.access.administration import staff_files
from core.extension.exchange import ImportTarget
from core.extension.registry import Registry

CORE = "core"
HOUSE_TARGETS: tuple[ImportTarget, ...] = (staff_files.TARGET,)


def import_targets(registry: Registry) -> list[tuple[str, ImportTarget]]:
    """Each target with the plugin that brings it; ``core`` is never off."""
    return [*((CORE, target) for target in HOUSE_TARGETS), *registry.at_start("crm_imports")]
