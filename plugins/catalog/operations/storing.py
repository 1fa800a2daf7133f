"""Writing and deleting with the database as the last judge of what is unique and what is still named."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.database.records import Record
from plugins.catalog.errors import InUse, NameTaken


def store(session: Session, record: Record, field: str = "name") -> None:
    """Write ``record``; raises :class:`NameTaken` for ``field`` when another one has its value."""
    session.add(record)
    wanted = str(getattr(record, field))  # after a flush that failed it cannot be asked for any more
    try:
        session.flush()
    except IntegrityError as error:
        if field in str(error.orig):
            raise NameTaken(field, wanted) from error
        raise


def remove(session: Session, *records: Record) -> None:
    """Delete ``records`` in order; raises :class:`InUse` when others point to them, also those of plugins that are off."""
    try:
        for record in records:
            session.delete(record)
            session.flush()
    except IntegrityError as error:
        raise InUse from error
