"""What a form or a program sends to each route: valid values for every declared field, pointed at records that the sender sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from core.database.fields import Field
from core.extension.calling import registry
from core.kernel.clock import now, today
from core.web.input import declared_for
from core.web.nouns import Act, Noun
from tests.conformance.examples import own_examples
from tests.isolation.building import House
from tests.isolation.declared import PEOPLE, Person, below
from tests.isolation.reference import Thing
from tests.isolation.routes import NOWHERE

TYPED: Mapping[str, Any] = {
    "text": "A plain text",
    "long_text": "A plain text",
    "email": "someone@example.org",
    "phone": "0512-6688 0000",
    "integer": "3",
}
TYPED = {**TYPED, "quantity": "2", "money": "120.50", "flag": "1"}
SKIPPED = frozenset({"code", "credit_code", "id_number"})
"""Fields with rules of their own beside their kind: left out unless they are required."""
OTHERS: Mapping[str, tuple[str, ...]] = {"profit-minimums": ("employee",)}
"""By the path of a noun, fields that name somebody else than whoever fills them in: nobody sets the own minimum."""


def value_for(house: House, who: Person | None, field: Field, beside: Thing | None = None) -> str:
    """A valid value of ``field`` that ``who`` may choose; nothing when there is none."""
    if field.kind == "reference":
        return _reference(house, who, field, beside)
    if field.choices is not None:
        return str(next(iter(field.choices)).value)
    if field.kind == "code":
        return registry().code_lists[field.code_list].entries[0][0]
    if field.kind == "date":
        return (today() + timedelta(days=3)).isoformat()
    if field.kind == "moment":
        return (now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    return str(TYPED[field.kind])


def _reference(house: House, who: Person | None, field: Field, beside: Thing | None) -> str:
    seen = [house.things[key] for key in sorted(house.seen(who, field.target))]
    near = [thing for thing in seen if beside is not None and thing.slot == beside.slot]
    colleagues = [thing for thing in seen if who is not None and thing.key == f"core_employee:{who.key}"]
    parts_only = beside is None and field.target not in ("core_employee", "core_department")
    chosen = (near or colleagues or ([] if parts_only else seen))[:1]
    return str(house.ids[chosen[0].key]) if chosen else str(NOWHERE)


def draft(house: House, who: Person | None, noun: Noun) -> tuple[dict[str, str], bool]:
    """Values for a new record of ``noun``, and whether they lead to something that ``who`` may add it to."""
    anchor = _anchor(house, who, noun)
    declared = declared_for(noun, creating=True).values()
    values = {one.name: value_for(house, who, one, anchor) for one in declared if _wanted(one, noun)}
    values |= {
        name: value for name, value in own_examples("VALUES").get(noun.path, {}).items() if name in values and isinstance(value, str)
    }
    values |= {name: _somebody_else(house, who) for name in OTHERS.get(noun.path, ())}
    return values, str(NOWHERE) not in values.values()


def _somebody_else(house: House, who: Person | None) -> str:
    """A colleague of the own department or of one below it, where there is one."""
    if who is None:
        return str(NOWHERE)
    near = below(who.slug, who.department)
    found = (one for one in PEOPLE if one.slug == who.slug and one.department in near and one.account != who.account)
    return next((str(house.ids[f"core_employee:{one.key}"]) for one in found if not (one.gone or one.closed)), str(NOWHERE))


def _wanted(field: Field, noun: Noun) -> bool:
    if field.kind == "flag":
        return False
    return (
        field.required
        or (field.kind in ("text", "long_text") and field.name not in SKIPPED)
        or field.name == getattr(noun.model, "__parent__", "")
    )


def _anchor(house: House, who: Person | None, noun: Noun) -> Thing | None:
    """A thing in whose slot references are looked for: a parent that takes a new part, else one of the person's own records."""
    if who is None:
        return None
    parent = getattr(noun.model, "__parent__", "")
    if parent:
        parents = [house.things[key] for key in sorted(house.seen(who, noun.fields[parent].target))]
        return next((thing for thing in parents if house.reference.adds(who, noun.resource, thing)), None)
    seen = [house.things[key] for key in sorted(house.seen(who, noun.model.__tablename__))]
    return next((thing for thing in seen if thing.owner == who.account), next(iter(seen), None))


def change(noun: Noun) -> dict[str, str]:
    """One changed text, which every record of ``noun`` takes; a partial form."""
    for name, field in declared_for(noun, creating=False).items():
        if field.kind in ("text", "long_text") and name not in SKIPPED:
            return {name: "A changed text"}
    return {}


def asked(house: House, who: Person | None, act: Act, thing: Thing | None) -> dict[str, str]:
    """Values for what the verb asks."""
    return {field.name: value_for(house, who, field, thing) for field in act.asks}


def references_of(noun: Noun) -> Iterable[Field]:
    """The fields of ``noun`` through which a record can be pointed at another."""
    return [field for field in declared_for(noun, creating=True).values() if field.kind == "reference"]
