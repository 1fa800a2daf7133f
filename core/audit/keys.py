"""The key of the trail lies outside the database; a trail whose key is missing is no longer told from a forgery."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from core.kernel.acting import System, acting_as
from core.kernel.errors import StartRefused
from core.kernel.words import msg


def refuse_lost_key(engine: Engine, path: Path) -> None:
    """Raise :class:`StartRefused` when there are rows but no key at ``path``: a new one would make every old row look forged."""
    if path.is_file() or not _has_rows(engine):
        return
    raise StartRefused(msg("The key of the audit trail is missing. Please put it back from your backup: “%(path)s”.", path=path))


def _has_rows(engine: Engine) -> bool:
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).is_file():
        return False  # to ask SQLite would make the file
    try:
        if not inspect(engine).has_table(AuditRow.__tablename__):
            return False
        with acting_as(System("readiness")), Session(engine) as session:
            return session.scalar(select(AuditRow.id).limit(1)) is not None
    except SQLAlchemyError:
        return False  # a database that does not answer is told by whoever needs it
