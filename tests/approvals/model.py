"""The approval engine as a pure model: no database, no product code; what it says is what must happen (R-370)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

UP = {"east": ("east", "sales", "hq"), "west": ("west", "sales", "hq"), "finance": ("finance", "hq"), "contracts": ("contracts", "hq"),
      "service": ("service", "hq"), "hq": ("hq",)}  # fmt: skip
AT = {"sales.east1": "east", "sales.east2": "east", "head.east": "east", "head.west": "west", "leader": "hq", "finance": "finance",
      "contracts": "contracts", "service": "service"}  # fmt: skip
HEADS = {"east": "head.east", "west": "head.west"}
IN_CHARGE = {"sales": "leader", "contracts": "leader", "service": "leader"}
ROLES = {"finance_manager": ("finance",)}
FILLERS = ("sales.east1",)
Slot = tuple[str, str]
"""How a slot asks: head, in_charge, role or person, and which one."""


@dataclass(frozen=True)
class PlanStep:
    """One step: whether all slots must agree, and whom they ask."""

    everybody: bool
    slots: tuple[Slot, ...]


@dataclass
class Case:
    """One submission."""

    document: int
    filler: str
    plan: tuple[PlanStep, ...]
    content: int
    state: str = "running"
    step: int = 0
    agreed: dict[int, str] = field(default_factory=dict)
    signers: set[str] = field(default_factory=set)
    asked_ever: set[str] = field(default_factory=set)
    used: bool = False


@dataclass
class Model:
    """The company: who has left, who stands in for whom, the chain, the documents and their cases."""

    gone: set[str] = field(default_factory=set)
    stands_in: dict[str, str] = field(default_factory=dict)  # giver to taker
    chain: tuple[PlanStep, ...] = ()
    content: dict[int, int] = field(default_factory=dict)
    signed: set[int] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)

    def levels(self, slot: Slot, filler: str) -> Iterator[set[str]]:
        """Whom the slot names, then those above."""
        kind, which = slot
        at = AT[filler]
        if kind == "role":
            yield set(ROLES[which]) - self.gone
        if kind == "person":
            yield {which} - self.gone
            at = AT[which]
        if kind != "in_charge":
            for place in UP[at]:
                yield {HEADS[place]} - self.gone if place in HEADS else set()
        for place in UP[at]:
            yield {IN_CHARGE[place]} - self.gone if place in IN_CHARGE else set()

    def deciders(self, slot: Slot, filler: str, barred: set[str]) -> set[str]:
        """The nearest level that is not exhausted."""
        return next((left for people in self.levels(slot, filler) if (left := people - barred)), set())

    def possible(self, filler: str) -> bool:
        """Whether every place of the chain can get a person of its own."""
        places: list[set[str]] = []
        for step in self.chain:
            sets = [set().union(*self.levels(slot, filler)) - {filler, *FILLERS} for slot in step.slots]
            places += sets if step.everybody else [set().union(*sets)]
        return _matched(places)

    def seats(self, case: Case) -> dict[int, set[str]]:
        """Who is asked now, by slot."""
        if case.state != "running":
            return {}
        barred = {case.filler, *FILLERS, *case.signers}
        slots = enumerate(case.plan[case.step].slots)
        return {number: self.deciders(slot, case.filler, barred) for number, slot in slots if number not in case.agreed}

    def may_decide(self, case: Case, who: str) -> int | None:
        """The slot that ``who`` may sign now, own seats before those of somebody away; None for none."""
        if who in self.gone or who in {case.filler, *FILLERS, *case.signers}:
            return None
        seats = self.seats(case)
        givers = {giver for giver, taker in self.stands_in.items() if taker == who}
        for people in ({who}, givers):
            for slot in sorted(seats):
                if seats[slot] & people:
                    return slot
        return None

    def signer_for(self, case: Case, who: str, slot: int) -> set[str]:
        """``who``, and the one in whose place he or she signs."""
        asked = self.seats(case)[slot]
        givers = {giver for giver, taker in self.stands_in.items() if taker == who}
        return {who} if who in asked else {who, min(asked & givers)}

    def agree(self, case: Case, who: str, slot: int) -> None:
        """``who`` signs ``slot``."""
        case.signers |= self.signer_for(case, who, slot)
        case.agreed[slot] = who
        step = case.plan[case.step]
        if step.everybody and len(case.agreed) < len(step.slots):
            return
        case.agreed = {}
        if case.step + 1 < len(case.plan):
            case.step += 1
        else:
            case.state = "approved"

    def running(self, document: int) -> Case | None:
        """The running case of a document."""
        return next((case for case in self.cases if case.document == document and case.state == "running"), None)

    def may_happen(self, document: int) -> bool:
        """Whether what needs approval may be done with the document now."""
        if not self.chain:
            return True
        latest = next((case for case in reversed(self.cases) if case.document == document), None)
        return latest is not None and latest.state == "approved" and not latest.used and latest.content == self.content[document]


def _matched(places: list[set[str]]) -> bool:
    """Whether each place can be given a person of its own; by trying everything."""
    if not places:
        return True
    first, *rest = sorted(places, key=len)
    return any(_matched([people - {person} for people in rest]) for person in first)
