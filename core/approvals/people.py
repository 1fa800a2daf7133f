"""Whom a step asks: first those whom the chain names, then level by level whoever stands above them (R-362, R-370)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.access.separation import is_business_table, powers_apart
from core.approvals.staff import AskedStaff, Colleague, Staff, is_present
from core.extension.approving import Asked, Needs, Step, Who
from core.organisation.models import Duty, Employee

LEADERS = ("company_leader", "general_manager")
"""Who decides when nobody nearer is left."""


@dataclass(frozen=True)
class Found:
    """Who decides a slot now; ``level`` 0 are those whom the chain names, more is how far above them these stand."""

    people: tuple[int, ...]
    level: int


def who_decides(session: Session, asked: Asked, filler: Employee, barred: Collection[int]) -> Found:
    """The nearest level of which somebody works here today and is not ``barred``; nobody when all levels are exhausted."""
    for level, people in enumerate(_levels(AskedStaff(session), asked, filler)):
        left = tuple(sorted(set(people) - set(barred)))
        if left:
            return Found(left, level)
    return Found((), 0)


def everybody(staff: Staff, asked: Asked, filler: Colleague) -> frozenset[int]:
    """All who could come to decide a slot, on whatever level."""
    return frozenset(one for people in _levels(staff, asked, filler) for one in people)


def kept_out(session: Session, table: str) -> frozenset[int]:
    """Employees who are never asked about records of ``table``: no account that gives rights, switches the system or looks after the trail
    comes to see a business record because a chain, a head or somebody away names it (R-053, R-370)."""
    return frozenset(powers_apart(session)) if is_business_table(table) else frozenset()


def first_without(session: Session, steps: Sequence[Step], filler: Employee, barred: Collection[int]) -> Step | None:
    """The first step that cannot be given somebody of its own, each person signing once; None when all can."""
    staff = AskedStaff(session)
    sets = [[everybody(staff, one, filler) for one in step.asked] for step in steps]
    place = first_unseated([step.needs for step in steps], sets, barred)
    return None if place is None else steps[place]


def first_unseated(needs: Sequence[Needs], sets: Sequence[Sequence[frozenset[int]]], barred: Collection[int]) -> int | None:
    """The same for steps whose slots could ask ``sets``, as the place of the step."""
    taken: dict[int, int] = {}  # person to place in `places`
    places: list[frozenset[int]] = []
    for place, (need, slots) in enumerate(zip(needs, sets, strict=True)):
        left = [people - set(barred) for people in slots]
        for people in left if need is Needs.ALL else [frozenset().union(*left)]:
            places.append(people)
            if not _seat(len(places) - 1, places, taken, set()):
                return place
    return None


def _seat(place: int, places: Sequence[frozenset[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Find somebody for ``place``, moving others to further choices of theirs where that helps."""
    for person in sorted(places[place] - tried):
        tried.add(person)
        if person not in taken or _seat(taken[person], places, taken, tried):
            taken[person] = place
            return True
    return False


def _levels(staff: Staff, asked: Asked, filler: Colleague) -> Iterator[Sequence[int]]:
    named: Colleague | None = filler
    if asked.who is Who.ROLE:
        yield staff.holders(asked)
    elif asked.who is Who.PERSON:
        named = staff.colleague(asked.employee_id)
        yield [named.id] if named is not None and is_present(named) else []
    if asked.who in (Who.SUPERIOR, Who.PERSON):
        yield from _superiors(staff, named)
    department = (named or filler).department_id
    if asked.who is not Who.IN_CHARGE:
        yield from staff.leading(department, Duty.HEAD)
    yield from staff.leading(department, Duty.IN_CHARGE)
    yield staff.holders_of_presets(LEADERS)


def _superiors(staff: Staff, employee: Colleague | None) -> Iterator[Sequence[int]]:
    seen: set[int] = set()
    above = employee.superior_id if employee is not None else None
    while above is not None and above not in seen:
        seen.add(above)
        superior = staff.colleague(above)
        yield [above] if superior is not None and is_present(superior) else []
        above = superior.superior_id if superior is not None else None
