"""Which handler runs which kind of job: those of the installed plugins and the house's own."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.exchange import JobHandler
from core.extension.registry import Registry
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.work.housekeeping import HOUSE_HANDLERS

_above: list[JobHandler] = []


def use_handlers(*handlers: JobHandler) -> None:
    """Let the floors above have kinds of jobs too; the application hands them over once at start."""
    _above[:] = handlers


def job_handlers(registry: Registry) -> Mapping[str, JobHandler]:
    """Handlers by kind. Raises :class:`StartRefused` for a kind that is claimed twice or does not begin with its plugin's name."""
    found = {handler.kind: handler for handler in (*HOUSE_HANDLERS, *_above)}
    for plugin, handler in registry.at_start("crm_jobs"):
        if not handler.kind.startswith(f"{plugin}."):
            raise StartRefused(msg("The job %(kind)s of the plugin %(name)s must begin with its name.", kind=handler.kind, name=plugin))
        if handler.kind in found:
            raise StartRefused(msg("The job %(kind)s is declared twice.", kind=handler.kind))
        found[handler.kind] = handler
    return found
