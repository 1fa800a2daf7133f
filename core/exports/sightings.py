"""How many different records somebody has seen today: counted beside the database, so that a page costs no statement more.

A file of SQLite in the data folder, or Redis where several machines serve; a day is a day where the company works.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.kernel.clock import today

TABLES = """
CREATE TABLE IF NOT EXISTS seen (day TEXT, company INTEGER, employee INTEGER, kind TEXT, record INTEGER,
    PRIMARY KEY (day, company, employee, kind, record)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS flags (day TEXT, company INTEGER, employee INTEGER, flag TEXT,
    PRIMARY KEY (day, company, employee, flag)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Reader:
    """One employee of one company."""

    company_id: int
    employee_id: int


@dataclass(frozen=True)
class Count:
    """How many different records of the kind the reader has seen today; ``refused`` when those just asked for would be too many."""

    seen: int
    refused: bool


class Sightings(Protocol):
    """Where sightings are counted."""

    def note(self, reader: Reader, kind: str, ids: Collection[int], most: int) -> Count:
        """Count ``ids`` as seen, unless that would make more than ``most``: then nothing is counted. What was seen before costs nothing."""

    def flag(self, reader: Reader, name: str) -> bool:
        """Set the mark ``name`` for today; whether it is new."""

    def flagged(self, reader: Reader, name: str) -> bool:
        """Whether the mark ``name`` was set today."""


class SightingsFile:
    """Counts in a file. It may lose the last moments with the power, nothing else: no business depends on it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = threading.local()
        self._opening = threading.Lock()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            with self._opening:  # SQLite does not wait for whoever changes the journal at the same moment
                connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(TABLES)
        connection.execute("DELETE FROM seen WHERE day < ?", (str(today()),))
        connection.execute("DELETE FROM flags WHERE day < ?", (str(today()),))
        self._mine.connection = connection
        return connection

    def note(self, reader: Reader, kind: str, ids: Collection[int], most: int) -> Count:
        """As :meth:`Sightings.note`."""
        person = (str(today()), reader.company_id, reader.employee_id, kind)
        with self._writing() as connection:
            before = connection.total_changes
            connection.execute("SAVEPOINT page")
            connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?)", [(*person, one) for one in ids])
            new = connection.total_changes - before
            asked = "SELECT count(*) FROM seen WHERE day = ? AND company = ? AND employee = ? AND kind = ?"
            seen = int(connection.execute(asked, person).fetchone()[0])
            refused = new > 0 and seen > most
            if refused:
                connection.execute("ROLLBACK TO page")
            return Count(seen - new if refused else seen, refused)

    def flag(self, reader: Reader, name: str) -> bool:
        """As :meth:`Sightings.flag`."""
        with self._writing() as connection:
            row = (str(today()), reader.company_id, reader.employee_id, name)
            return connection.execute("INSERT OR IGNORE INTO flags VALUES (?, ?, ?, ?)", row).rowcount > 0

    def flagged(self, reader: Reader, name: str) -> bool:
        """As :meth:`Sightings.flagged`."""
        connection = getattr(self._mine, "connection", None) or self._open()
        asked = "SELECT 1 FROM flags WHERE day = ? AND company = ? AND employee = ? AND flag = ?"
        return connection.execute(asked, (str(today()), reader.company_id, reader.employee_id, name)).fetchone() is not None


def open_sightings(data: Path, redis_url: str = "") -> Sightings:
    """Redis where there is one, else a file in the data folder."""
    file = SightingsFile(data / "sightings.db")
    if not redis_url:
        return file
    from core.exports.sightings_redis import SightingsRedis  # here: 5 MB that nobody needs without Redis

    return SightingsRedis(redis_url, file)


_sightings: list[Sightings] = []


def use_sightings(sightings: Sightings) -> None:
    """Make ``sightings`` those of this process; the application does it once at start."""
    _sightings[:] = [sightings]


def sightings() -> Sightings:
    """The sightings of this process."""
    return _sightings[0]
