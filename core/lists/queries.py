"""Saved views as the person who acts may see them."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from core.access.criteria import departments_within
from core.access.models import EmployeeRole, Role
from core.access.people import still_held
from core.kernel.acting import Scope, actor
from core.kernel.clock import today
from core.lists.models import ListHabit, ListView, ViewMark
from core.organisation.models import Department, DepartmentPath

SHARED_BY_ROLE, SHARED_BY_DEPARTMENT = "role", "department"


class First(enum.IntEnum):
    """By whose choice a list opens with a view: what comes first counts."""

    OWN = 1
    ROLE = 2
    DEPARTMENT = 3


@dataclass(frozen=True)
class SeenView:
    """A saved view as one person sees it; ``mine`` for its author.

    ``near`` says how near the circle is whose default view it has been ``since`` then: 0 a role that the person holds, 1 the own
    department, 2 the one above it, and so on; None for a circle of others.
    """

    id: int
    name: str
    conditions: str
    mine: bool
    pinned: bool = False
    usual: bool = False
    near: int | None = None
    since: datetime | None = None

    @property
    def first(self) -> First | None:
        """By whose choice the list opens with it; None when it does not."""
        if self.usual:
            return First.OWN
        return None if self.near is None else First.DEPARTMENT if self.near else First.ROLE


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

    @property
    def first(self) -> tuple[SeenView, ...]:
        """Views that the list opens with, the one that counts first: the own choice, then that of a role, then of the nearest department.

        Of several roles the one counts whose default view was set last; it is the same for everybody who holds them.
        """
        chosen = [view for view in self.views if view.first is not None]
        latest = sorted(chosen, key=lambda view: (view.since is not None, view.since or view.id, view.id), reverse=True)
        return tuple(sorted(latest, key=lambda view: (not view.usual, view.near or 0)))


YES, NO = literal_column("1", Integer), literal_column("0", Integer)


def _nearness() -> Any:
    """:attr:`SeenView.near` of the person whose parameters are ``employee``, ``department`` and ``day``."""
    held = (
        select(EmployeeRole.id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .where(EmployeeRole.role_id == ListView.role_id, EmployeeRole.employee_id == bindparam("employee"), Role.active)
        .where(or_(EmployeeRole.until.is_(None), EmployeeRole.until >= bindparam("day", type_=Date)))
    )
    above = select(DepartmentPath.depth + 1).where(
        DepartmentPath.ancestor_id == ListView.department_id, DepartmentPath.descendant_id == bindparam("department")
    )
    role = ListView.usual_since.is_not(None) & held.exists()
    return case((role, NO), (ListView.usual_since.is_not(None), above.scalar_subquery()), else_=null())


def _all_of_one_list() -> CompoundSelect[Any]:
    me: BindParameter[int] = bindparam("employee")
    path: BindParameter[str] = bindparam("path")
    marked = (ViewMark.view_id == ListView.id) & (ViewMark.employee_id == me)
    mine = case((ListView.employee_id == me, YES), else_=NO)
    pinned, usual = (case((mark, YES), else_=NO) for mark in (ViewMark.pinned, ViewMark.usual))
    first = (mine, pinned, usual, _nearness(), ListView.usual_since)
    views = select(NO, ListView.id, ListView.name, cast(ListView.conditions, Text), *first, cast(literal(""), Text))
    columns, dense = cast(ListHabit.columns, Text), case((ListHabit.dense, YES), else_=NO)
    habit = select(YES, ListHabit.id, cast(ListHabit.widths, String), columns, dense, NO, NO, null(), null(), cast(ListHabit.cards, Text))
    own = habit.where(ListHabit.path == path, ListHabit.employee_id == me)
    return union_all(views.outerjoin(ViewMark, marked).where(ListView.path == path), own)


ALL_OF_ONE_LIST = _all_of_one_list()
"""Built once: every list asks it."""


def seen_list(session: Session, path: str) -> SeenList:
    """Saved views of the list ``path`` that the person sees, own ones first, by name, and the person's habit; one statement."""
    who = actor()
    asked = {"employee": who.employee_id, "department": who.department_id, "day": today(), "path": path}
    views, chosen = [], ("", False, "", "")
    for kind, number, name, kept, own, pin, usual, near, since, cards in session.execute(ALL_OF_ONE_LIST, asked):
        if kind:
            chosen = (kept, bool(own), name, cards)
        else:
            views.append(SeenView(number, name, kept, bool(own), bool(pin), bool(usual), near, since))
    return SeenList(tuple(sorted(views, key=lambda view: (not view.mine, view.name, view.id))), *chosen)


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


RIGHT = ("core.list_view", "usual")
"""Setting the default view of departments (as far as its scope reaches) and, with the whole company in reach, of roles."""


def circles(session: Session) -> dict[str, str]:
    """With whom the person may share: the own department, those that he or she leads, and the own roles; key to name.

    Beside them every circle whose default view the person may set.
    """
    who = actor()
    roles = (
        select(Role.id, Role.name)
        .join(EmployeeRole, EmployeeRole.role_id == Role.id)
        .where(EmployeeRole.employee_id == who.employee_id, Role.active, still_held())
    )
    departments = _departments(Department.id.in_(sorted({who.department_id, *who.in_charge})))
    return {**_named(session, departments, roles), **governed(session)}


def governed(session: Session) -> dict[str, str]:
    """Circles whose default view the person may set; key to name."""
    scopes = actor().scopes(*RIGHT)
    if not scopes:
        return {}
    if scopes & {Scope.COMPANY, Scope.ALL}:
        return _named(session, _departments(true()), select(Role.id, Role.name).where(Role.active))
    return _named(session, _departments(Department.id.in_(sorted(departments_within(actor(), scopes)))), None)


def _departments(which: ColumnElement[bool]) -> Select[Any, Any]:
    return select(Department.id, Department.name).where(which).order_by(Department.id)


def _named(session: Session, departments: Select[Any, Any], roles: Select[Any, Any] | None) -> dict[str, str]:
    found = {f"{SHARED_BY_DEPARTMENT}-{number}": name for number, name in session.execute(departments)}
    if roles is not None:
        found |= {f"{SHARED_BY_ROLE}-{number}": name for number, name in session.execute(roles.order_by(Role.name))}
    return found
