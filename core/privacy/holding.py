"""Legal hold: whoever is under one is not erased, not by hand and not by the retention job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.kernel.acting import company_id, employee_id
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.words import msg
from core.privacy.dossier import REASON, demand, found_person
from core.privacy.models import LegalHold

LONGEST = 300


def place_hold(session: Session, table: str, record_id: int, reason: str) -> LegalHold:
    """Keep the person from being erased. Raises :class:`BadInput` without a reason, :class:`Conflict` where a hold stands already."""
    demand("hold")
    me = employee_id()
    with as_system(session, REASON):
        found_person(session, table, record_id)
        if holds_on(session, [(table, record_id)]):
            raise Conflict(msg("This person is under legal hold already."))
        hold = LegalHold(company_id=company_id(), table_name=table, record_id=record_id, reason=clean_reason(reason), placed_by_id=me)
        session.add(hold)
        session.flush()
    return hold


def release_hold(session: Session, hold_id: int) -> LegalHold:
    """Let the person be erased again; raises :class:`NotFound` for a hold that does not stand."""
    demand("hold")
    me = employee_id()
    with as_system(session, REASON):
        hold: LegalHold | None = session.scalar(select(LegalHold).where(LegalHold.id == hold_id, LegalHold.released_at.is_(None)))
        if hold is None:
            raise NotFound
        open_for_writing(session, hold)
        hold.released_at, hold.released_by_id = now(), me
        session.flush()
    return hold


def holds_on(session: Session, records: Iterable[tuple[str, int]]) -> Sequence[LegalHold]:
    """Holds that stand on any of the records (table and id); as the system."""
    asked = select(LegalHold).where(LegalHold.released_at.is_(None), tuple_(LegalHold.table_name, LegalHold.record_id).in_(list(records)))
    return session.scalars(asked).all()


def clean_reason(reason: str) -> str:
    """A reason that says something; raises :class:`BadInput` else."""
    text = " ".join(reason.split())[:LONGEST]
    if len(text) < 2:
        raise BadInput(fields={"reason": msg("Please state the reason.")})
    return text
