"""A record of every class that may be about a person is in the dossier of that person and in nobody else's, and his or her values are
gone from it after the erasure (PIPL 45 to 47). Classes are found in the registry, so that a new plugin is asked as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.joining import resource_of
from core.database.fields import fields_of
from core.database.people import personal_fields
from core.extension.installed import stored_classes
from core.privacy.dossier import dossier, masked_values, person_model, person_models
from core.privacy.erasing import erase_person
from core.testing.world import World
from plugins.customers.operations import add_contact, create_customer
from tests.conformance.enumerated import LOOKED_AT
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.privacy.test_privacy import rows_of_database

pytestmark = [pytest.mark.requirement("R-462"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
Key = tuple[str, int]
PEOPLE = {
    "mine": {"name": "卓不凡", "phone": "13987650001", "email": "mine@example.com", "id_number": "11010519491231002X"},
    "theirs": {"name": "卓又凡", "phone": "13987650002", "email": "theirs@example.com", "id_number": "440308199901010012"},
}


def referring(table: str) -> Iterator[tuple[type[Any], str]]:
    """Classes that refer to people of ``table``, with the column."""
    for model in stored_classes():
        if model.__scope__ != "global" and not model.__bookkeeping__:
            yield from ((model, f"{name}_id") for name, one in model.__references__.items() if one.table == table)


def carrying(table: str) -> Iterator[tuple[type[Any], str]]:
    """Masked personal fields of other classes, where a value of the person may stand."""
    for model in stored_classes():
        if model.__scope__ != "global" and model.__tablename__ != table:
            yield from ((model, name) for name in sorted(personal_fields(model)) if fields_of(model)[name].masked)


def made(world: World, table: str, which: str, customer: int) -> int:
    """A person of ``table``."""
    values = PEOPLE[which]
    with world.use_case("sales.east1") as session:
        if table == "customers_customer":
            return int(create_customer(session, {"kind": "person", **values}).id)
        contact = {"name": values["name"], "mobile": values["phone"], "email": values["email"], "customer": customer}
        return int(add_contact(session, contact).id)


def example(examples: Examples, model: type[Any]) -> int:
    """Id of a fresh example of the class."""
    noun = examples.nouns.by_table.get(model.__tablename__)
    assert getattr(noun, "create", None) is not None, f"there is no example of {model.__tablename__}, which may be about a person"
    return examples.fresh(noun)  # type: ignore[arg-type]


def point(world: World, model: type[Any], record_id: int, **values: Any) -> Key:
    """Put ``values`` into the columns of the record, whoever may write them."""
    table = model.__table__
    with world.keguan.database.engine.begin() as connection:
        assert connection.execute(update(table).where(table.c.id == record_id).values(values)).rowcount == 1
    return model.__tablename__, record_id


def about(world: World, table: str, person: int) -> set[Key]:
    with world.reading("leader") as session:
        return {(part.model.__tablename__, int(part.record.id)) for part in dossier(session, table, person).parts}


def stored_values(world: World, table: str, person: int) -> frozenset[str]:
    with Session(world.keguan.database.engine) as session:
        return masked_values(session.get_one(person_model(table), person))


@pytest.mark.evidence("dossiers-{table}-{database_kind}")
@pytest.mark.parametrize("table", ["customers_contact", "customers_customer"])
def test_every_record_about_a_person_is_in_that_dossier_alone_and_holds_nothing_after_the_erasure(
    world: World, application: Flask, table: str, database_kind: str
) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    customer = examples.one(examples.nouns.by_path["customers"])
    people = {which: made(world, table, which, customer) for which in PEOPLE}
    dealt = [(which, *one, example(examples, one[0])) for which in people for one in referring(table)]
    copied = [(which, *one, example(examples, one[0])) for which in people for one in carrying(table)]
    dealings: dict[str, set[Key]] = {which: set() for which in people}
    copies: dict[str, set[Key]] = {which: set() for which in people}
    for which, model, column, record_id in dealt:  # all are there by now, so that none is copied from another
        dealings[which].add(point(world, model, record_id, **{column: people[which]}))
    for which, model, name, record_id in copied:
        copies[which].add(point(world, model, record_id, **{name: PEOPLE[which]["phone"]}))
    assert len(dealings["mine"]) >= 4
    assert len(copies["mine"]) >= 4
    whole = {which: {(table, people[which])} | dealings[which] | copies[which] for which in PEOPLE}
    assert {which: about(world, table, person) for which, person in people.items()} == whole

    values = stored_values(world, table, people["mine"])
    assert {PEOPLE["mine"]["phone"], PEOPLE["mine"]["email"]} <= values
    with world.use_case("leader") as session:
        erase_person(session, table, people["mine"], None, "本人要求删除")
    left = rows_of_database(world)
    assert [value for value in (*sorted(values), PEOPLE["mine"]["name"]) if value in left] == []
    assert about(world, table, people["mine"]) == whole["mine"] - copies["mine"], "what was only copied leads to nobody any more"
    assert about(world, table, people["theirs"]) == whole["theirs"]
    assert PEOPLE["theirs"]["phone"] in left
    _keep(f"dossiers-{table}-{database_kind}", {one: dealings[one] | copies[one] for one in PEOPLE})


def _keep(name: str, found: dict[str, set[Key]]) -> None:
    """All of the above held: what was in the right dossier, and not in the other one."""
    plugins = {model.__tablename__: resource_of(model).partition(".")[0] for model in stored_classes() if resource_of(model)}
    evidence = Evidence(name, {plugins[table] for table, _ in found["mine"]} & set(LOOKED_AT))
    for which, keep in (("mine", evidence.positive), ("theirs", evidence.refused)):
        for table, record_id in sorted(found[which]):
            keep(f"{which} {table} #{record_id}", plugins[table])
    evidence.close()


def test_both_kinds_of_people_are_walked(world: World) -> None:
    assert {model.__tablename__ for model in person_models()} == {"customers_contact", "customers_customer"}
