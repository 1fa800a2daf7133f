"""The world of the harnesses is what it says it is."""

from __future__ import annotations

from tests.isolation.building import House
from tests.isolation.declared import PEOPLE, SLOTS, person


def test_the_world_holds_a_record_of_every_stored_class_of_every_plugin_for_every_slot(house: House) -> None:
    tables = {table for table in house.models if not table.startswith("core_")}
    assert tables
    for table in tables:
        assert len(house.of(table)) == len(SLOTS), table


def test_the_reference_model_lets_people_see_something_and_hides_something(house: House) -> None:
    everything = {thing.key for thing in house.things.values() if thing.kind == "owned"}
    seen = {one.key: house.seen(one) & everything for one in PEOPLE}
    assert not seen["gone@first"]
    assert not seen["admin@first"]
    assert seen["east1@first"] < seen["head.east@first"] | house.seen(person("east1@first"))
    assert seen.pop("group@first") == everything
    assert all(found < everything for found in seen.values())


def test_no_canary_occurs_in_two_records(house: House) -> None:
    texts = [text for fields in house.texts.values() for text in fields.values()]
    assert len(texts) == len(set(texts))
