"""Switching plugins on and off for a company; effective at the next request of every process, because each request reads it."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.access.guard import authorise, open_for_writing
from core.audit.trail import name_action
from core.extension.registry import Registry
from core.kernel.acting import Actor, acting
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.words import Message, listed, msg
from core.switchboard.models import ModuleSwitch

_ON = select(ModuleSwitch.plugin).where(ModuleSwitch.company_id == bindparam("company"), ModuleSwitch.enabled)


def switches(session: Session, company_id: int) -> dict[str, ModuleSwitch]:
    """Every switch of the company that was ever touched, by plugin."""
    found = session.scalars(select(ModuleSwitch).where(ModuleSwitch.company_id == company_id))
    return {switch.plugin: switch for switch in found}


def enabled_modules(session: Session, company_id: int, registry: Registry) -> frozenset[str]:
    """Installed plugins that are on for the company."""
    return frozenset(session.scalars(_ON, {"company": company_id})) & set(registry.names)


def why_locked(registry: Registry, name: str, on: frozenset[str]) -> Message | None:
    """Why the plugin cannot be switched now: others that are on require it, or it requires others that are off."""
    titles = {key: manifest.title for key, manifest in registry.manifests.items()}
    if name in on:
        users = [titles[other] for other in registry.required_by(name) if other in on]
        return msg("Required by %(names)s; disable that first.", names=listed(users)) if users else None
    missing = [titles[need] for need in registry.manifests[name].requires if need not in on]
    return msg("Requires %(names)s; enable that first.", names=listed(missing)) if missing else None


def switch_module(session: Session, registry: Registry, company_id: int, name: str, *, on: bool) -> ModuleSwitch:
    """Switch the plugin on or off for the company; its data stay.

    Raises :class:`NotFound` for a plugin that is not installed and :class:`Conflict` while others depend on its state.
    """
    if name not in registry.manifests:
        raise NotFound(msg("No module called “%(name)s” is installed.", name=name))
    authorise(ModuleSwitch, "update")
    present = enabled_modules(session, company_id, registry)
    if (name in present) == on:
        raise Conflict(msg("The module “%(title)s” is in this state already.", title=registry.manifests[name].title))
    if (reason := why_locked(registry, name, present)) is not None:
        raise Conflict(reason)
    return _write(session, company_id, name, on=on)


def enable_all(session: Session, registry: Registry, company_id: int, names: tuple[str, ...]) -> None:
    """Switch the plugins and everything they require on, as when a company is founded."""
    unknown = [name for name in names if name not in registry.manifests]
    if unknown:
        raise BadInput(msg("No module called “%(name)s” is installed.", name=unknown[0]))
    present = enabled_modules(session, company_id, registry)
    for name in registry.names:
        if name in registry.closure(names) and name not in present:
            _write(session, company_id, name, on=True)


def _write(session: Session, company_id: int, name: str, *, on: bool) -> ModuleSwitch:
    who = acting()
    switch = switches(session, company_id).get(name) or ModuleSwitch(company_id=company_id, plugin=name)
    switch.enabled, switch.switched_at = on, now()
    switch.switched_by = who.name if isinstance(who, Actor) else ""  # empty: the system itself, as when a company is founded
    open_for_writing(session, switch)
    name_action(session, switch, "enable" if on else "disable")
    session.add(switch)
    session.flush()
    return switch
