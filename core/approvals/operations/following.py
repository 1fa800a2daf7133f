"""What the filler does with a running case, and what the house does when time passes or people go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.approvals.chains import kind_called
from core.approvals.errors import NotRunning
from core.approvals.models import ApprovalCase, CaseState, Verdict
from core.approvals.operations.deciding import close, kind_of_case, locked
from core.approvals.operations.seating import ask, authors_of, release, reseat, seats_of
from core.approvals.queries import latest_case
from core.audit.trail import name_action
from core.extension.calling import registry
from core.kernel.acting import actor
from core.kernel.clock import local, now
from core.kernel.errors import Conflict, Forbidden
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days


def withdraw(session: Session, case_id: int) -> ApprovalCase:
    """Take back what one has submitted, while nobody has decided finally; raises :class:`NotRunning`, :class:`Forbidden` for others."""
    who = actor()
    case = locked(session, case_id)
    kind = kind_of_case(case, who)
    _check_filler(case, who.employee_id)
    with as_system(session, "a withdrawn case closes what it had opened"):
        record = session.get(kind.model, case.record_id)
        _end_undecided(session, case)
    if record is not None:
        open_for_writing(session, record)
        kind.on_withdrawn(session, record)
    session.flush()
    return case


def drop_case(session: Session, kind_name: str, record: Any) -> ApprovalCase | None:
    """For verbs that end a document by another way: nobody is asked about it any more. Return the case that was running."""
    kind = kind_called(kind_name)
    with as_system(session, "the case of a document that has ended"):
        case = latest_case(session, kind, record.id)
        if case is None or case.state is not CaseState.RUNNING:
            return None
        _end_undecided(session, locked(session, case.id))
    return case


def _end_undecided(session: Session, case: ApprovalCase) -> None:
    """End the case as withdrawn; whoever it waited for is told. To be called as the system."""
    name_action(session, case, "withdraw")
    release(session, case)
    close(session, case, CaseState.WITHDRAWN)


def remind(session: Session, case_id: int) -> ApprovalCase:
    """Remind whoever has to decide; not more often than the parameter ``core.approval_remind_hours`` allows."""
    case = locked(session, case_id)
    kind_of_case(case, actor())
    _check_filler(case, actor().employee_id)
    hours: int = parameter(session, "core.approval_remind_hours")
    if case.reminded_at is not None and case.reminded_at > now() - timedelta(hours=hours):
        raise Conflict(msg("They have been reminded recently; the interval in hours is %(hours)s. Please wait a little.", hours=hours))
    with as_system(session, "those who are asked are reminded"):
        _remind(session, case)
    return case


def follow_cases(session: Session) -> int:
    """Let each running case of the company ask those who may decide today, and remind those who let it wait; return how many there are.

    To be called as the system, regularly: people leave, come back, and are appointed.
    """
    days: int = parameter(session, "core.approval_days")
    ids = session.scalars(select(ApprovalCase.id).where(ApprovalCase.state == CaseState.RUNNING).order_by(ApprovalCase.id)).all()
    for case_id in ids:
        case = locked(session, case_id)
        if case.state is not CaseState.RUNNING or case.kind not in registry().approvals:
            continue
        kind = kind_called(case.kind)
        record = session.get(kind.model, case.record_id)
        if record is None:
            _end_undecided(session, case)
            continue
        reseat(session, case, authors_of(case, kind, record))
        if case.reminded_at is None and _patience_ends(session, case.step_since, days) < now():
            _remind(session, case)
    return len(ids)


def _patience_ends(session: Session, since: datetime, days: int) -> datetime:
    """The same time of the day so many working days of the company later: nobody is slow over a holiday."""
    begun = local(since)
    return datetime.combine(add_working_days(session, begun.date(), days), begun.timetz())


def _remind(session: Session, case: ApprovalCase) -> None:
    case.reminded_at = now()
    name_action(session, case, "remind")
    for seat in seats_of(session, case, case.step):
        if seat.verdict is Verdict.WAITING:
            ask(session, case, seat.employee_id)
    session.flush()


def _check_filler(case: ApprovalCase, employee_id: int) -> None:
    if case.filler_id != employee_id:
        raise Forbidden(msg("Only the person who submitted the document can do this."))
    if case.state is not CaseState.RUNNING:
        raise NotRunning(case.state)
