"""Shares that a verb gives and takes, because somebody works on a record or is bound by it (R-013, R-245, R-443)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Share, ShareMode


def let_see(session: Session, record: Any, employee_id: int, mode: ShareMode = ShareMode.READ) -> None:
    """Open ``record`` to a colleague without end; a share that is there is widened, never narrowed."""
    if employee_id == record.owner_id:
        return
    wanted = select(Share).where(Share.resource == record.__resource__, Share.record_id == record.id, Share.employee_id == employee_id)
    share = session.scalars(wanted).one_or_none() or Share(
        resource=record.__resource__, record_id=record.id, employee_id=employee_id, mode=mode
    )
    share.mode, share.until = (ShareMode.WRITE if ShareMode.WRITE in (mode, share.mode) else mode), None
    session.add(share)
    session.flush()


def forget_shares(session: Session, record: Any, employee_id: int | None = None) -> None:
    """End every share of a record that goes, or that of one colleague who has nothing to do with it any more."""
    wanted = select(Share).where(Share.resource == record.__resource__, Share.record_id == record.id)
    if employee_id is not None:
        wanted = wanted.where(Share.employee_id == employee_id)
    for share in session.scalars(wanted):
        session.delete(share)
    session.flush()
