"""Questions about cases: the inbox, what one has submitted and decided, the cases of a document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Date

from core.approvals.models import ApprovalCase, ApprovalSeat, CaseState, Delegation, KeyChange, Verdict
from core.database.together import ids_as_text
from core.extension.approving import ApprovalKind
from core.kernel.acting import Actor
from core.kernel.clock import today


def latest_case(session: Session, kind: ApprovalKind, record_id: int) -> ApprovalCase | None:
    """The newest case about a document that the person who acts sees."""
    asked = select(ApprovalCase).where(ApprovalCase.kind == kind.name, ApprovalCase.record_id == record_id)
    return session.scalars(asked.order_by(ApprovalCase.id.desc()).limit(1)).first()


def cases_of(session: Session, table: str, record_id: int) -> Sequence[ApprovalCase]:
    """All cases about a document that the person who acts sees, newest first."""
    asked = select(ApprovalCase).where(ApprovalCase.table_name == table, ApprovalCase.record_id == record_id)
    return session.scalars(asked.order_by(ApprovalCase.id.desc())).all()


def wish_of(session: Session, table: str, record_id: int) -> KeyChange | None:
    """The newest wish to change key fields of a record, decided or not; call it as the system."""
    about = (ApprovalCase.table_name == table, ApprovalCase.record_id == record_id)
    asked = select(KeyChange).join(ApprovalCase, ApprovalCase.id == KeyChange.case_id).where(*about)
    return session.scalars(asked.order_by(KeyChange.id.desc()).limit(1)).first()


def waiting_wish(kind: ApprovalKind, record_id: int, who: Actor) -> Select[Any]:
    """The record, if a change of its key fields waits: asked together with other counts of its page, for everybody who sees it."""
    model, table = kind.model, ApprovalCase.__table__.c
    mine = (table.company_id == who.company_id, table.running_key == f"{kind.name}:{record_id}")
    cases: Any = select(table.record_id).where(*mine).execution_options(keguan_reviewed=True)  # reviewed: whether there is one
    return select(model.id).where(model.id == record_id, model.id.in_(cases))


@cache
def running_on_page(model: type[Any]) -> Select[Any]:
    """Those records of ``model`` on a page that a running case is about, as one text (:func:`core.database.together.read_ids`).

    The parameters ``page`` and ``company`` are the ids of the page, whose records the person sees, and his or her company.
    """
    table = ApprovalCase.__table__.c
    about = (table.company_id == bindparam("company"), table.table_name == model.__tablename__, table.state == CaseState.RUNNING)
    asked = select(ids_as_text(table.record_id)).where(*about, table.record_id.in_(bindparam("page", expanding=True)))
    return asked.execution_options(keguan_reviewed=True)  # reviewed: cases of documents that are seen


def in_approval(model: type[Any], who: Actor) -> ColumnElement[bool]:
    """Records of ``model`` that a running case is about: they wait for somebody else first."""
    table = ApprovalCase.__table__.c
    about = (table.company_id == who.company_id, table.table_name == model.__tablename__, table.state == CaseState.RUNNING)
    cases: Any = select(table.record_id).where(*about).execution_options(keguan_reviewed=True)  # reviewed: cases of documents that are seen
    found: ColumnElement[bool] = model.id.in_(cases)
    return found


def waiting_for(who: Actor) -> Select[tuple[ApprovalCase]]:
    """Running cases whose present step asks the person, or somebody in whose place he or she decides today; longest waiting first."""
    return (
        select(ApprovalCase)
        .where(ApprovalCase.state == CaseState.RUNNING, waits_for(who), of_modules(who))
        .order_by(ApprovalCase.step_since, ApprovalCase.id)
    )


def submitted_by(who: Actor) -> Select[tuple[ApprovalCase]]:
    """What the person has submitted, newest first."""
    return select(ApprovalCase).where(ApprovalCase.filler_id == who.employee_id, of_modules(who)).order_by(ApprovalCase.id.desc())


def decided_by(who: Actor) -> Select[tuple[ApprovalCase]]:
    """What the person has decided about, newest first."""
    mine = exists().where(ApprovalSeat.case_id == ApprovalCase.id, ApprovalSeat.decided_by_id == who.employee_id)
    return select(ApprovalCase).where(mine, of_modules(who)).order_by(ApprovalCase.id.desc())


def of_modules(who: Actor) -> ColumnElement[bool]:
    """Cases of modules that are on."""
    return or_(*(ApprovalCase.kind.startswith(f"{name}.", autoescape=True) for name in sorted(who.modules | {"core"})))


def waits_for(who: Actor) -> ColumnElement[bool]:
    """Whether a seat of the present step waits for the person."""
    table = Delegation.__table__.c
    day = bindparam("today", callable_=today, type_=Date, unique=True)  # asked at execution
    live = table.ended_at.is_(None) & (table.first_on <= day) & (table.last_on >= day)
    mine = (table.company_id == who.company_id) & (table.taker_id == who.employee_id)
    givers: Any = select(table.giver_id).where(mine, live).execution_options(keguan_reviewed=True)  # reviewed: names the person who acts
    return exists().where(
        ApprovalSeat.case_id == ApprovalCase.id,
        ApprovalSeat.step == ApprovalCase.step,
        ApprovalSeat.verdict == Verdict.WAITING,
        or_(ApprovalSeat.employee_id == who.employee_id, ApprovalSeat.employee_id.in_(givers)),
    )
