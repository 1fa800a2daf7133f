"""Every scope of a right, below the web: who may change which records, against the reference model (R-053, R-441).

What may be read is compared in ``test_fences.py`` for the same people.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.access.criteria import visible
from core.access.holders import who_may
from core.access.offering import allowed_verbs
from core.kernel.acting import Scope, System
from tests.isolation.acting import actor_of, reading
from tests.isolation.conftest import Ground
from tests.isolation.declared import EXTRA_ROLES, PEOPLE, SLOTS, Person, person

VERBS = ("read", "update", "delete", "export")
WORKING = [one.key for one in PEOPLE if not one.gone and not one.closed]


@pytest.mark.requirement("R-053")
@pytest.mark.requirement("R-441")
@pytest.mark.parametrize("key", WORKING)
def test_a_person_may_change_exactly_what_the_reference_model_says(ground: Ground, key: str) -> None:
    who, house = actor_of(ground, key), ground.house
    with reading(ground, System("what may be changed")) as session:
        for table in sorted({thing.table for thing in house.things.values() if thing.kind in ("owned", "child")} - {"core_attachment"}):
            model: Any = house.models[table]
            found = set(session.scalars(select(model.id).where(visible(model, who, "update"))))
            known = {house.ids[thing.key] for thing in house.of(table)}
            assert found & known == {house.ids[one] for one in house.seen(person(key), table, "update")}, table


@pytest.mark.requirement("R-053")
@pytest.mark.parametrize("key", WORKING)
def test_what_is_offered_on_a_record_is_what_the_database_lets_through(ground: Ground, key: str) -> None:
    """Pages work it out from the record they have read; both have to say the same, of every record that the person sees."""
    who, house = actor_of(ground, key), ground.house
    with reading(ground, who) as session:
        for table in sorted({thing.table for thing in house.things.values() if thing.kind in ("owned", "child")} - {"core_attachment"}):
            model: Any = house.models[table]
            open_ones = {verb: set(session.scalars(select(model.id).where(visible(model, who, verb)))) for verb in VERBS}
            for record in session.scalars(select(model)):
                offered = allowed_verbs(session, record, VERBS)
                assert offered == {verb for verb, ids in open_ones.items() if record.id in ids}, f"{table} {record.id}"


@pytest.mark.requirement("R-053")
def test_whoever_is_told_of_a_record_may_do_what_he_or_she_is_told_to_do(ground: Ground) -> None:
    """The other way round: of a record, who may write it. Nobody else is told, and only those are left out who know it by a share."""
    house, told = ground.house, 0
    of = {house.ids[f"core_employee:{key}"]: key for key in WORKING}
    for thing in [one for one in house.things.values() if one.kind == "owned"]:
        model: Any = house.models[thing.table]
        with reading(ground, System("whom to tell", house.ids[f"core_company:{thing.slug}"])) as session:
            found = {of[one] for one in who_may(session, "update", session.get_one(model, house.ids[thing.key])) if one in of}
        able = {key for key in WORKING if person(key).slug == thing.slug and thing.key in house.seen(person(key), thing.table, "update")}
        assert found <= able, thing.key
        assert thing.shares or found == able, thing.key
        told += len(found)
    assert told > 100


@pytest.mark.requirement("R-053")
def test_every_scope_is_held_by_somebody_of_the_world(ground: Ground) -> None:
    held = [scopes for key in WORKING for scopes in actor_of(ground, key).grants.values()]
    for scope in Scope:
        assert any(scope in scopes for scopes in held), f"nobody works with the scope {scope.value}"


def test_the_scopes_that_no_preset_gives_differ_from_their_neighbours(ground: Ground) -> None:
    """The control: in the world are records that each of them reaches and the next narrower one does not, and the other way round."""
    slots = {slot.name: slot for slot in SLOTS}
    table = "customers_customer"
    deputy, head = (_slots(ground, person(key), table) for key in ("deputy@first", "head.east@first"))
    assert {name for name in head - deputy if slots[name].owner == "south1"}, "nothing lies below the deputy's department"
    assert {name for name in deputy if slots[name].shares and slots[name].owner != "east1"}, "nothing is shared with the deputy"
    group = person("group@first")
    abroad = {slot.name for slot in SLOTS if slot.slug != group.slug}
    assert abroad
    assert abroad <= _slots(ground, group, table)
    assert not abroad & _slots(ground, group, table, "update")
    assert {scope for scope, _ in EXTRA_ROLES.values()} == {Scope.DEPARTMENT, Scope.ALL}


def _slots(ground: Ground, who: Person, table: str, verb: str = "read") -> set[str]:
    return {ground.house.things[key].slot for key in ground.house.seen(who, table, verb)}
