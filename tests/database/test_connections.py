"""Connections to PostgreSQL that have died while they rested are replaced before anybody notices."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.database import engine as engines
from core.database.engine import make_engine
from core.database.sessions import Database
from tests.world import World

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True),
]
OWN = text("SELECT pg_backend_pid()")


@pytest.fixture
def database(world: World) -> Database:
    """The database of the house, with no connection open."""
    world.keguan.database.release()
    world.keguan.database.engine.dispose()
    return world.keguan.database


def _end_on_the_server(database: Database, pid: int) -> None:
    other = make_engine(database.engine.url.render_as_string(hide_password=False))
    with other.connect() as killer:
        assert killer.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
    other.dispose()


@pytest.mark.parametrize("of_questions", [True, False])
def test_a_connection_that_the_server_has_ended_is_made_anew(database: Database, of_questions: bool) -> None:
    with database.question() if of_questions else database.engine.connect() as connection:
        dead = connection.scalar(OWN)
    _end_on_the_server(database, dead)
    for _ in range(3):
        with database.question() if of_questions else database.engine.connect() as connection:
            assert connection.scalar(OWN) not in (None, dead)


def test_only_one_that_has_rested_is_asked_whether_it_is_there(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(engines, "_answers", lambda connection: asked.append(connection) or True)
    for resting, times in ((engines.RESTING, 0), (-1, 1)):
        monkeypatch.setattr(engines, "RESTING", resting)
        database.engine.dispose()
        for _ in range(2):
            with database.engine.connect() as connection:
                connection.scalar(OWN)
        assert len(asked) == times


def test_a_question_that_stands_alone_begins_no_transaction(database: Database) -> None:
    with database.question() as connection:
        connection.scalar(OWN)
        assert connection.scalar(text("SELECT now() <> statement_timestamp()")) is False
