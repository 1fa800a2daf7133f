"""One engine per process, tuned for what each database needs to lose nothing (design 3.4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from select import POLLIN, poll
from time import monotonic
from typing import Any

from sqlalchemy import Engine, ExceptionContext, Row, Select, create_engine, event, inspect
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

STOCK_KNOWN = 1_800
"""Seconds after which a connection is made anew: SQLite reads what :func:`refresh_statistics` found only when it opens the file."""

WAIT = 30_000
"""Milliseconds that a connection to SQLite waits for whoever is writing."""

RESTING = 30
"""Seconds after which a connection to PostgreSQL is asked whether it is still there before it is used again."""

CACHE, PASSING = 32_768, 1_024  # kilobytes of pages that a connection keeps, and while it only passes by

QUESTION = "keguan_question"
"""Option of a connection to SQLite on which one statement stands alone, so that nothing begins and ends for it."""

_writing: ContextVar[bool] = ContextVar("keguan_writing", default=False)


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for ``url`` (SQLite file or PostgreSQL by psycopg). Its errors say what went wrong, never with which values."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url, connect_args={"timeout": WAIT / 1_000, "check_same_thread": False}, pool_recycle=STOCK_KNOWN, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True)
    event.listen(engine, "handle_error", _without_details)
    event.listen(engine, "checkin", _put_down)
    event.listen(engine, "checkout", _take_up)
    return engine


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside take SQLite's write lock at once.

    A deferred transaction that reads and then writes is refused by SQLite the moment somebody else has written, whatever
    the time-out; PostgreSQL does not care.
    """
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def in_passing(connection: Connection) -> Iterator[None]:
    """Inside, SQLite keeps few pages of what ``connection`` reads: who reads a table from end to end needs none of them again."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA cache_size=-{PASSING}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE}")


def refresh_statistics(engine: Engine) -> None:
    """Let the database take stock of its tables, so that it chooses the right index; to be called when many rows came at once.

    Without it SQLite takes every index for equally good: a search among 100,000 customers read 100,000 entries instead of 500. It takes
    0.15 s for them; looking at a sample only, which is quicker, leaves it as ignorant as before.
    """
    with writing(), engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    if engine.dialect.name == "sqlite":
        engine.dispose()  # this process at least need not wait for STOCK_KNOWN


def _put_down(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rested"] = monotonic()


def _take_up(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """Never hand out a dead connection; asking the server each time, as SQLAlchemy would, costs every page two questions more.

    A server that ends a connection says so, and what it said can be read. A connection that is cut on the way says nothing, so
    one that has rested is asked.
    """
    rested = record.info.pop("rested", None)
    if rested is None:  # has just been made
        return
    if connection.closed or ((monotonic() - rested > RESTING or _heard(connection)) and not _answers(connection)):
        raise InvalidatePoolError


def _heard(connection: Any) -> bool:
    """Whether the server has said something that nobody has asked for."""
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return bool(waiting.poll(0))


def _answers(connection: Any) -> bool:
    from psycopg import OperationalError  # here: 8 MB that a process over SQLite does not need

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except OperationalError:
        return False
    return True


def first_of(engine: Engine, table: str, asked: Select[Any]) -> Row[Any] | None:
    """The first row that ``asked`` finds in ``table``; None without one, without the table, and without a database yet.

    For the start, before anything is known of it: to ask SQLite would make its file, and one that does not answer is told by whoever needs
    it.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).is_file():
        return None
    try:
        with engine.connect() as connection:
            return connection.execute(asked.limit(1)).first() if inspect(connection).has_table(table) else None
    except SQLAlchemyError:
        return None


def _without_details(context: ExceptionContext) -> None:
    """PostgreSQL adds the row that it refused to the sentence; it would stand in the log."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={WAIT}",
        "temp_store=MEMORY",
        f"cache_size=-{CACHE}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if QUESTION in connection.get_execution_options():
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
