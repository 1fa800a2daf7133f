"""The rows of a PostgreSQL database put back to what they were, table by table.

A new database from a template waits for the disk, several hundred times in one run of the tests; most tests change a few rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import SingletonThreadPool

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
_COUNTERS = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
_SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.atttypmod, a.attnotnull) AS line
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
    UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS shape(line)
"""


@dataclass(frozen=True)
class Contents:
    """Every row of a database: the rows of a table in PostgreSQL's own binary form, beside a check sum of each table."""

    shape: str
    sums: Mapping[str, tuple[int, int]]
    rows: Mapping[str, bytes]
    counters: Mapping[str, int | None]


class Refiller:
    """Looks at one database and puts rows back; its connection stays, because a new one knows none of the tables yet."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=SingletonThreadPool)

    def contents(self) -> Contents:
        """What the database holds now."""
        with self._engine.connect() as connection:
            tables = list(connection.scalars(text(_TABLES)))
            return Contents(
                str(connection.scalar(text(_SHAPE))),
                _sums(connection, tables),
                {table: _copied(connection, table) for table in tables},
                _counters(connection),
            )

    def refill(self, contents: Contents) -> bool:
        """Make the rows those of ``contents`` again; False, and nothing done, where the tables are others by now."""
        with self._engine.begin() as connection:
            connection.execute(text(_OTHERS))
            if connection.scalar(text(_SHAPE)) != contents.shape:
                return False
            present = _sums(connection, list(contents.sums))
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows come back without triggers and checks
            for table in [table for table, found in contents.sums.items() if present[table] != found]:
                connection.exec_driver_sql(f'DELETE FROM "{table}"')  # noqa: S608 -- a table that the database itself names
                _fill(connection, table, contents.rows[table])
            for name, value in _counters(connection).items():
                if value != contents.counters[name]:
                    _count_from(connection, name, contents.counters[name])
        return True

    def let_go(self) -> None:
        """Give the connection back, before the database is thrown away."""
        self._engine.dispose()


def _sums(connection: Connection, tables: Sequence[str]) -> dict[str, tuple[int, int]]:
    one = "SELECT '{0}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{0}\" t"
    asked = " UNION ALL ".join(one.format(table) for table in tables)
    return {table: (rows, total) for table, rows, total in connection.exec_driver_sql(asked.replace("%", "%%"))}


def _counters(connection: Connection) -> dict[str, int | None]:
    return {name: last for name, _, last in connection.execute(text(_COUNTERS))}


def _count_from(connection: Connection, name: str, last: int | None) -> None:
    """Let the counter go on after ``last``, or begin anew."""
    given = {"name": f'public."{name}"', "last": last or 1, "used": last is not None}
    connection.execute(text("SELECT setval(CAST(:name AS regclass), :last, :used)"), given)


def _copied(connection: Connection, table: str) -> bytes:
    with _driver(connection).cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as copy:
        return b"".join(bytes(part) for part in copy)


def _fill(connection: Connection, table: str, rows: bytes) -> None:
    with _driver(connection).cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
        copy.write(rows)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
