"""Seats of a running case: who is asked now, who sees the document because of it, and what happens when people change (R-370)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.models import CaseReader
from core.access.people import holders
from core.approvals.chains import step_from
from core.approvals.models import ApprovalCase, ApprovalSeat, Delegation, Verdict
from core.approvals.people import Found, kept_out, who_decides
from core.audit.trail import name_action
from core.extension.approving import ApprovalKind, Step
from core.kernel.acting import employee_id as who_acts
from core.kernel.clock import now, today
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.work.notices import notify


def seats_of(session: Session, case: ApprovalCase, step: int | None = None) -> list[ApprovalSeat]:
    """Seats of the case in their order, of one step or of all."""
    asked = select(ApprovalSeat).where(ApprovalSeat.case_id == case.id)
    if step is not None:
        asked = asked.where(ApprovalSeat.step == step)
    return list(session.scalars(asked.order_by(ApprovalSeat.step, ApprovalSeat.slot, ApprovalSeat.id)))


def present_step(case: ApprovalCase) -> Step:
    """The step that decides now."""
    return step_from(case.plan[case.step])


def authors_of(case: ApprovalCase, kind: ApprovalKind, record: object | None) -> frozenset[int]:
    """Employees who never decide this case: who filled it in, and who made or owns the document (R-370)."""
    present = kind.authors(record) if record is not None else ()
    return frozenset({case.filler_id, *case.authors, *(one for one in present if one is not None)})


def signers_of(seats: Iterable[ApprovalSeat]) -> frozenset[int]:
    """Who has signed already, stand-ins and those they stood in for."""
    signed = [seat for seat in seats if seat.verdict is Verdict.AGREED]
    return frozenset(one for seat in signed for one in (seat.employee_id, seat.decided_by_id) if one is not None)


def reseat(session: Session, case: ApprovalCase, authors: frozenset[int], *, opening: bool = False) -> None:
    """Let the present step ask those who may decide today, and nobody else.

    Whoever has left, signed before, filled in or may see no business record is passed over, level by level upward. Outside the ``opening``
    of a step the security administrators are told when a case goes to a higher level, or finds nobody. To be called as the system.
    """
    seats = seats_of(session, case)
    filler = session.get(Employee, case.filler_id)
    assert filler is not None
    barred = authors | signers_of(seats) | kept_out(session, case.table_name)
    now_asked = 0
    for slot, asked in enumerate(present_step(case).asked):
        mine = [seat for seat in seats if seat.step == case.step and seat.slot == slot]
        if any(seat.verdict is Verdict.AGREED for seat in mine):
            continue
        found = who_decides(session, asked, filler, barred)
        now_asked += len(found.people)
        _settle(session, case, slot, found, mine)
        if not opening and found.level and not any(seat.level == found.level for seat in mine):
            tell_security(session, case, msg("The approval of “%(title)s” went to the next level.", title=case.title))
    _note_stall(session, case, stalled=not now_asked and not _step_done(session, case))
    session.flush()


def _settle(session: Session, case: ApprovalCase, slot: int, found: Found, mine: Sequence[ApprovalSeat]) -> None:
    """Make the waiting seats of a slot those of ``found``."""
    known = {seat.employee_id: seat for seat in mine}
    for seat in mine:
        if seat.verdict is Verdict.WAITING and seat.employee_id not in found.people:
            lapse(session, case, [seat])
    for person in found.people:
        seated = known.get(person)
        waits = seated is not None and seated.verdict is Verdict.WAITING
        fresh = seated or ApprovalSeat(company_id=case.company_id, case_id=case.id, step=case.step, slot=slot, employee_id=person)
        fresh.verdict, fresh.level = Verdict.WAITING, found.level
        if not waits:
            session.add(fresh)
            open_to(session, case, person)
            ask(session, case, person)


def lapse(session: Session, case: ApprovalCase, seats: Iterable[ApprovalSeat]) -> None:
    """Nobody waits for these seats any more, and they open nothing."""
    for seat in seats:
        seat.verdict = Verdict.LAPSED
        session.flush()
        others = [one for one in seats_of(session, case) if one.verdict is not Verdict.LAPSED]
        kept = {one for other in others for one in (other.employee_id, other.decided_by_id)}
        if seat.employee_id not in kept:
            _close_to(session, case, seat.employee_id)


def open_to(session: Session, case: ApprovalCase, employee_id: int) -> None:
    """Let the person read document and case, and the stand-ins of the person while he or she is away."""
    add_readers(session, case, employee_id)
    for one in _standing_in(session, case, employee_id):
        add_readers(session, case, one.taker_id, one)


def keep_open_to(session: Session, case: ApprovalCase, employee_id: int) -> None:
    """Whoever has signed goes on seeing what was signed, also a stand-in after the delegation."""
    kept = select(CaseReader.id).where(
        CaseReader.case_id == case.id, CaseReader.employee_id == employee_id, CaseReader.delegation_id.is_(None)
    )
    if session.scalar(kept) is None:
        add_readers(session, case, employee_id)


def add_readers(session: Session, case: ApprovalCase, employee_id: int, by: Delegation | None = None) -> None:
    """Open document and case to one person, for the days of a delegation where one says so."""
    for table, record_id in ((case.table_name, case.record_id), (ApprovalCase.__tablename__, case.id)):
        reader = CaseReader(company_id=case.company_id, table_name=table, record_id=record_id, employee_id=employee_id, case_id=case.id)
        if by is not None:
            reader.delegation_id, reader.from_on, reader.until_on = by.id, by.first_on, by.last_on
        session.add(reader)


def _close_to(session: Session, case: ApprovalCase, employee_id: int) -> None:
    """Take back what the case has opened to the person and, by the person's delegations, to stand-ins who have not signed."""
    delegations = [one.id for one in delegations_of(session, employee_id, ended=True)]
    readers = session.scalars(
        select(CaseReader).where(
            CaseReader.case_id == case.id,
            or_(
                (CaseReader.employee_id == employee_id) & CaseReader.delegation_id.is_(None),
                CaseReader.delegation_id.in_(delegations),
            ),
        )
    )
    for reader in readers.all():
        session.delete(reader)


def delegations_of(session: Session, giver_id: int, *, ended: bool = False) -> list[Delegation]:
    """Delegations of a person that run today or later; with ``ended`` also those of the past."""
    asked = select(Delegation).where(Delegation.giver_id == giver_id)
    if not ended:
        asked = asked.where(Delegation.ended_at.is_(None), Delegation.last_on >= today())
    return list(session.scalars(asked.order_by(Delegation.id)))


def _standing_in(session: Session, case: ApprovalCase, giver_id: int) -> list[Delegation]:
    """Delegations of a person to those to whom this case may be opened."""
    found = delegations_of(session, giver_id)
    apart = kept_out(session, case.table_name) if found else frozenset()
    return [one for one in found if one.taker_id not in apart]


def givers_of(session: Session, taker_id: int) -> frozenset[int]:
    """Those in whose place the person may decide today."""
    asked = select(Delegation.giver_id).where(
        Delegation.taker_id == taker_id, Delegation.ended_at.is_(None), Delegation.first_on <= today(), Delegation.last_on >= today()
    )
    return frozenset(session.scalars(asked))


def ask(session: Session, case: ApprovalCase, employee_id: int) -> None:
    """Tell the person, and whoever stands in today, that a decision is waiting; the notice leads to it."""
    said = msg("“%(title)s” waits for your decision: %(step)s.", title=case.title, step=present_step(case).title)
    for receiver in _with_stand_ins(session, case, employee_id):
        tell(session, case, receiver, said)


def release(session: Session, case: ApprovalCase) -> None:
    """Tell whoever the case waits for, and whoever stands in today, that it was withdrawn; to be called before it is closed."""
    waiting = [seat.employee_id for seat in seats_of(session, case, case.step) if seat.verdict is Verdict.WAITING]
    said = msg("“%(title)s” was withdrawn: there is nothing left for you to decide.", title=case.title)
    for receiver in dict.fromkeys(one for person in waiting for one in _with_stand_ins(session, case, person)):
        if receiver != who_acts():
            tell(session, case, receiver, said)


def _with_stand_ins(session: Session, case: ApprovalCase, employee_id: int) -> list[int]:
    standing_in = [one.taker_id for one in _standing_in(session, case, employee_id) if one.first_on <= today()]
    return list(dict.fromkeys((employee_id, *standing_in)))


def tell(session: Session, case: ApprovalCase, employee_id: int, said: Message) -> None:
    """A notice that leads to the case."""
    notify(session, employee_id, said, f"/approvals/{case.id}")


def tell_security(session: Session, case: ApprovalCase, said: Message) -> None:
    """Tell those who keep users and rights; the case itself is not opened to them."""
    for officer in holders(session, "security_administrator"):
        notify(session, officer.id, said)


def _step_done(session: Session, case: ApprovalCase) -> bool:
    agreed = {seat.slot for seat in seats_of(session, case, case.step) if seat.verdict is Verdict.AGREED}
    return len(agreed) == len(present_step(case).asked)


def _note_stall(session: Session, case: ApprovalCase, *, stalled: bool) -> None:
    if stalled and case.stalled_at is None:
        case.stalled_at = now()
        name_action(session, case, "stall")
        tell_security(session, case, msg("Nobody is left who could decide about “%(title)s”.", title=case.title))
    elif not stalled and case.stalled_at is not None:
        case.stalled_at = None
