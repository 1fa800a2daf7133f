"""Whom a step asks: first those whom the chain names, then level by level whoever stands above them (R-362, R-370)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.access.people import still_held
from core.extension.approving import Asked, Needs, Step, Who
from core.kernel.clock import today
from core.organisation.models import DepartmentLeader, DepartmentPath, Duty, Employee

LEADERS = ("company_leader", "general_manager")
"""Who decides when nobody nearer is left."""


@dataclass(frozen=True)
class Found:
    """Who decides a slot now; ``level`` 0 are those whom the chain names, more is how far above them these stand."""

    people: tuple[int, ...]
    level: int


def who_decides(session: Session, asked: Asked, filler: Employee, barred: Collection[int]) -> Found:
    """The nearest level of which somebody works here today and is not ``barred``; nobody when all levels are exhausted."""
    for level, people in enumerate(_levels(session, asked, filler)):
        left = tuple(sorted(set(people) - set(barred)))
        if left:
            return Found(left, level)
    return Found((), 0)


def everybody(session: Session, asked: Asked, filler: Employee) -> frozenset[int]:
    """All who could come to decide a slot, on whatever level."""
    return frozenset(one for people in _levels(session, asked, filler) for one in people)


def first_without(session: Session, steps: Sequence[Step], filler: Employee, barred: Collection[int]) -> Step | None:
    """The first step that cannot be given somebody of its own, each person signing once; None when all can."""
    taken: dict[int, int] = {}  # person to place in `places`
    places: list[frozenset[int]] = []
    for step in steps:
        sets = [everybody(session, one, filler) - set(barred) for one in step.asked]
        for people in sets if step.needs is Needs.ALL else [frozenset().union(*sets)]:
            places.append(people)
            if not _seat(len(places) - 1, places, taken, set()):
                return step
    return None


def _seat(place: int, places: Sequence[frozenset[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Find somebody for ``place``, moving others to further choices of theirs where that helps."""
    for person in sorted(places[place] - tried):
        tried.add(person)
        if person not in taken or _seat(taken[person], places, taken, tried):
            taken[person] = place
            return True
    return False


def _levels(session: Session, asked: Asked, filler: Employee) -> Iterator[Sequence[int]]:
    named: Employee | None = filler
    if asked.who is Who.ROLE:
        yield _holders(session, asked)
    elif asked.who is Who.PERSON:
        named = session.get(Employee, asked.employee_id)
        yield [named.id] if named is not None and is_present(named) else []
    if asked.who in (Who.SUPERIOR, Who.PERSON):
        yield from _superiors(session, named)
    department = (named or filler).department_id
    if asked.who is not Who.IN_CHARGE:
        yield from _leading(session, department, Duty.HEAD)
    yield from _leading(session, department, Duty.IN_CHARGE)
    yield _with_presets(session, LEADERS)


def is_present(employee: Employee) -> bool:
    """Whether the person works here today."""
    return employee.left_on is None or employee.left_on > today()


def _superiors(session: Session, employee: Employee | None) -> Iterator[Sequence[int]]:
    seen: set[int] = set()
    above = employee.superior_id if employee is not None else None
    while above is not None and above not in seen:
        seen.add(above)
        superior = session.get(Employee, above)
        yield [above] if superior is not None and is_present(superior) else []
        above = superior.superior_id if superior is not None else None


def _leading(session: Session, department_id: int, duty: Duty) -> Iterator[Sequence[int]]:
    """Leaders of the department, then of the one above it, and so on; a level may be empty."""
    above = select(DepartmentPath.ancestor_id).where(DepartmentPath.descendant_id == department_id).order_by(DepartmentPath.depth)
    departments = session.scalars(above).all()
    asked = (
        select(DepartmentLeader.department_id, Employee.id)
        .join(Employee, Employee.id == DepartmentLeader.employee_id)
        .where(DepartmentLeader.department_id.in_(departments), DepartmentLeader.duty == duty, _here())
        .order_by(Employee.id)
    )
    found = session.execute(asked).all()
    for department in departments:
        yield [employee_id for led, employee_id in found if led == department]


def _holders(session: Session, asked: Asked) -> Sequence[int]:
    role = Role.id == asked.role_id if asked.role_id is not None else Role.preset == asked.role
    return _with(session, role)


def _with_presets(session: Session, presets: Collection[str]) -> Sequence[int]:
    return _with(session, Role.preset.in_(presets))


def _with(session: Session, role: ColumnElement[bool]) -> Sequence[int]:
    statement = (
        select(Employee.id)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .where(role, Role.active, still_held(), _here())
        .order_by(Employee.number)
    )
    return list(dict.fromkeys(session.scalars(statement)))


def _here() -> ColumnElement[bool]:
    return or_(Employee.left_on.is_(None), Employee.left_on > today())
