"""Personal values beside the trail: what is taken or exchanged past the program is found, what an erasure destroyed is not (R-445)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.beside import Beside
from core.audit.models import AsideValue, AuditRow
from core.audit.verification import verify, verify_rows
from core.audit.words import problem_told
from core.privacy.erasing import erase_person
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact, change_contact
from tests.commands.test_commands import command
from tests.plugins.conftest import Trade
from tests.world import World

__all__ = ["command"]
Command = Callable[..., tuple[int, str]]
TABLE = Contact.__tablename__


def made_people(world: World) -> Iterator[int]:
    """Contacts with a telephone that was changed once, each written when it is asked for."""
    customer = Trade(world).customer()
    number = 0
    while True:
        number += 1
        with world.use_case("sales.east1") as session:
            made = add_contact(session, {"customer": customer.id, "name": f"卓不凡{number}", "mobile": f"1390000{number:04}"})
            made_id = int(made.id)
        with world.use_case("sales.east1") as session:
            change_contact(session, made_id, None, {"mobile": f"1398765{number:04}"})
        yield made_id


def found(world: World) -> list[str]:
    """Kinds of what a check of everything finds; each can be said."""
    with Session(world.keguan.database.engine) as session:
        problems = verify_rows(session, world.keguan.settings.audit_key).problems
    assert all(str(problem_told(one)) for one in problems)
    return [one.kind for one in problems]


def raw(world: World, statement: str) -> int:
    """Done past the program; how many rows."""
    with world.keguan.database.engine.begin() as connection:
        return connection.execute(text(statement)).rowcount


def old_value(world: World, person: int) -> int:
    """The telephone that nobody can see any more but in the history."""
    with Session(world.keguan.database.engine) as session:
        asked = select(AsideValue.id).where(
            AsideValue.table_name == TABLE, AsideValue.record_id == person, AsideValue.value.contains("1390000")
        )
        return session.scalars(asked.order_by(AsideValue.id)).first() or 0


@pytest.mark.requirement("R-445")
@pytest.mark.parametrize(
    ("done", "kind"),
    [
        ("DELETE FROM core_aside_value WHERE id = {id}", "aside_gone"),
        ("UPDATE core_aside_value SET value = '\"13111111111\"' WHERE id = {id}", "aside_altered"),
        ("UPDATE core_aside_value SET record_id = record_id + 1 WHERE id = {id}", "aside_altered"),
    ],
)
def test_a_value_that_is_taken_or_exchanged_is_found_until_it_is_explained(world: World, command: Command, done: str, kind: str) -> None:
    person = next(made_people(world))
    assert found(world) == []
    assert raw(world, done.format(id=old_value(world, person))) == 1
    assert found(world) == [kind], "the old number, which no record has any more"
    code, said = command("audit", "accept", "--reason", "the table was restored from Sunday", "--yes")
    assert code == 0, said
    assert "1" in said
    assert found(world) == []
    assert raw(world, f"DELETE FROM core_aside_value WHERE record_id = {person} AND id <> {old_value(world, person)}") > 0
    assert "aside_gone" in found(world), "what happens afterwards is found again"


@pytest.mark.requirement("R-445")
def test_an_erasure_explains_what_it_destroyed_and_nothing_else(world: World) -> None:
    people = made_people(world)
    erased, other = next(people), next(people)
    with world.use_case("leader") as session:
        erase_person(session, TABLE, erased, None, "本人要求")
    assert found(world) == []
    with Session(world.keguan.database.engine) as session:
        assert session.scalar(select(AsideValue.id).where(AsideValue.table_name == TABLE, AsideValue.record_id == erased)) is None
    assert raw(world, f"DELETE FROM core_aside_value WHERE table_name = '{TABLE}' AND record_id = {other}") > 0
    assert set(found(world)) == {"aside_gone"}


def test_a_row_that_nobody_with_the_key_has_written_explains_nothing(world: World) -> None:
    people = made_people(world)
    erased, other = next(people), next(people)
    with world.use_case("leader") as session:
        erase_person(session, TABLE, erased, None, "本人要求")
    value = old_value(world, other)
    with Session(world.keguan.database.engine) as session:
        token = session.get_one(AsideValue, value).token
        said = session.scalars(select(AuditRow).where(AuditRow.action == "values_destroyed").order_by(AuditRow.id)).first()
        assert said is not None
        known = said.changes.split('"tokens": ["')[1][:32]
        row = said.id
    raw(world, f"DELETE FROM core_aside_value WHERE id = {value}")
    raw(world, f"UPDATE core_audit_row SET changes = replace(changes, '{known}', '{token}') WHERE id = {row}")
    assert "aside_gone" in found(world)


def test_an_erasure_during_the_check_is_no_finding(world: World) -> None:
    person, key = next(made_people(world)), world.keguan.settings.audit_key
    chain = world.companies["qiheng"].id
    with Session(world.keguan.database.engine) as session:
        beside = Beside(session, key, chain, 0)
        for row in session.execute(select(AuditRow.__table__).order_by(AuditRow.__table__.c.id)).mappings().all():
            beside.hear(row)
        session.rollback()
        with world.use_case("leader") as working:
            erase_person(working, TABLE, person, None, "本人要求")
        told: list[str] = []
        beside.tell(lambda kind, *_: told.append(kind))
        assert told == []
        assert verify(session, key, chain=chain).found == 0
