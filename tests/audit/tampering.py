"""Ways to tamper with a trail: each takes a copy of the database that nobody of the house watches."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable

Way = Callable[[sqlite3.Connection, random.Random], str]
TOLD = ("at", "employee_id", "who", "action", "table_name", "record_id", "subject", "changes", "address", "reason", "approved_by", "mac")
SAID = ("chain", "epoch", "number", "after_id", "first_id", "last_id", "count", "root", "previous", "made_at", "head")


def _some(connection: sqlite3.Connection, chance: random.Random, table: str = "core_audit_row") -> int:
    ids = [row[0] for row in connection.execute(f"SELECT id FROM {table} ORDER BY id")]
    return chance.choice(ids)


def _other(value: object, chance: random.Random) -> object:
    if isinstance(value, int):
        return value + chance.choice((1, -1, 1_000))
    if value is None or value == "":
        return "x"
    text = str(value)
    place = chance.randrange(len(text))
    return text[:place] + chance.choice([letter for letter in "0123456789abcX " if letter != text[place]]) + text[place + 1 :]


def _change(connection: sqlite3.Connection, chance: random.Random, table: str, columns: tuple[str, ...]) -> str:
    row, column = _some(connection, chance, table), chance.choice(columns)
    old = connection.execute(f"SELECT {column} FROM {table} WHERE id = {row}").fetchone()[0]
    new = old + " " if column in ("at", "made_at") else _other(old, chance)
    if column in ("at", "made_at"):  # a moment stays a moment
        new = old[:-1] + str((int(old[-1]) + 1 + chance.randrange(8)) % 10)
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (new, row))
    return f"{table} {row}.{column}: {old!r} -> {new!r}"


def change_row(connection: sqlite3.Connection, chance: random.Random) -> str:
    return _change(connection, chance, "core_audit_row", TOLD)


def change_block(connection: sqlite3.Connection, chance: random.Random) -> str:
    return _change(connection, chance, "core_audit_block", SAID)


def delete_row(connection: sqlite3.Connection, chance: random.Random) -> str:
    row = _some(connection, chance)
    connection.execute(f"DELETE FROM core_audit_row WHERE id = {row}")
    return f"deleted {row}"


def delete_block(connection: sqlite3.Connection, chance: random.Random) -> str:
    block = _some(connection, chance, "core_audit_block")
    connection.execute(f"DELETE FROM core_audit_block WHERE id = {block}")
    return f"deleted block {block}"


def _columns(connection: sqlite3.Connection) -> str:
    return ", ".join(row[1] for row in connection.execute("PRAGMA table_info(core_audit_row)") if row[1] != "id")


def insert_row(connection: sqlite3.Connection, chance: random.Random) -> str:
    """Into a gap that a deletion has left, or far behind: a copy of another row, its own code included."""
    hole, source = _some(connection, chance), _some(connection, chance)
    columns = _columns(connection)
    connection.execute(f"DELETE FROM core_audit_row WHERE id = {hole}")
    if source == hole:
        return f"deleted {hole}"
    connection.execute(f"INSERT INTO core_audit_row (id, {columns}) SELECT {hole}, {columns} FROM core_audit_row WHERE id = {source}")
    return f"{hole} became a copy of {source}"


def duplicate_row(connection: sqlite3.Connection, chance: random.Random) -> str:
    """Before everything: ids begin with 1."""
    source, columns = _some(connection, chance), _columns(connection)
    place = -chance.randrange(1, 100)
    connection.execute(f"INSERT INTO core_audit_row (id, {columns}) SELECT {place}, {columns} FROM core_audit_row WHERE id = {source}")
    return f"{source} doubled as {place}"


def swap_rows(connection: sqlite3.Connection, chance: random.Random) -> str:
    first, second = _some(connection, chance), _some(connection, chance)
    if first == second:
        return change_row(connection, chance)
    for old, new in ((first, -1_000), (second, first), (-1_000, second)):
        connection.execute(f"UPDATE core_audit_row SET id = {new} WHERE id = {old}")
    return f"swapped {first} and {second}"


def move_row(connection: sqlite3.Connection, chance: random.Random) -> str:
    row = _some(connection, chance)
    old = connection.execute(f"SELECT company_id FROM core_audit_row WHERE id = {row}").fetchone()[0]
    new = chance.choice([company for company in (None, 1, 2) if company != old])
    connection.execute("UPDATE core_audit_row SET company_id = ? WHERE id = ?", (new, row))
    return f"{row} moved to company {new}"


def truncate(connection: sqlite3.Connection, chance: random.Random) -> str:
    """Rows alone, from some id on."""
    row = _some(connection, chance)
    connection.execute(f"DELETE FROM core_audit_row WHERE id >= {row}")
    return f"cut off from {row} on"


def roll_back(connection: sqlite3.Connection, chance: random.Random) -> str:
    """Rows and blocks, as an old copy of the database would have them."""
    ends = [row[0] for row in connection.execute("SELECT DISTINCT last_id FROM core_audit_block ORDER BY last_id")]
    end = chance.choice(ends[:-1])
    connection.execute(f"DELETE FROM core_audit_block WHERE last_id > {end}")
    connection.execute(f"DELETE FROM core_audit_row WHERE id > {end}")
    return f"set back to {end}"


def change_aside(connection: sqlite3.Connection, chance: random.Random) -> str:
    """A person's value that stands beside the trail, or whose it is."""
    return _change(connection, chance, "core_aside_value", ("company_id", "table_name", "record_id", "token", "salt", "value"))


def delete_aside(connection: sqlite3.Connection, chance: random.Random) -> str:
    """As an erasure would, but without its row."""
    row = _some(connection, chance, "core_aside_value")
    connection.execute(f"DELETE FROM core_aside_value WHERE id = {row}")
    return f"deleted the value {row} beside the trail"


WAYS: tuple[Way, ...] = (
    change_row,
    change_block,
    delete_row,
    delete_block,
    insert_row,
    duplicate_row,
    swap_rows,
    move_row,
    truncate,
    roll_back,
    change_aside,
    delete_aside,
)
