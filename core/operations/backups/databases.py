"""A consistent copy of the database while people work, and back in one transaction: a restore that is killed leaves the old one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from core.access.models import WebSession
from core.kernel.errors import Conflict, KeguanError
from core.kernel.words import msg

SQLITE, POSTGRES = "database.sqlite", "database.sql"
PATIENCE = "10s"  # that a restore waits for whoever still works
SESSIONS = WebSession.__tablename__  # who was signed in then is not signed in again by a restore


def copy_out(engine: Engine, folder: Path) -> None:
    """Write the database into ``folder`` as it is at one moment; raises :class:`KeguanError` when it cannot."""
    if engine.dialect.name == "sqlite":
        _copy_sqlite(Path(str(engine.url.database)), folder / SQLITE)
    else:
        options = ("--format=plain", "--no-owner", "--no-privileges", f"--exclude-table-data={SESSIONS}")
        _run("pg_dump", engine.url, (*options, f"--file={folder / POSTGRES}"))


def put_back(engine: Engine, folder: Path) -> None:
    """Replace the database by the copy in ``folder``, all of it or nothing; raises :class:`KeguanError` when somebody still writes."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        _restore_sqlite(folder / SQLITE, Path(str(engine.url.database)))
        return
    anew = ("--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public")
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    _run("psql", engine.url, (*options, *anew, f"--file={folder / POSTGRES}"), {"PGOPTIONS": f"-c lock_timeout={PATIENCE}"})


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
        new.execute("PRAGMA secure_delete=ON")
        new.execute(f"DELETE FROM {SESSIONS}")  # noqa: S608 - the name of one of our tables
        new.commit()
        sound = new.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and not new.execute("PRAGMA foreign_key_check").fetchone()
    target.chmod(0o600)
    if not sound:
        raise Conflict(msg("The database is damaged, so no backup was made. Please run: python app.py doctor"))


def _restore_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.OperationalError as error:
        raise Conflict(msg("The database is in use. Please stop the program first; nothing was restored.")) from error


def _run(tool: str, url: URL, arguments: Sequence[str], more: Mapping[str, str] | None = None) -> None:
    path = shutil.which(tool)
    if path is None:
        raise KeguanError(msg("%(tool)s is not on this machine. Please install the client programs of PostgreSQL.", tool=tool))
    done = subprocess.run(  # noqa: S603 - the client programs of PostgreSQL, with arguments of our own
        [path, *arguments], env={**os.environ, **_reached(url), **(more or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [""])[0]
        raise Conflict(msg("%(tool)s could not do it: %(why)s", tool=tool, why=said))


def _reached(url: URL) -> dict[str, str]:
    """How the client programs find the server; the password is not seen in the list of processes."""
    values = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    return {name: str(value) for name, value in values.items() if value is not None}
