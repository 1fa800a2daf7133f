"""The company's own days off and working days beside the public calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.database.changes import clean_values
from core.kernel.acting import company_id
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import CompanyDay


def set_day(session: Session, day: date, *, working: bool, note: str | None = None) -> CompanyDay:
    """Make ``day`` a working day or a day off for the company, whatever the public calendar says."""
    authorise(CompanyDay, "update")
    clean = clean_values(CompanyDay, {"day": day, "working": working, "note": note}, partial=False)
    if clean["day"] is None:
        raise BadInput(fields={"day": msg("Please choose a day.")})
    row = session.scalars(select(CompanyDay).where(CompanyDay.day == clean["day"])).one_or_none()
    row = row or CompanyDay(company_id=company_id(), day=clean["day"])
    row.working, row.note = clean["working"], clean["note"]
    session.add(row)
    open_for_writing(session, row)
    session.flush()
    return row


def forget_day(session: Session, record_id: int, version: int | None = None) -> None:
    """Follow the public calendar on that day again."""
    row: CompanyDay = get_for(session, CompanyDay, "update", record_id, version)
    session.delete(row)
    session.flush()
