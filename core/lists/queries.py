"""Saved views as the person who acts may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    String,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.access.people import still_held
from core.kernel.acting import actor
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


@dataclass(frozen=True)
class SeenList:
    """What one person has made of one list: the saved views that he or she sees, the chosen ``columns``, their height and ``widths``,
    and the fields on the ``cards`` of its board."""

    views: tuple[SeenView, ...] = ()
    columns: str = ""
    dense: bool = False
    widths: str = ""
    cards: str = ""


YES, NO = literal_column("1", Integer), literal_column("0", Integer)


def _all_of_one_list() -> CompoundSelect[Any]:
    me: BindParameter[int] = bindparam("employee")
    path: BindParameter[str] = bindparam("path")
    marked = (ViewMark.view_id == ListView.id) & (ViewMark.employee_id == me)
    mine = case((ListView.employee_id == me, YES), else_=NO)
    pinned, usual = (case((mark, YES), else_=NO) for mark in (ViewMark.pinned, ViewMark.usual))
    views = select(NO, ListView.id, ListView.name, cast(ListView.conditions, Text), mine, pinned, usual, cast(literal(""), Text))
    columns, dense = cast(ListHabit.columns, Text), case((ListHabit.dense, YES), else_=NO)
    habit = select(YES, ListHabit.id, cast(ListHabit.widths, String), columns, dense, NO, NO, cast(ListHabit.cards, Text))
    own = habit.where(ListHabit.path == path, ListHabit.employee_id == me)
    return union_all(views.outerjoin(ViewMark, marked).where(ListView.path == path), own)


ALL_OF_ONE_LIST = _all_of_one_list()
"""Built once: every list asks it."""


def seen_list(session: Session, path: str) -> SeenList:
    """Saved views of the list ``path`` that the person sees, own ones first, by name, and the person's habit; one statement."""
    found = session.execute(ALL_OF_ONE_LIST, {"employee": actor().employee_id, "path": path}).all()
    seen = [
        SeenView(number, name, kept, bool(own), bool(pin), bool(first))
        for kind, number, name, kept, own, pin, first, _ in found
        if not kind
    ]
    chosen = next(((kept, bool(dense), widths, cards) for kind, _, widths, kept, dense, _, _, cards in found if kind), ("", False, "", ""))
    return SeenList(tuple(sorted(seen, key=lambda view: (not view.mine, view.name, view.id))), *chosen)


def views_of_list(session: Session, path: str) -> Sequence[SeenView]:
    """The saved views of :func:`seen_list` alone."""
    return seen_list(session, path).views


PINNED = (
    select(func.aggregate_strings(cast(ListView.id, String).concat(" ").concat(ListView.path).concat(" ").concat(ListView.name), "\n"))
    .join(ViewMark, ViewMark.view_id == ListView.id)
    .where(ViewMark.employee_id == bindparam("employee"), ViewMark.pinned)
)
"""All that ``employee`` has pinned, as one text, so that every page gets it together with what else it asks; see :func:`read_pins`."""


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
