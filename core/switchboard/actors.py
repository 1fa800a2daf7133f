"""The person who acts, complete: rights from the roles, modules from the switchboard."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, union_all
from sqlalchemy.orm import Session

from core.access.resolve import CASES, DEPARTMENTS, FIELD_GRANTS, GRANTS, Membership, actor_in, asked, asking, memberships
from core.access.separation import is_business_table, powers_are_separate
from core.extension.calling import registry
from core.kernel.acting import Actor
from core.switchboard.models import ModuleSwitch

_ASKED = union_all(
    GRANTS,
    FIELD_GRANTS,
    CASES,
    DEPARTMENTS,
    asked(ModuleSwitch.plugin).where(ModuleSwitch.company_id == bindparam("company"), ModuleSwitch.enabled),
)
"""Rights, field rights, departments and modules of one employee: every request asks it, so it is one statement and built once."""


FIELD = 8  # where a row names the field that a role speaks of


def present(session: Session, user_id: int, membership: Membership) -> Actor:
    """The employee with rights and modules as they are now; rights of modules that are off do not count."""
    found = tuple(map(tuple, session.execute(_ASKED, asking(membership)).all()))
    return _standing(user_id, membership, found, registry().names, powers_are_separate())


@lru_cache(maxsize=1_000)
def _standing(
    user_id: int, membership: Membership, found: tuple[tuple[Any, ...], ...], installed: tuple[str, ...], separate: bool
) -> Actor:
    """Whom the rows make of somebody: the same person for the same rows, so that what is remembered of a person is found at once."""
    modules = frozenset(name for name, verb, _, number, *_ in found if verb is None and number is None) & set(installed)
    live = modules | {"core"}
    rights = [row for row in found if row[1] and row[0].split(".", 1)[0] in live]
    opened = ((name, separate and has_power) for name, verb, _, _, has_power, *_ in found if verb == "")
    cases = frozenset(table for table, apart in opened if not (apart and is_business_table(table)))
    grants, fields = [row for row in rights if row[FIELD] is None], [row for row in rights if row[FIELD] is not None]
    departments = [row[3:6] for row in found if row[3] is not None]
    return replace(actor_in(user_id, membership, grants, fields, departments), modules=modules, cases=cases)


def resolve_actor(session: Session, user_id: int, company_id: int) -> Actor | None:
    """The user's employee in the company, or None for a leaver, a closed account or a stranger; ``session`` is unguarded."""
    found = [membership for membership in memberships(session, user_id) if membership.company_id == company_id]
    return present(session, user_id, found[0]) if found else None
