"""Empty databases, branches of chosen plugins, and what a schema is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from config.settings import ROOT
from core.database.engine import make_engine
from core.extension.registry import Registry, discover
from core.operations.branches import Branch, branches
from tests.world import Site

QUESTIONS = {
    "sqlite": ("SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name",),
    "postgresql": (
        (
            "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2"
        ),
        (
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        ),
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    ),
}


@pytest.fixture
def empty(site: Site) -> Iterator[Engine]:
    """An engine on a database without any table."""
    engine = make_engine(site.store.fresh("empty"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def branches_of() -> Callable[..., tuple[Branch, ...]]:
    """``branches_of("customers")``: of the core, the named plugins and what they require; of everything when none is named."""
    return lambda *names: branches(Registry(discover(ROOT / "plugins", names or None)))


@pytest.fixture(scope="session")
def without_plugins() -> tuple[Branch, ...]:
    """The branch of the core alone."""
    return branches(Registry(discover(None)))


def schema_of(engine: Engine) -> list[tuple[object, ...]]:
    """Everything the database says of its tables, columns, constraints and indexes."""
    with engine.connect() as connection:
        return [_plain(tuple(row)) for question in QUESTIONS[engine.dialect.name] for row in connection.execute(text(question))]


def _plain(row: tuple[object, ...]) -> tuple[object, ...]:
    """Without what says nothing in SQLite's own words for a table that was made anew: quotes, and the order of its constraints."""
    return tuple(_sorted(value.replace('"', "")) if isinstance(value, str) else value for value in row)


def _sorted(sql: str) -> str:
    lines = [line.strip(" \t,") for line in sql.splitlines()]
    return "\n".join([line for line in lines if not line.startswith("CONSTRAINT")] + sorted(x for x in lines if x.startswith("CONSTRAINT")))


def digest_of(engine: Engine) -> str:
    """The schema in one word."""
    return hashlib.sha256(repr(schema_of(engine)).encode()).hexdigest()


def tables_of(engine: Engine) -> set[str]:
    """Names of the tables, without those that SQLite keeps for its text search."""
    question = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }
    with engine.connect() as connection:
        names = connection.scalars(text(question[engine.dialect.name]))
        return {name for name in names if not name.startswith(("core_search_fts", "sqlite_"))}
