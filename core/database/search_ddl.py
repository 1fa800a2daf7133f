"""What the name search needs beside its table: an FTS5 table kept by triggers on SQLite, stored terms with a GIN index on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, event

_FTS = "INSERT INTO core_search_fts(rowid, body) VALUES (new.id, new.body);"
_UNFTS = "INSERT INTO core_search_fts(core_search_fts, rowid, body) VALUES ('delete', old.id, old.body);"
_CREATE = {
    "sqlite": (
        (
            "CREATE VIRTUAL TABLE core_search_fts USING fts5"
            "(body, content='core_search', content_rowid='id', tokenize='unicode61', prefix='2 3')"
        ),
        f"CREATE TRIGGER core_search_ai AFTER INSERT ON core_search BEGIN {_FTS} END",
        f"CREATE TRIGGER core_search_ad AFTER DELETE ON core_search BEGIN {_UNFTS} END",
        f"CREATE TRIGGER core_search_au AFTER UPDATE ON core_search BEGIN {_UNFTS} {_FTS} END",
    ),
    "postgresql": (
        # Stored, because making the terms of a row takes fifty times as long as comparing them, and the planner thinks it costs nothing.
        "ALTER TABLE core_search ADD COLUMN search_terms tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED",
        "CREATE INDEX ix_core_search_terms ON core_search USING gin (search_terms)",
    ),
}
_DROP: dict[str, tuple[str, ...]] = {"sqlite": ("DROP TABLE IF EXISTS core_search_fts",), "postgresql": ()}


def create_search_ddl(dialect: str) -> list[str]:
    """What a migration runs after it has made ``core_search``.

    Autogenerate must pass over what this makes: tables beginning with ``core_search_fts``, the column ``search_terms`` and its index
    ``ix_core_search_terms``.
    """
    return list(_CREATE[dialect])


def drop_search_ddl(dialect: str) -> list[str]:
    """What a migration runs before it drops ``core_search``."""
    return list(_DROP[dialect])


def rebuild_search(connection: Connection) -> None:
    """Make SQLite's FTS5 table afresh from ``core_search``, after a repair or a restore; PostgreSQL needs nothing."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO core_search_fts(core_search_fts) VALUES ('rebuild')")


def follow_table(search: Table) -> None:
    """Let ``create_all`` and ``drop_all`` of tests make and drop it too; migrations do it themselves."""

    def create(target: Table, connection: Connection, **_: Any) -> None:
        for statement in create_search_ddl(connection.dialect.name):
            connection.exec_driver_sql(statement)

    def drop(target: Table, connection: Connection, **_: Any) -> None:
        for statement in drop_search_ddl(connection.dialect.name):
            connection.exec_driver_sql(statement)

    event.listen(search, "after_create", create)
    event.listen(search, "before_drop", drop)
