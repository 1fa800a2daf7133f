"""Being away: somebody else decides in one's place from a day to a day (R-370)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.models import CaseReader
from core.access.separation import kept_apart, powers_apart
from core.approvals.models import ApprovalCase, ApprovalSeat, CaseState, Delegation, Verdict
from core.approvals.operations.seating import add_readers
from core.approvals.people import kept_out
from core.approvals.staff import is_present
from core.audit.trail import name_action
from core.database.changes import clean_values
from core.kernel.acting import actor
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.models import Employee


def delegate(session: Session, *, taker: int, first_on: date, last_on: date, reason: str | None = None) -> Delegation:
    """Let ``taker`` (an employee's id) decide in one's place from ``first_on`` to ``last_on``, both included.

    What waits for one now is opened to the stand-in as well, for these days. A stand-in passes nothing on. Raises :class:`BadInput`, also
    for a stand-in whose account is kept from business records while one's own is not (R-370).
    """
    who = actor()
    values = {"giver": who.employee_id, "taker": taker, "first_on": first_on, "last_on": last_on, "reason": reason}
    clean = clean_values(Delegation, values, partial=False)
    _check(session, who.employee_id, clean["taker"], first_on, last_on)
    columns = {f"{name}_id" if name in ("giver", "taker") else name: value for name, value in clean.items()}
    made = Delegation(company_id=who.company_id, **columns)
    session.add(made)
    session.flush()
    with as_system(session, "a delegate sees what waits for whom he or she stands in"):
        for case in _waiting(session, who.employee_id):
            if made.taker_id not in kept_out(session, case.table_name):
                add_readers(session, case, made.taker_id, made)
    return made


def end_delegation(session: Session, delegation_id: int) -> Delegation:
    """I am back: the stand-in decides no more, and sees only what he or she has signed; :class:`NotFound` for another's delegation."""
    found = session.get(Delegation, delegation_id)
    if found is None or found.giver_id != actor().employee_id or found.ended_at is not None:
        raise NotFound
    found.ended_at = now()
    name_action(session, found, "end")
    session.flush()
    with as_system(session, "what a delegation had opened is closed"):
        for reader in session.scalars(select(CaseReader).where(CaseReader.delegation_id == delegation_id)).all():
            session.delete(reader)
    return found


def _check(session: Session, giver_id: int, taker_id: int, first_on: date, last_on: date) -> None:
    taker = session.get(Employee, taker_id)
    if taker is None or not is_present(taker) or taker_id == giver_id:
        raise BadInput(fields={"taker": msg("Please choose a colleague who works here.")})
    powers = powers_apart(session)  # among themselves they may: none of them is asked about a business record
    if giver_id not in powers and (why := kept_apart(powers, taker)) is not None:
        raise BadInput(fields={"taker": msg("%(why)s Please choose another colleague.", why=why)})
    if last_on < first_on or last_on < today():
        raise BadInput(fields={"last_on": msg("The last day lies before the first one or before today. Please check both days.")})
    others = select(Delegation).where(Delegation.giver_id == giver_id, Delegation.ended_at.is_(None))
    if session.scalars(others.where(Delegation.first_on <= last_on, Delegation.last_on >= first_on)).first() is not None:
        raise BadInput(fields={"first_on": msg("Somebody stands in for you on these days already. Please end that delegation first.")})


def _waiting(session: Session, giver_id: int) -> list[ApprovalCase]:
    seats = select(ApprovalSeat.case_id).where(ApprovalSeat.employee_id == giver_id, ApprovalSeat.verdict == Verdict.WAITING)
    asked = select(ApprovalCase).where(ApprovalCase.state == CaseState.RUNNING, ApprovalCase.id.in_(seats))
    return list(session.scalars(asked.order_by(ApprovalCase.id)))
