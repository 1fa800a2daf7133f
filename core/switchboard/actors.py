"""The person who acts, complete: rights from the roles, modules from the switchboard."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from core.access.resolve import Membership, actor_in, memberships
from core.extension.calling import registry
from core.kernel.acting import Actor
from core.switchboard.operations import enabled_modules


def present(session: Session, user_id: int, membership: Membership) -> Actor:
    """The employee with rights and modules as they are now; rights of modules that are off do not count."""
    actor = actor_in(session, user_id, membership)
    modules = enabled_modules(session, membership.company_id, registry())
    live = {right: scopes for right, scopes in actor.grants.items() if right[0].split(".", 1)[0] in modules | {"core"}}
    return replace(actor, modules=modules, grants=live)


def resolve_actor(session: Session, user_id: int, company_id: int) -> Actor | None:
    """The user's employee in the company, or None for a leaver, a closed account or a stranger; ``session`` is unguarded."""
    found = [membership for membership in memberships(session, user_id) if membership.company_id == company_id]
    return present(session, user_id, found[0]) if found else None
