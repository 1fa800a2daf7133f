"""Deciding: agree, return for completion, reject; by whom the step asks, or by the stand-in (R-062, R-370)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.access.separation import is_business_table, kept_apart, powers_apart
from core.approvals.chains import digest_of, kind_called
from core.approvals.errors import (
    ChangedSince,
    DecidedAlready,
    DecidedBefore,
    DocumentGone,
    KeptApart,
    LeftMeanwhile,
    NotAsked,
    NotRunning,
    OwnDocument,
)
from core.approvals.models import ApprovalCase, ApprovalSeat, CaseState, Verdict
from core.approvals.operations.seating import (
    authors_of,
    givers_of,
    keep_open_to,
    lapse,
    present_step,
    reseat,
    seats_of,
    signers_of,
    tell,
)
from core.approvals.operations.submitting import clean_text
from core.approvals.queries import latest_case
from core.approvals.staff import is_present
from core.audit.trail import name_action
from core.extension.approving import ApprovalKind, Needs
from core.kernel.acting import Actor, actor
from core.kernel.clock import now
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.models import Employee


def approve(session: Session, case_id: int, *, opinion: str | None = None) -> ApprovalCase:
    """Agree; when the step is done the next one asks, and after the last one the document is approved.

    Raises :class:`NotRunning`, :class:`LeftMeanwhile`, :class:`KeptApart`, :class:`OwnDocument`, :class:`DecidedBefore`,
    :class:`DecidedAlready`, :class:`NotAsked`, :class:`ChangedSince` and :class:`DocumentGone`, and what ``on_approved`` of the kind
    raises; nothing is changed then.
    """
    return _decide(session, case_id, Verdict.AGREED, opinion)


def return_for_completion(session: Session, case_id: int, *, opinion: str | None = None) -> ApprovalCase:
    """Send the document back to its filler, saying what is missing; the case ends and a new one begins with the next submission."""
    return _decide(session, case_id, Verdict.RETURNED, opinion)


def reject(session: Session, case_id: int, *, opinion: str | None = None) -> ApprovalCase:
    """Refuse the document, saying why; the case ends."""
    return _decide(session, case_id, Verdict.REJECTED, opinion)


def decide_on(session: Session, kind_name: str, record: Any, verdict: Verdict, *, opinion: str | None = None) -> ApprovalCase | None:
    """For verbs of a document that decide about it on its own page: decide its running case; None when none is running."""
    kind = kind_called(kind_name)
    with as_system(session, "the running case of a document"):
        case = latest_case(session, kind, record.id)
    if case is None or case.state is not CaseState.RUNNING:
        return None
    return _decide(session, case.id, verdict, opinion)


def locked(session: Session, case_id: int) -> ApprovalCase:
    """The case as it is now, kept from others until the end of this use case; :class:`NotFound` for one that may not be seen."""
    found = session.scalars(
        select(ApprovalCase).where(ApprovalCase.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def document_of(session: Session, case: ApprovalCase, kind: ApprovalKind) -> Any:
    """The document of a case, open for what the kind does with it; :class:`DocumentGone` when it has been deleted."""
    record = session.get(kind.model, case.record_id)
    if record is None:
        raise DocumentGone
    open_for_writing(session, record)
    return record


def _decide(session: Session, case_id: int, verdict: Verdict, opinion: str | None) -> ApprovalCase:
    who, said = actor(), clean_text("opinion", opinion)
    if verdict is not Verdict.AGREED and not said:
        raise BadInput(fields={"opinion": msg("Please say why, so that the submitter knows what to do.")})
    with as_system(session, "a decision is written beside those of others"):
        case = locked(session, case_id)
        kind = kind_of_case(case, who)
        _check_involved(session, case, who)
        if case.state is not CaseState.RUNNING:
            raise NotRunning(case.state)
        _check_present(session, case, who)
        record = document_of(session, case, kind)
        if verdict is Verdict.AGREED and case.digest != digest_of(session, kind, record):
            raise ChangedSince
        authors = authors_of(case, kind, record)
        reseat(session, case, authors)
        seat = _seat_of(session, case, who, authors)
        _sign(session, case, seat, who, verdict, said)
        ended = _go_on(session, case, authors) if verdict is Verdict.AGREED else _end(session, case, verdict, said)
    if ended:
        _carry_out(session, case, kind, record, said or "")
    session.flush()
    return case


def _carry_out(session: Session, case: ApprovalCase, kind: ApprovalKind, record: Any, said: str) -> None:
    """What the kind does at the end, as the person who has decided."""
    if case.state is CaseState.APPROVED:
        kind.on_approved(session, record)
    elif case.state is CaseState.RETURNED:
        kind.on_returned(session, record, said)
    else:
        kind.on_rejected(session, record, said)


def kind_of_case(case: ApprovalCase, who: Actor) -> ApprovalKind:
    """The kind of a case; :class:`NotFound` while its module is off, as for everything of the module."""
    if case.kind.split(".", 1)[0] not in who.modules | {"core"}:
        raise NotFound
    return kind_called(case.kind)


def _check_involved(session: Session, case: ApprovalCase, who: Actor) -> None:
    """Somebody whom the case never had to do with learns nothing of it, not even that it is there."""
    mine = {who.employee_id, *givers_of(session, who.employee_id)}
    seats = {one for seat in seats_of(session, case) for one in (seat.employee_id, seat.decided_by_id)}
    if not mine & seats and who.employee_id not in {case.filler_id, *case.authors}:
        raise NotFound


def _check_present(session: Session, case: ApprovalCase, who: Actor) -> None:
    """Somebody may have entered after the request had begun that the person has left, or looks after rights from now on."""
    me = session.get(Employee, who.employee_id, populate_existing=True)
    if me is None or not is_present(me):
        raise LeftMeanwhile
    if is_business_table(case.table_name) and (why := kept_apart(powers_apart(session), me)) is not None:
        raise KeptApart(why)


def _seat_of(session: Session, case: ApprovalCase, who: Actor, authors: frozenset[int]) -> ApprovalSeat:
    """The waiting seat that the person may fill, an own one before that of somebody away."""
    if who.employee_id in authors:
        raise OwnDocument
    seats = seats_of(session, case)
    if who.employee_id in signers_of(seats):
        raise DecidedBefore
    waiting = [seat for seat in seats if seat.step == case.step and seat.verdict is Verdict.WAITING]
    for people in (frozenset({who.employee_id}), givers_of(session, who.employee_id)):
        if mine := [seat for seat in waiting if seat.employee_id in people]:
            return mine[0]
    raise _why_not(session, seats, who)


def _why_not(session: Session, seats: list[ApprovalSeat], who: Actor) -> Exception:
    """Somebody was faster, or it has gone to somebody else."""
    mine = [seat for seat in seats if seat.employee_id == who.employee_id]
    if not mine:
        return NotAsked()
    done = [seat for seat in seats if seat.step == mine[-1].step and seat.verdict is Verdict.AGREED]
    decider = session.get(Employee, done[0].decided_by_id) if done else None
    return DecidedAlready(decider.name) if decider is not None else NotAsked()


def _sign(session: Session, case: ApprovalCase, seat: ApprovalSeat, who: Actor, verdict: Verdict, said: str | None) -> None:
    seat.verdict, seat.decided_by_id, seat.decided_at, seat.opinion = verdict, who.employee_id, now(), said
    case.updated_at = now()
    names = {Verdict.AGREED: "approve", Verdict.RETURNED: "return", Verdict.REJECTED: "reject"}
    name_action(session, case, names[verdict])
    name_action(session, seat, names[verdict])
    session.flush()
    keep_open_to(session, case, who.employee_id)


def _go_on(session: Session, case: ApprovalCase, authors: frozenset[int]) -> bool:
    """Ask whoever is next; True when nobody is and the document is approved."""
    step, seats = present_step(case), seats_of(session, case, case.step)
    agreed = {seat.slot for seat in seats if seat.verdict is Verdict.AGREED}
    if step.needs is Needs.ALL and len(agreed) < len(step.asked):
        lapse(session, case, [seat for seat in seats if seat.slot in agreed and seat.verdict is Verdict.WAITING])
        reseat(session, case, authors)
        return False
    lapse(session, case, [seat for seat in seats if seat.verdict is Verdict.WAITING])
    if case.step + 1 < len(case.plan):
        case.step, case.step_since, case.reminded_at = case.step + 1, now(), None
        reseat(session, case, authors, opening=True)
        return False
    close(session, case, CaseState.APPROVED)
    tell(session, case, case.filler_id, msg("“%(title)s” has been approved.", title=case.title))
    return True


def _end(session: Session, case: ApprovalCase, verdict: Verdict, said: str | None) -> bool:
    close(session, case, CaseState.RETURNED if verdict is Verdict.RETURNED else CaseState.REJECTED)
    sentence = (
        msg("“%(title)s” came back for completion: %(reason)s", title=case.title, reason=said)
        if verdict is Verdict.RETURNED
        else msg("“%(title)s” was rejected: %(reason)s", title=case.title, reason=said)
    )
    tell(session, case, case.filler_id, sentence)
    return True


def close(session: Session, case: ApprovalCase, state: CaseState) -> None:
    """End the case; nobody waits for a seat of it any more."""
    lapse(session, case, [seat for seat in seats_of(session, case) if seat.verdict is Verdict.WAITING])
    case.state, case.finished_at, case.running_key, case.stalled_at = state, now(), None, None
    session.flush()
