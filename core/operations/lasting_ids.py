"""SQLite gives the id of a deleted last row again; here it does not, because the trail tells records by their ids (R-054).

History, tags, files and notices name a record by its table and id. A new record under the id of a deleted one would inherit them.
PostgreSQL's sequences only go up; SQLite's do where a key says AUTOINCREMENT, and it says so here for every table of every plugin.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

KEY, LASTING = "PRIMARY KEY (id)", "PRIMARY KEY (id AUTOINCREMENT)"
WANTING = (
    "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
    "WHERE m.type = 'table' AND c.name = 'id' AND c.pk = 1 AND c.type = 'INTEGER' AND instr(m.sql, ?)"
)
COUNTERS = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"


def let_ids_last(connection: Connection) -> None:
    """Mark the key of every table that lacks it, in the transaction that is open; does nothing on PostgreSQL.

    The word changes nothing that is stored in the table, so its definition is changed where it stands, as SQLite's manual has it
    (lang_altertable, section 7), instead of copying a million rows. Afterwards the definitions are read anew, here and by others.
    """
    if connection.dialect.name != "sqlite":
        return
    tables = list(connection.exec_driver_sql(WANTING, (KEY,)).scalars())
    if tables:
        _mark(connection, tables)
        _count_from_here(connection, tables)


def _mark(connection: Connection, tables: Sequence[str]) -> None:
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    named = ", ".join("?" for _ in tables)
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        connection.exec_driver_sql(
            f"UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name IN ({named})",  # noqa: S608
            (KEY, LASTING, *tables),
        )
        connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def _count_from_here(connection: Connection, tables: Sequence[str]) -> None:
    """Let each counter begin at the last id that there is; SQLite keeps them in a table that comes with the first key of this kind."""
    if connection.exec_driver_sql(COUNTERS).first() is None:
        connection.exec_driver_sql("CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        connection.exec_driver_sql("DROP TABLE counted")
    quoted = connection.dialect.identifier_preparer.quote
    last = " UNION ALL ".join(f"SELECT '{name}' AS name, max(id) AS seq FROM {quoted(name)}" for name in tables)  # noqa: S608
    connection.exec_driver_sql(f"INSERT INTO sqlite_sequence (name, seq) SELECT name, seq FROM ({last}) WHERE seq IS NOT NULL")  # noqa: S608
