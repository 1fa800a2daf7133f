"""Taking a plugin out of a deployment without losing what it knows (design 3.3)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.extension.registry import Registry
from core.kernel.errors import Conflict, NotFound
from core.kernel.words import msg
from core.operations import migrations
from core.operations.branches import branches
from core.organisation.models import Company
from core.switchboard.models import ModuleSwitch


def refuse_if_used(session: Session, registry: Registry, name: str) -> None:
    """Raise :class:`Conflict` while the plugin is on for any company, or another installed one requires it."""
    if name not in registry.manifests:
        raise NotFound(msg("No module called “%(name)s” is installed.", name=name))
    on = (
        select(Company.slug)
        .join(ModuleSwitch, ModuleSwitch.company_id == Company.id)
        .where(ModuleSwitch.plugin == name, ModuleSwitch.enabled)
    )
    if slugs := list(session.scalars(on.order_by(Company.slug))):
        raise Conflict(msg("%(name)s is still on for %(companies)s. Please switch it off first.", name=name, companies=", ".join(slugs)))
    if users := registry.required_by(name):
        raise Conflict(msg("%(names)s require %(name)s. Please retire those first.", names=", ".join(users), name=name))


def retire_plugin(database: Database, registry: Registry, name: str) -> None:
    """Remember how far the plugin's migrations have come and forget them; its tables stay as they are.

    The start no longer misses it, and when it is installed again it finds its data.
    """
    migrations.retire(database.engine, branches(registry), name)
