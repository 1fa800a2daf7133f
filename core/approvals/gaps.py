"""Steps for which nobody is left: told before somebody submits a document, by the same rule that finds the people then (R-370, R-489)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from operator import itemgetter

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.models import EmployeeRole, Grant, Role
from core.access.people import still_held
from core.access.separation import is_business_table, powers_apart
from core.approvals.chains import Chain, chains_of
from core.approvals.people import everybody, first_unseated
from core.approvals.staff import LoadedStaff, Member, is_present, load_staff
from core.approvals.wording import nobody_else_for, nobody_left_for
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.words import Message, msg

_Question = tuple[tuple[Step, ...], tuple[tuple[frozenset[int], ...], ...], frozenset[int]]
"""Steps, who could decide each slot of each, and who of them may not."""


@dataclass(frozen=True)
class Gap:
    """A step that finds nobody of its own for documents of ``department``, whoever submits them; ``place`` counts from 0.

    With ``people`` it is only so for what these submit: nobody decides about an own document, and nobody else is left.
    """

    place: int
    step: Step
    department: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What the chains of a company would find today; ``roles`` are names of those that steps ask, by :class:`Asked`."""

    gaps: Mapping[str, tuple[Gap, ...]]
    roles: Mapping[Asked, Message | str]

    def of(self, kind: ApprovalKind) -> tuple[Gap, ...]:
        """Gaps of the chain of ``kind``, those of whole departments first."""
        return self.gaps.get(kind.name, ())

    def departments(self, kind: ApprovalKind) -> frozenset[str]:
        """Departments whose documents nobody could decide about, whoever submits them."""
        return frozenset(gap.department for gap in self.of(kind) if not gap.people)

    def sentences(self, kind: ApprovalKind) -> tuple[Message, ...]:
        """One for each step of the chain of ``kind`` without anybody: where, or for whom, and what helps."""
        departments: dict[int, list[str]] = defaultdict(list)
        people: dict[int, list[str]] = defaultdict(list)
        steps = {gap.place: gap.step for gap in self.of(kind)}
        for gap in self.of(kind):
            people[gap.place] += gap.people
            departments[gap.place] += () if gap.people else (gap.department,)
        said = [(place, nobody_left_for(steps[place], where, self.roles)) for place, where in departments.items() if where]
        said += [(place, nobody_else_for(steps[place], who, self.roles)) for place, who in people.items() if who]
        return tuple(msg("Step %(place)s: %(said)s", place=place + 1, said=one) for place, one in sorted(said, key=itemgetter(0)))


def outlook(session: Session, kinds: Sequence[ApprovalKind], chains: Mapping[str, Chain] | None = None) -> Outlook:
    """Whether the chain in force of each of ``kinds`` finds somebody for each step, for whoever may submit such a document today.

    Who knows the ``chains`` in force by the names of their kinds hands them over. Conditions are looked at one value at a time, amounts as
    above every limit. Seven statements at most, however many people and kinds there are.
    """
    with as_system(session, "whether somebody is left who could decide"):
        chains = chains_of(session, kinds) if chains is None else chains
        looking = _Looking(load_staff(session), _who_submit(session, kinds), frozenset(powers_apart(session)))
        found = {kind.name: tuple(looking.gaps(kind, chains[kind.name].steps)) for kind in kinds}
    asked = {one for chain in chains.values() for step in chain.steps for one in step.asked if one.who is Who.ROLE}
    return Outlook(found, {one: name for one in asked if (name := _role_name(looking.staff, one))})


def _role_name(staff: LoadedStaff, asked: Asked) -> Message | str:
    named = (role.name for number, role in staff.roles.items() if number == asked.role_id or (asked.role and role.preset == asked.role))
    return next(named, "")


def _who_submit(session: Session, kinds: Sequence[ApprovalKind]) -> dict[tuple[str, str], frozenset[int]]:
    """Employees by right, for the rights that the kinds ask of whoever submits."""
    rights = {(kind.resource, kind.right) for kind in kinds if not kind.by_anybody}
    if not rights:
        return {}
    holding = (
        select(Grant.resource, Grant.verb, EmployeeRole.employee_id)
        .join(Role, Role.id == Grant.role_id)
        .join(EmployeeRole, EmployeeRole.role_id == Role.id)
        .where(tuple_(Grant.resource, Grant.verb).in_(sorted(rights)), Role.active, still_held())
        .distinct()
    )
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for resource, verb, employee_id in session.execute(holding):
        found[resource, verb].add(employee_id)
    return {right: frozenset(people) for right, people in found.items()}


@dataclass
class _Looking:
    """One look at a company: what several fillers have in common is worked out once."""

    staff: LoadedStaff
    submitters: Mapping[tuple[str, str], Collection[int]]
    apart: frozenset[int]
    _people: dict[tuple[Asked, int, int | None], frozenset[int]] = field(default_factory=dict)
    _found: dict[_Question, frozenset[int]] = field(default_factory=dict)

    def gaps(self, kind: ApprovalKind, steps: tuple[Step, ...]) -> Iterator[Gap]:
        """Gaps of one chain: first those of whole departments, then those of single people."""
        alone: list[Gap] = []
        apart = self.apart if is_business_table(kind.model.__tablename__) else frozenset()
        for department, fillers in self._by_department(kind).items():
            for place, missing, people in self._missing(steps, fillers, apart):
                gap = Gap(place, steps[place], self.staff.departments[department], people)
                if missing:
                    yield gap
                else:
                    alone.append(gap)
        yield from alone

    def _by_department(self, kind: ApprovalKind) -> dict[int, list[Member]]:
        able = self.staff.members if kind.by_anybody else self.submitters.get((kind.resource, kind.right), ())
        found: dict[int, list[Member]] = defaultdict(list)
        for one in self.staff.members.values():
            if one.id in able and is_present(one):
                found[one.department_id].append(one)
        return found

    def _missing(
        self, steps: tuple[Step, ...], fillers: Sequence[Member], apart: frozenset[int]
    ) -> Iterator[tuple[int, bool, tuple[str, ...]]]:
        """Places of steps without anybody: for all of ``fillers`` even if they could sign themselves, or for the named ones."""
        whole = frozenset.intersection(*(self._unseated(steps, one, apart) for one in fillers))
        yield from ((place, True, ()) for place in sorted(whole))
        named: dict[int, list[str]] = defaultdict(list)
        for one in fillers:
            for place in self._unseated(steps, one, apart | {one.id}) - whole:
                named[place].append(one.name)
        if not whole:  # whom nobody can serve there at all needs no second sentence
            yield from ((place, False, tuple(people)) for place, people in sorted(named.items()))

    def _unseated(self, steps: tuple[Step, ...], filler: Member, barred: frozenset[int]) -> frozenset[int]:
        """Places of the steps at which some document of ``filler`` would find nobody."""
        sets = tuple(tuple(self._everybody(asked, filler) for asked in step.asked) for step in steps)
        barred &= frozenset().union(*(people for slots in sets for people in slots))
        needs = tuple(step.needs for step in steps)
        key = (steps, sets, barred)
        if key not in self._found:
            places = set()
            for chosen in _variants(steps):
                missing = first_unseated([needs[one] for one in chosen], [sets[one] for one in chosen], barred)
                places |= set() if missing is None else {chosen[missing]}
            self._found[key] = frozenset(places)
        return self._found[key]

    def _everybody(self, asked: Asked, filler: Member) -> frozenset[int]:
        key = (asked, filler.department_id, filler.superior_id if asked.who is Who.SUPERIOR else None)
        if key not in self._people:
            self._people[key] = everybody(self.staff, asked, filler)
        return self._people[key]


def _variants(steps: Sequence[Step]) -> Iterator[tuple[int, ...]]:
    """Places of the steps that one document can pass at most: all without a condition, and those of one value of each field."""
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for step in steps:
        if step.field:
            values[step.field][step.value] = None
    for chosen in product(*values.values()):
        has = dict(zip(values, chosen, strict=True))
        yield tuple(place for place, step in enumerate(steps) if not step.field or has[step.field] == step.value)
