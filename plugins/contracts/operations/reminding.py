"""Who has something to do with a contract hears of it in time: its end comes near, an oral one still stands nowhere in writing."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.kernel.words import msg, on_day
from core.work.notices import notify
from plugins.contracts.models import Contract, OralContract
from plugins.contracts.rules import RUNNING, OralState


def remind_of_ends(session: Session, day: date, days: int, limit: int = 500) -> int:
    """Tell owners and handlers once of contracts in force that end within ``days`` after ``day``; return of how many."""
    with as_system(session, "contracts end soon"):
        soon = select(Contract).where(
            Contract.state.in_(RUNNING), Contract.ends_on.between(day, day + timedelta(days=days)), Contract.reminded_on.is_(None)
        )
        found = session.scalars(soon.order_by(Contract.id).limit(limit)).all()
        for contract in found:
            open_for_writing(session, contract)
            contract.reminded_on = day
            said = msg(
                "The contract %(number)s ends on %(day)s. Please prolong it or let it end.",
                number=contract.number,
                day=on_day(contract.ends_on),
            )
            for employee in {contract.owner_id, contract.handler_id} - {None}:
                notify(session, employee, said, f"/contracts/{contract.id}")
        session.flush()
    return len(found)


def remind_of_writing(session: Session, day: date, days: int, limit: int = 500) -> int:
    """Tell whoever agreed by word of mouth, once, when ``days`` have passed without a confirmation in writing; return of how many."""
    with as_system(session, "oral contracts without confirmation"):
        due = select(OralContract).where(
            OralContract.state == OralState.OPEN, OralContract.agreed_on <= day - timedelta(days=days), OralContract.reminded_on.is_(None)
        )
        found = session.scalars(due.order_by(OralContract.id).limit(limit)).all()
        for oral in found:
            open_for_writing(session, oral)
            oral.reminded_on = day
            said = msg("An oral contract waits for its confirmation in writing: %(subject)s", subject=oral.subject)
            notify(session, oral.owner_id, said, f"/oral-contracts/{oral.id}")
        session.flush()
    return len(found)
