"""Erasures are repeated in a database that was set back: a backup from before them would bring the people back (PIPL 47, GDPR 17).

What was erased is kept beside the anchor, outside the database, by numbers alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.audit.anchors import Anchors
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.kernel.errors import Conflict, NotFound
from core.kernel.words import msg
from core.organisation.models import Company
from core.privacy.dossier import REASON, found_person
from core.privacy.erasing import erase_person, erase_released, erased, known_by
from core.privacy.models import Erasure

log = logging.getLogger("keguan.privacy")

AGAIN = msg("Erased before; a backup had brought the person back.")


@dataclass(frozen=True)
class Repeated:
    """How many people were erased again, and how many a legal hold of the backup keeps."""

    erased: int = 0
    held: int = 0


def repeat_erasures(database: Database, anchors: Anchors) -> Repeated:
    """Erase everybody whose erasure is kept beside the anchor and not in the database; each in a transaction of its own.

    Who is erased already, or was entered after the backup and so is not there, is passed over, so it may be repeated at will.
    Raises :class:`OSError` without anchor.
    """
    done = held = 0
    for company, one in list(_lost(database, anchors)):
        try:
            with acting_as(System("repeating erasures after a restore", company)), database.transaction() as session:
                again = erase_released if erased(session, one["table"], one["record"]) else _erase_again
                again(session, one["table"], one["record"])
        except Conflict as kept:
            log.warning("%s %s was erased and stays: %s", one["table"], one["record"], type(kept).__name__)
            held += 1
        else:
            done += 1
    return Repeated(done, held)


def _erase_again(session: Session, table: str, record_id: int) -> object:
    return erase_person(session, table, record_id, None, AGAIN)


def _lost(database: Database, anchors: Anchors) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Company and erasure of those that the database does not know and whose person it has."""
    with acting_as(System("repeating erasures after a restore")), database.transaction() as session:
        companies = session.scalars(select(Company.id)).all()
    for company in companies:
        with acting_as(System("repeating erasures after a restore", company)), database.transaction() as session:
            yield from [(company, one) for one in _newest(anchors, company) if _is_back(session, one)]


def _newest(anchors: Anchors, chain: int) -> list[Mapping[str, Any]]:
    """The newest erasure of each person: the same number may have been another one's before."""
    return list({(one["table"], one["record"], one.get("made")): one for one in anchors.erasures(chain)}.values())


def _is_back(session: Session, one: Mapping[str, Any]) -> bool:
    """Whether the very person is there and no erasure since. Rows of before say nothing of when the record was made: they are left."""
    with as_system(session, REASON):
        try:
            person = found_person(session, one["table"], one["record"])
        except NotFound:
            return False
        asked = select(Erasure.done_at).where(Erasure.table_name == one["table"], Erasure.record_id == one["record"])
        later = [at for at in session.scalars(asked) if at.isoformat() >= one.get("at", "")]
        return known_by(person) == one.get("made") and not later
