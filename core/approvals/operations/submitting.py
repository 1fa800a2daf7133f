"""Submitting a document, and using what was approved (R-062)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.approvals.chains import Chain, digest_of, kind_called, step_as_json, steps_for
from core.approvals.errors import ApprovalNeeded, NoApprovalNeeded, NobodyLeft, RunsAlready
from core.approvals.models import ApprovalCase, CaseState
from core.approvals.operations.seating import authors_of, reseat
from core.approvals.people import first_without, kept_out
from core.approvals.queries import latest_case
from core.audit.aside import subject_of
from core.audit.trail import name_action
from core.database.values import clean_value
from core.extension.approving import ApprovalKind, Step
from core.kernel.acting import actor
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict
from core.organisation.models import Employee


def submit_document(session: Session, kind_name: str, record_id: int, version: int | None, *, note: str | None = None) -> ApprovalCase:
    """Hand a document in for approval, as pages and REST do; the person needs the right that the kind asks for.

    Raises what :func:`submit` raises, and :class:`Conflict` while the kind says that it cannot be submitted.
    """
    kind = kind_called(kind_name)
    record = get_for(session, kind.model, kind.right, record_id, version)
    if (reason := kind.may_submit(record)) is not None:
        raise Conflict(reason)
    return submit(session, kind, record, note=note)


def submit(
    session: Session,
    kind: ApprovalKind | str,
    record: Any,
    *,
    note: str | None = None,
    passing: tuple[Chain, tuple[Step, ...]] | None = None,
) -> ApprovalCase:
    """Begin a case about ``record``, which the calling verb has opened for writing; whoever acts is its filler.

    The first step asks at once; ``passing`` are the steps where the calling verb knows them. Raises :class:`NoApprovalNeeded` where no
    step of the chain applies, :class:`RunsAlready` for a document with a running case, :class:`NobodyLeft` when a step could be given
    nobody of its own.
    """
    kind = kind_called(kind) if isinstance(kind, str) else kind
    filler_id = actor().employee_id
    session.flush()
    with as_system(session, "a case asks people who need not see each other"):
        chain, steps = passing or steps_for(session, kind, record)
        if not steps:
            raise NoApprovalNeeded
        latest = latest_case(session, kind, record.id)
        if latest is not None and latest.state is CaseState.RUNNING:
            raise RunsAlready
        case = ApprovalCase(
            company_id=record.company_id,
            kind=kind.name,
            title=subject_of(record)[:200],
            table_name=kind.model.__tablename__,
            record_id=record.id,
            filler_id=filler_id,
            amount=kind.amount(record),
            note=clean_text("note", note),
            chain_number=chain.number,
            authors=[],
            plan=[step_as_json(step) for step in steps],
            step=0,
            step_since=now(),
            digest=digest_of(session, kind, record),
            running_key=f"{kind.name}:{record.id}",
        )
        authors = authors_of(case, kind, record)
        case.authors = sorted(authors)
        filler = session.get(Employee, filler_id)
        assert filler is not None
        if (missing := first_without(session, steps, filler, authors | kept_out(session, case.table_name))) is not None:
            raise NobodyLeft(missing.title)
        session.add(case)
        session.flush()
        name_action(session, case, "submit")
        reseat(session, case, authors, opening=True)
    return case


def submit_if_needed(session: Session, kind_name: str, record: Any, *, note: str | None = None) -> ApprovalCase | None:
    """Begin a case where the chain asks anybody about ``record``; None where no approval is needed."""
    return submit(session, kind_name, record, note=note) if needs_approval(session, kind_name, record) else None


def needs_approval(session: Session, kind_name: str, record: Any) -> bool:
    """Whether any step of the chain in force applies to ``record``."""
    return bool(steps_for(session, kind_called(kind_name), record)[1])


def use_approval(session: Session, kind_name: str, record: Any) -> ApprovalCase | None:
    """Let what needs approval happen, once: to be called by the verb that does it, in its transaction, for everybody and for the system.

    None where the chain asks nobody about ``record``. Raises :class:`ApprovalNeeded` unless its latest case was approved, has not been
    used, and the document is still what was approved.
    """
    kind = kind_called(kind_name)
    with as_system(session, "whether a document was approved"):
        if not steps_for(session, kind, record)[1]:
            return None
        case = session.scalars(
            select(ApprovalCase)
            .where(ApprovalCase.kind == kind.name, ApprovalCase.record_id == record.id)
            .order_by(ApprovalCase.id.desc())
            .limit(1)
            .with_for_update()
        ).first()
        if (lacking := _lacking(session, kind, record, case)) is not None:
            raise lacking
        assert case is not None, "nothing is lacking only where there is a case"
        case.used_at = now()
        name_action(session, case, "use")
    return case


def approval_lacking(session: Session, kind: ApprovalKind, record: Any) -> ApprovalNeeded | None:
    """What :func:`use_approval` would raise about ``record`` now; None where nothing is lacking, or nobody is asked. Changes nothing."""
    if not steps_for(session, kind, record)[1]:
        return None
    return _lacking(session, kind, record, latest_case(session, kind, record.id))


def _lacking(session: Session, kind: ApprovalKind, record: Any, case: ApprovalCase | None) -> ApprovalNeeded | None:
    if case is None or case.state is not CaseState.APPROVED or case.used_at is not None:
        return ApprovalNeeded(kind.title, case.state if case is not None else None)
    if case.digest != digest_of(session, kind, record):
        return ApprovalNeeded(kind.title, case.state, changed=True)
    return None


def approval_stands(session: Session, kind: ApprovalKind, record: Any) -> bool:
    """Whether ``record``, as it is now, was approved and :func:`use_approval` has not used it yet: nothing is left to be submitted."""
    case = latest_case(session, kind, record.id)
    if case is None or case.state is not CaseState.APPROVED or case.used_at is not None:
        return False
    return case.digest == digest_of(session, kind, record)


def clean_text(name: str, value: str | None) -> str | None:
    """A note or opinion as stored; raises :class:`BadInput` for one that is too long."""
    try:
        text: str | None = clean_value(ApprovalCase.fields()["note"], value)
    except BadInput as error:
        raise BadInput(fields={name: error.message}) from error
    return text
