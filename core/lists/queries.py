"""Saved views as the person who acts may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.access.people import still_held
from core.kernel.acting import Actor, actor
from core.lists.models import ListHabit, ListView, ViewMark
from core.organisation.models import Department

SHARED_BY_ROLE, SHARED_BY_DEPARTMENT = "role", "department"


@dataclass(frozen=True)
class SeenView:
    """A saved view as one person sees it; ``mine`` for its author."""

    id: int
    name: str
    conditions: str
    mine: bool
    pinned: bool = False
    usual: bool = False


class Pin(NamedTuple):
    """A saved view in the side menu."""

    id: int
    path: str
    name: str


def views_of_list(session: Session, path: str) -> Sequence[SeenView]:
    """Saved views of the list ``path`` that the person sees, own ones first, by name; one statement."""
    me = actor().employee_id
    marked = (ViewMark.view_id == ListView.id) & (ViewMark.employee_id == me)
    asked = (
        select(ListView.id, ListView.name, ListView.conditions, ListView.employee_id == me, ViewMark.pinned, ViewMark.usual)
        .outerjoin(ViewMark, marked)
        .where(ListView.path == path)
        .order_by((ListView.employee_id != me), ListView.name, ListView.id)
    )
    return [
        SeenView(number, name, conditions, bool(mine), bool(pinned), bool(usual))
        for number, name, conditions, mine, pinned, usual in session.execute(asked)
    ]


PINNED = select(
    func.aggregate_strings(cast(ListView.id, String).concat(" ").concat(ListView.path).concat(" ").concat(ListView.name), "\n")
).join(ViewMark, ViewMark.view_id == ListView.id)
"""All that one has pinned, as one text, so that every page gets it together with what else it asks; see :func:`read_pins`."""


def pinned_by(who: Actor) -> Any:
    """The one value of :data:`PINNED` for ``who``, to be asked beside others."""
    return PINNED.where(ViewMark.employee_id == who.employee_id, ViewMark.pinned).scalar_subquery()


def read_pins(told: str | None) -> tuple[Pin, ...]:
    """What :data:`PINNED` has answered, by name."""
    parts = [line.split(" ", 2) for line in (told or "").split("\n") if line]
    return tuple(sorted((Pin(int(number), path, name) for number, path, name in parts), key=lambda pin: (pin.name, pin.id)))


def habit_of(session: Session, path: str) -> ListHabit | None:
    """How the person who acts likes to see the list ``path``."""
    found: ListHabit | None = session.scalar(select(ListHabit).where(ListHabit.path == path, ListHabit.employee_id == actor().employee_id))
    return found


def circles(session: Session) -> dict[str, str]:
    """With whom the person may share: the own department, those that he or she leads, and the own roles; key to name."""
    who = actor()
    departments = select(literal(SHARED_BY_DEPARTMENT), Department.id, Department.name).where(
        Department.id.in_(sorted({who.department_id, *who.in_charge}))
    )
    roles = (
        select(literal(SHARED_BY_ROLE), Role.id, Role.name)
        .join(EmployeeRole, EmployeeRole.role_id == Role.id)
        .where(EmployeeRole.employee_id == who.employee_id, Role.active, still_held())
    )
    found = [*session.execute(departments.order_by(Department.id)), *session.execute(roles.order_by(Role.name))]
    return {f"{kind}-{number}": name for kind, number, name in found}
