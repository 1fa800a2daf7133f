"""The key of the trail lies outside the database; a trail whose key is missing is no longer told from a forgery."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from core.audit.models import AuditRow
from core.database.engine import first_of
from core.kernel.errors import StartRefused
from core.kernel.words import msg


def refuse_lost_key(engine: Engine, path: Path) -> None:
    """Raise :class:`StartRefused` when there are rows but no key at ``path``: a new one would make every old row look forged."""
    if path.is_file() or not _has_rows(engine):
        return
    raise StartRefused(msg("The key of the audit trail is missing. Please put it back from your backup: “%(path)s”.", path=path))


def _has_rows(engine: Engine) -> bool:
    return first_of(engine, AuditRow.__tablename__, select(AuditRow.__table__.c.id)) is not None
