"""Bringing a database to the state of the program, on a connection of its own (design 3.4, framework-facts 8 and 12)."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from core.database.engine import writing
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.operations import heads
from core.operations.autogenerate import comparing
from core.operations.branches import Branch, branch_of, configuration, scripts
from core.operations.lasting_ids import let_ids_last

LOCK = 0x6B6567_75616E  # "keguan": the advisory lock that lets one process at a time migrate
Report = Callable[[str], None]


def upgrade(engine: Engine, found: Sequence[Branch], report: Report | None = None) -> list[str]:
    """Apply every missing revision and return their names in order; each is one transaction, so a killed run is simply repeated.

    ``report`` hears each name before its transaction is committed. Raises :class:`StartRefused` for a database that holds tables
    of a plugin that is not installed, or that is newer than the program.
    """
    applied: list[str] = []

    def note(step: MigrationInfo) -> None:
        applied.append(str(step.up_revision_id))
        if report:
            report(applied[-1])

    with _migrating(engine) as connection:
        _check_known(connection, scripts(found))
        heads.revive(connection, scripts(found))
        connection.commit()  # Alembic would take a transaction that is open already for somebody else's
        command.upgrade(_config(connection, found, note), "heads")
    return applied


def downgrade(engine: Engine, found: Sequence[Branch], name: str, to: str = "base") -> None:
    """Take back every revision of the branch ``name``, and of branches that depend on it: their tables and data are gone.

    ``to`` is where to stop: a revision, or how many are taken back (``-1``).
    """
    with _migrating(engine) as connection:
        command.downgrade(_config(connection, found), f"{name}@{to}")


def retire(engine: Engine, found: Sequence[Branch], name: str) -> None:
    """Forget the revisions of the plugin ``name`` but keep its tables; see :func:`core.operations.heads.retire`."""
    with _migrating(engine) as connection:
        _check_known(connection, scripts(found))
        heads.retire(connection, scripts(found), name)
        connection.commit()


def missing(engine: Engine, found: Sequence[Branch]) -> list[str]:
    """Revisions that the database lacks; raises as :func:`upgrade` does."""
    script = scripts(found)
    with engine.connect() as connection:
        _check_known(connection, script)
        present = heads.present_revisions(connection, script)
    return sorted(step.revision for step in script.walk_revisions() if step.revision not in present)


def _check_known(connection: Connection, script: ScriptDirectory) -> None:
    known = {step.revision for step in script.walk_revisions()}
    installed = {branch_of(revision) for revision in known}
    for revision in heads.stored_heads(connection):
        if branch_of(revision) not in installed:
            raise StartRefused(
                msg(
                    "The database has tables of the module %(name)s, which is not installed. "
                    "Please install it again; to remove it, run first: python app.py plugins retire %(name)s",
                    name=branch_of(revision),
                )
            )
        if revision not in known:
            raise StartRefused(
                msg("The database is newer than this program (%(revision)s). Please start the newer program.", revision=revision)
            )


def _config(connection: Connection, found: Sequence[Branch], note: Callable[[MigrationInfo], None] | None = None) -> Config:
    config = configuration(found)

    def applied(*, step: MigrationInfo, **_: Any) -> None:
        let_ids_last(connection)
        _check_keys(connection, step)
        if note:
            note(step)

    config.attributes["configure"] = {
        "connection": connection,
        "transactional_ddl": True,  # SQLite's too, once the driver does not begin transactions by itself
        "transaction_per_migration": True,
        "on_version_apply": applied,
        **comparing(found),
    }
    return config


def _check_keys(connection: Connection, step: MigrationInfo) -> None:
    """Foreign keys are off on SQLite while tables are made anew; before the commit all of them must hold again."""
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise StartRefused(
            msg("The revision %(revision)s would break references in %(table)s.", revision=step.up_revision_id, table=broken[0])
        )


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A connection that nobody else uses before or after, while no other process migrates."""
    with _alone(engine), engine.connect() as connection, writing():
        connection.detach()
        if connection.dialect.name == "sqlite":
            # Below SQLAlchemy, because inside a transaction SQLite ignores it.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        else:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            connection.commit()
        yield connection


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """On SQLite a lock file beside the database; PostgreSQL has advisory locks, which end with their connection."""
    if engine.dialect.name != "sqlite":
        yield
        return
    path = Path(str(engine.url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
