"""Approvals in demo data: those who are asked agree, by the verbs that people use."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.approvals.errors import NobodyLeft
from core.approvals.models import ApprovalCase, CaseState, Verdict
from core.approvals.operations import approve, needs_approval, submit_document
from core.approvals.operations.seating import seats_of
from core.kernel.acting import System, acting_as
from core.organisation.models import Employee
from core.switchboard.rehearsal import actors_of


def hand_in(session: Session, kind_name: str, record: Any, note: str) -> ApprovalCase | None:
    """Submit ``record`` as the person who acts; None where no approval is needed, or nobody could give it."""
    if not needs_approval(session, kind_name, record):
        return None
    try:
        return submit_document(session, kind_name, record.id, None, note=note)
    except NobodyLeft:
        return None


def let_agree(session: Session, case: ApprovalCase, opinion: str) -> None:
    """Whoever is asked agrees, step by step, until the case has ended."""
    house = System("demo data", case.company_id)
    while case.state is CaseState.RUNNING:
        with acting_as(house):
            waiting = [seat for seat in seats_of(session, case, case.step) if seat.verdict is Verdict.WAITING]
            people = [one for seat in waiting if (one := session.get(Employee, seat.employee_id)) is not None]
            actors = actors_of(session, people)
        if not actors:
            return
        with acting_as(next(iter(actors.values()))):
            approve(session, case.id, opinion=opinion)
