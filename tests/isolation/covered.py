"""What is covered for whom: every role and kind of record that it sees, with the fields that are hidden, masked or fixed just now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from core.access.field_rights import hideable
from core.access.presets import PRESETS
from core.database.fields import TEXTS
from core.database.records import NAMING
from core.kernel.acting import FieldAccess
from core.web.nouns import Noun
from tests.isolation.callers import Answer, Callers
from tests.isolation.declared import ONE, PEOPLE, Person, person
from tests.isolation.reference import Thing
from tests.sizes import WHOLE

ROLES = {
    "salesperson": "east2@first",
    "department_head": "head.east@first",
    "company_leader": "chief@first",
    "contract_administrator": "contracts@first",
    "invoicing_clerk": "invoicing@first",
    "after_sales": "service@first",
    "project_manager": "project@first",
    "customer_sharer": "sharer@first",
}


IN_PLACE_OF = "east2@first"
"""Whoever is given a role that nobody has alone, in place of the own one."""


@dataclass(frozen=True)
class Asked:
    """One role and kind of record with the fields that are covered just now: hidden, or masked; others are given to read alone."""

    callers: Callers
    role: str
    person: Person
    noun: Noun
    thing: Thing
    hidden: frozenset[str]
    always: frozenset[str] = frozenset()
    """Those of the hidden ones that are so by their declaration, without a word of the company."""
    masked: frozenset[str] = frozenset()
    """Those of the hidden ones of which a mask is left."""
    fixed: frozenset[str] = frozenset()
    """Given to read and not to write."""
    lent: bool = False
    """Whether the person has to be given the role first, in place of the own ones."""

    def level(self, name: str) -> FieldAccess:
        """What is stated of the field."""
        if name in self.fixed:
            return FieldAccess.READ
        return FieldAccess.MASKED if name in self.masked else FieldAccess.NONE

    @property
    def gone(self) -> frozenset[str]:
        """Of which not even a mask is left."""
        return self.hidden - self.masked

    @property
    def veiled(self) -> frozenset[str]:
        """Masked by their declaration where many records leave: the role is not one that needs them open, and nobody has given them."""
        fields, roles = self.noun.fields, set(self.person.roles)
        spoken = self.hidden | self.fixed
        return frozenset(name for name, one in fields.items() if one.masked and name not in spoken and not roles.intersection(one.open_to))

    def item(self, channel: str, name: str) -> str:
        """For the evidence."""
        return f"{self.role} {self.noun.path}.{name} {channel}"

    def canaries(self, answer: Answer) -> set[str]:
        """Fields of this kind of record whose canary stands in the answer."""
        table = self.noun.model.__tablename__
        return {name for key, name in self.callers.house.canaries.found(answer.text) if key.partition(":")[0] == table}

    def told(self, answer: Answer) -> set[str]:
        """Hidden fields of this kind of record whose canary stands in the answer."""
        return self.canaries(answer) & self.hidden


def bearers() -> Iterator[tuple[str, Person, bool]]:
    """Each role that is walked, who has it, and whether he or she has to be given it: in CI some, in ``make prove`` every preset."""
    yield from ((role, person(account), False) for role, account in ROLES.items())
    for role in (preset.key for preset in PRESETS if WHOLE and preset.key not in ROLES):
        alone = next((one for one in PEOPLE if one.roles == (role,) and one.slug == ONE and not (one.gone or one.closed)), None)
        yield role, alone or replace(person(IN_PLACE_OF), roles=(role,)), alone is None


def rounds(callers: Callers) -> Iterator[Asked]:
    """Every kind of record that the role sees, twice: each field is covered in one of the two; ``make prove`` does so at both levels."""
    nouns: dict[str, Noun] = callers.application.extensions["keguan"].nouns.by_path
    asked_of: set[str] = set()
    shared = callers
    for role, who, lent in bearers():
        callers = shared.over(replace(shared.house, _seen={})) if lent else shared  # what is seen is remembered by the person alone
        for noun in nouns.values():
            seen = [callers.house.things[key] for key in sorted(callers.house.seen(who, noun.model.__tablename__))]
            mine = [thing for thing in seen if thing.owner == who.account] or seen
            if not mine or not callers.house.reference.may(who, noun.resource, "read"):
                continue
            if noun.path in asked_of and not WHOLE:
                continue
            asked_of.add(noun.path)
            always = frozenset(
                name for name, declared in noun.fields.items() if declared.hidden and not set(declared.open_to).intersection(who.roles)
            )
            names = [name for name, declared in noun.fields.items() if hideable(noun.model, declared) and name not in always]
            if noun.plugin == "core":  # what colleagues and departments are called stands everywhere, by design
                names = [name for name in names if name not in NAMING]
            texts = {name for name in names if noun.fields[name].kind in TEXTS}
            chance = frozenset(name for name in sorted(texts) if Random(f"442 {noun.path} {name}").random() < 0.5)
            for masked in (chance, texts - chance) if WHOLE and role in ROLES else (chance,):
                for half, rest in ((names[::2], names[1::2]), (names[1::2], names[::2])):
                    fixed = frozenset(rest[:: 2 if masked == chance else 3])
                    yield Asked(callers, role, who, noun, mine[0], frozenset(half) | always, always, masked.intersection(half), fixed, lent)
