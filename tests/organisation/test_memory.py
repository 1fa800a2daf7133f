"""What a company has set is remembered between requests: for its own people, until it is set anew, by whichever process (design 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from core.access.administration import add_entry, change_entry, set_day, set_parameter
from core.audit.trail import seal_with
from core.database.engine import make_engine
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.organisation.code_lists import entries, label_of
from core.organisation.memory import SETTINGS
from core.organisation.models import CodeEntry, CompanyDay, Parameter
from core.organisation.parameters import parameter
from core.organisation.working_days import is_working_day
from tests.world import World

SOURCE, DAYS, SUNDAY = "customers.source", "core.handover_undo_days", date(2026, 3, 15)
FAIR = {"code": "fair", "chinese": "展会名录", "english": "Fair list", "aliases": ""}

WRITE: dict[type[Any], Callable[[Any], Any]] = {
    CodeEntry: lambda session: add_entry(session, SOURCE, FAIR),
    Parameter: lambda session: set_parameter(session, DAYS, 3),
    CompanyDay: lambda session: set_day(session, SUNDAY, working=True),
}


def seen(session: Session) -> tuple[Any, ...]:
    """Something of each kind of setting."""
    return [one.code for one in entries(session, SOURCE)], parameter(session, DAYS), is_working_day(session, SUNDAY)


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """Statements that read settings meanwhile."""
    found: list[str] = []
    tables = tuple(f"FROM {model.__tablename__}" for model in SETTINGS)

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if any(table in statement for table in tables):
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_second_request_asks_the_database_for_nothing(world: World) -> None:
    with world.reading("sales.east1") as session:
        first = seen(session)
    with asked(world.keguan.database) as said, world.reading("head.east") as session:
        assert seen(session) == first
    assert said == []


def test_every_kind_of_setting_is_tried_here() -> None:
    assert set(WRITE) == set(SETTINGS)


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda one: one.__name__)
def test_the_next_request_sees_what_another_process_has_set(world: World, kind: type[Any]) -> None:
    with world.reading("sales.east1") as session:
        before = seen(session)
    with world.reading("admin2") as session:
        elsewhere = seen(session)
    other = Database(make_engine(world.keguan.settings.database))
    seal_with(other.engine, world.keguan.settings.audit_key)
    try:
        with world.act("admin"), other.transaction() as session:
            WRITE[kind](session)
    finally:
        other.release()
        other.engine.dispose()
        with world.keguan.database.engine.begin() as connection:
            connection.execute(text("SELECT 1"))  # so that the fixture notices that the database has been written
    with world.reading("sales.east1") as session:
        assert seen(session) != before
    with asked(world.keguan.database) as said, world.reading("admin2") as session:
        assert seen(session) == elsewhere
    assert said == [], "the other company is remembered still"


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda one: one.__name__)
def test_the_writer_sees_it_at_once_and_the_rest_of_the_request_too(world: World, kind: type[Any]) -> None:
    with world.act("admin"):
        before = seen(world.keguan.database.session())
        with world.keguan.database.transaction() as session:
            WRITE[kind](session)
            assert seen(session) != before
        assert seen(world.keguan.database.session()) != before


def test_what_is_taken_back_is_not_remembered(world: World) -> None:
    def work(session: Session) -> None:
        add_entry(session, SOURCE, FAIR)
        seen(session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), world.use_case("admin") as session:
        work(session)
    with world.reading("admin") as session:
        assert str(label_of(session, SOURCE, "fair")) == "fair"


def test_an_entry_changed_twice_shows_the_second_word(world: World) -> None:
    for number, word in enumerate(("Tip of a friend", "Hearsay")):
        with world.use_case("admin") as session:
            change_entry(session, SOURCE, "referral", number, {"english": word, "chinese": "老友介绍"})
        with world.reading("sales.east1") as session:
            assert str(label_of(session, SOURCE, "referral")) == word


def test_the_system_reads_them_for_itself(world: World) -> None:
    with world.reading("sales.east1") as session:
        seen(session)
    with acting_as(System("looking", world.companies["qiheng"].id)), asked(world.keguan.database) as said:
        session = world.keguan.database.session()
        seen(session)
        seen(session)
    assert len(said) == len(SETTINGS)
