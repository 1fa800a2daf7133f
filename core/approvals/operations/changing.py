"""Asking for a change of key fields, and carrying it out once it is approved (R-164, R-354)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.approvals.errors import ChangedSince, NotTheirsAnyMore, RunsAlready, WaitsAlready
from core.approvals.key_changes import NeedsApproval, Wanted, approved, verb_called
from core.approvals.models import ApprovalCase, KeyChange, Verdict
from core.approvals.operations.seating import seats_of
from core.approvals.operations.submitting import submit
from core.approvals.queries import wish_of
from core.audit.reasons import give_reason
from core.audit.trail import plain
from core.database.sessions import Database
from core.kernel.acting import Actor, acting_as
from core.kernel.errors import Forbidden, NotFound, StaleVersion
from core.kernel.words import Message
from core.organisation.models import Employee
from core.switchboard.actors import resolve_actor


@dataclass(frozen=True)
class Change:
    """What somebody wants to do with a record: by which verb, of which right, with which values, for the version that was seen."""

    model: type[Any]
    record_id: int
    version: int
    values: Mapping[str, Any]
    reason: Message | str = ""
    verb: str = "change"
    right: str = "update"


def change_or_ask(database: Database, change: Change, run: Callable[[Session], Any]) -> tuple[Any, ApprovalCase | None]:
    """Do ``run(session)`` in one use case; where a key field of the record needs approval, nothing is done and a case asks for it.

    What ``run`` returned, or the case. Raises what ``run`` raises, :class:`NeedsApproval` for another record than that of ``change``, and
    what :func:`ask_for_change` raises.
    """
    try:
        with database.transaction() as session:
            give_reason(session, change.reason)
            return run(session), None
    except NeedsApproval as needed:
        with database.transaction() as session:
            return None, ask_for_change(session, change, needed)


def ask_for_change(session: Session, change: Change, needed: NeedsApproval) -> ApprovalCase:
    """Begin a case that carries the wish; the record itself stays as it is.

    Raises ``needed`` itself where it is not about the record of ``change``, :class:`StaleVersion`, :class:`WaitsAlready` while another
    change of the record waits, :class:`NobodyLeft`.
    """
    wanted: Wanted | None = needed.about(change.model, change.record_id)
    if wanted is None or verb_called(change.model.__tablename__, change.verb) is None:
        raise needed
    record = get_for(session, change.model, change.right, change.record_id, change.version)
    typed = change.reason if isinstance(change.reason, str) else None
    try:
        case = submit(session, wanted.kind, record, note=" ".join(typed.split()) if typed else None, passing=(wanted.chain, wanted.steps))
    except RunsAlready as error:
        raise WaitsAlready from error
    case.amount = wanted.amount
    wish = KeyChange(
        company_id=case.company_id,
        case_id=case.id,
        verb=change.verb,
        seen=record.version,
        given=_as_kept(change.values),
        changes=dict(wanted.changes),
        reason=change.reason,
    )
    session.add(wish)
    session.flush()
    return case


def _as_kept(value: Any) -> Any:
    """Values of a verb as JSON."""
    if isinstance(value, Mapping):
        return {name: _as_kept(one) for name, one in value.items()}
    return [_as_kept(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str | bytes) else plain(value)


def carry_out(session: Session, record: Any) -> None:
    """Do what was asked for, by the same verb and as who has asked; the trail tells who let it be done.

    Raises :class:`ChangedSince` when the record is another than was submitted, :class:`NotTheirsAnyMore` when whoever has asked may not do
    it any more, and what the verb raises.
    """
    with as_system(session, "what an approved change is"):
        wish = wish_of(session, type(record).__tablename__, record.id)
        if wish is None or (record.version != wish.seen and any(isinstance(one, list) for one in wish.given.values())):
            raise ChangedSince  # lines are replaced as a whole, also by somebody else's
        case = session.get_one(ApprovalCase, wish.case_id)
        filler = session.get_one(Employee, case.filler_id)
        who, names = resolve_actor(session, filler.user_id, filler.company_id), _signers(session, case)
        run, given, reason = verb_called(case.table_name, wish.verb), dict(wish.given), wish.reason
    if not isinstance(who, Actor) or run is None:
        raise NotTheirsAnyMore(filler.name)
    give_reason(session, reason, " / ".join(names))
    try:
        with acting_as(who), approved(session):
            run(session, record.id, record.version, given)
    except StaleVersion as error:
        raise ChangedSince from error
    except (Forbidden, NotFound) as error:
        raise NotTheirsAnyMore(filler.name) from error


def _signers(session: Session, case: ApprovalCase) -> list[str]:
    ids = [seat.decided_by_id for seat in seats_of(session, case) if seat.verdict is Verdict.AGREED]
    names = {one.id: one.name for one in session.execute(select(Employee.id, Employee.name).where(Employee.id.in_(ids)))}
    return [names[one] for one in dict.fromkeys(ids) if one is not None]


def forget_wishes(session: Session, table: str, record_id: int) -> None:
    """Empty what wishes about a record hold: a person is erased. To be called as the system."""
    about = (ApprovalCase.table_name == table, ApprovalCase.record_id == record_id)
    for wish in session.scalars(select(KeyChange).join(ApprovalCase, ApprovalCase.id == KeyChange.case_id).where(*about)):
        wish.given, wish.changes = {}, {}
    session.flush()
