"""Chains as data, cases with their seats, and delegations (R-062, R-370, R-489)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import ChildRecord, CompanyRecord
from core.database.references import reference
from core.database.sentences import Said
from core.database.types import Chosen, Fen, Identity, Moment
from core.kernel.choices import Choice
from core.kernel.words import Message, msg

CHAIN, CASE = "core.approval_chain", "core.approval"


class ApprovalChain(CompanyRecord):
    """How a company lets one kind of document be approved, from the day it was set until a newer one is.

    ``steps`` is JSON, one object for each step as :mod:`core.approvals.chains` writes it. A chain is never changed, only followed by the
    next ``number``; a case keeps what it began with.
    """

    __tablename__ = "core_approval_chain"
    __resource__ = CHAIN
    __label__: ClassVar[Message] = msg("Approval chain")
    __table_args__ = (UniqueConstraint("company_id", "kind", "number"),)

    kind: Mapped[str] = mapped_column(String(80))
    number: Mapped[int] = mapped_column(Integer)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    set_by = reference("core_employee", msg("Set by"))

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class CaseState(Choice):
    """Where a case stands."""

    RUNNING = "running", msg("In approval"), "wait"
    APPROVED = "approved", msg("Approved"), "good"
    RETURNED = "returned", msg("Returned for completion"), "wait"
    REJECTED = "rejected", msg("Rejected"), "bad"
    WITHDRAWN = "withdrawn", msg("Withdrawn"), "idle"


class ApprovalCase(CompanyRecord):
    """One submission of one document. ``plan`` holds its steps, frozen when it was submitted; ``step`` is the one that decides now.

    Seen by the filler, by those whom it asks (through :class:`CaseReader`), and by who may read all cases. ``digest`` is over the content
    that was submitted, ``authors`` are employees who made it and so never decide; ``running_key`` exists while it runs, so that a document
    has one running case at most; ``stalled_at`` is since when nobody is left who could decide, ``used_at`` when what was approved was done.
    """

    __tablename__ = "core_approval_case"
    __resource__ = CASE
    __private_to__ = "filler_id"
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Approval")
    __table_args__ = (
        UniqueConstraint("company_id", "running_key"),
        Index(None, "company_id", "table_name", "record_id"),
    )

    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = fields.text(msg("Document"), length=200, required=True)
    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    filler = reference("core_employee", msg("Submitted by"), required=True)
    state: Mapped[CaseState] = fields.state(msg("State"), CaseState, CaseState.RUNNING)
    amount: Mapped[Decimal | None] = mapped_column(Fen)
    note: Mapped[str | None] = fields.text(msg("Note"), length=500)
    chain_number: Mapped[int] = mapped_column(Integer, default=0)
    authors: Mapped[list[int]] = mapped_column(JSON, default=list)
    plan: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    step: Mapped[int] = mapped_column(Integer, default=0)
    step_since: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[str] = mapped_column(String(64))
    running_key: Mapped[str | None] = mapped_column(String(160))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    stalled_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Verdict(Choice):
    """What became of a seat."""

    WAITING = "waiting", msg("Waiting"), "wait"
    AGREED = "agreed", msg("Has agreed"), "good"
    RETURNED = "returned", msg("Returned for completion"), "wait"
    REJECTED = "rejected", msg("Rejected"), "bad"
    LAPSED = "lapsed", msg("No longer asked"), "idle"


class ApprovalSeat(ChildRecord):
    """One person whom a step asks. ``slot`` is the place in the step: of several people of one slot, one decision is enough.

    ``level`` counts how far above the one whom the chain names this person stands in, 0 for that one. ``decided_by`` is the stand-in where
    one has decided.
    """

    __tablename__ = "core_approval_seat"
    __parent__ = "case"
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Signature")
    __table_args__ = (
        UniqueConstraint("company_id", "case_id", "step", "slot", "employee_id"),
        Index(None, "company_id", "employee_id", "verdict", "case_id"),
    )

    case = reference("core_approval_case", msg("Approval"), required=True)
    step: Mapped[int] = mapped_column(Integer)
    slot: Mapped[int] = mapped_column(Integer)
    level: Mapped[int] = mapped_column(Integer, default=0)
    employee = reference("core_employee", msg("Approver"), required=True)
    verdict: Mapped[Verdict] = mapped_column(Chosen(Verdict), default=Verdict.WAITING)
    decided_by = reference("core_employee", msg("Decided by"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    opinion: Mapped[str | None] = fields.text(msg("Opinion"), length=500)


class KeyChange(ChildRecord):
    """What a case about key fields wishes: the ``verb`` of the record with the values ``given``, for the version that was ``seen``.

    ``changes`` are column to [old, wished] for those who decide, told by field rights. Never in the trail: there the change itself is told.
    """

    __tablename__ = "core_key_change"
    __parent__ = "case"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Wished change")
    __table_args__ = (UniqueConstraint("company_id", "case_id"),)

    case = reference("core_approval_case", msg("Approval"), required=True)
    verb: Mapped[str] = mapped_column(String(60))
    seen: Mapped[int] = mapped_column(Integer)
    given: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[Message | str] = mapped_column(Said(500), default="")


class ApplicationState(Choice):
    """Where an access application stands."""

    PENDING = "pending", msg("In approval"), "wait"
    RETURNED = "returned", msg("Not approved"), "bad"
    APPROVED = "approved", msg("To be granted"), "wait"
    GRANTED = "granted", msg("Granted"), "good"
    REVOKED = "revoked", msg("Revoked"), "idle"


class AccessApplication(CompanyRecord):
    """Somebody of another department wants to work in here (R-055, R-298): for whom, why, with which role, until when."""

    __tablename__ = "core_access_application"
    __resource__ = "core.access_application"
    __private_to__ = "applicant_id"
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Access application")
    __table_args__ = (Index(None, "company_id", "state"),)

    name: Mapped[str] = fields.text(msg("For whom"), length=80, required=True)
    department = reference("core_department", msg("Department"), required=True)
    role = reference("core_role", msg("Role wanted"), required=True)
    until: Mapped[date] = fields.day(msg("Until"), required=True)
    reason: Mapped[str] = fields.long_text(msg("Reason"), length=1_000, required=True)
    applicant = reference("core_employee", msg("Applied for by"), required=True, editable=False)
    state: Mapped[ApplicationState] = fields.state(msg("State"), ApplicationState, ApplicationState.PENDING)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    employee = reference("core_employee", msg("Granted to"), editable=False)
    granted_by = reference("core_employee", msg("Granted by"), editable=False)
    granted_at: Mapped[datetime | None] = fields.moment(msg("Granted at"), editable=False)
    revoked_by = reference("core_employee", msg("Revoked by"), editable=False)
    revoked_at: Mapped[datetime | None] = fields.moment(msg("Revoked at"), editable=False)


class Delegation(CompanyRecord):
    """While ``giver`` is away, ``taker`` may decide in his or her place, from the first to the last day, both included."""

    __tablename__ = "core_delegation"
    __private_to__ = "giver_id"
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Delegation")
    __table_args__ = (Index(None, "company_id", "taker_id", "last_on"),)

    giver = reference("core_employee", msg("Away"), required=True)
    taker = reference("core_employee", msg("Delegate"), required=True)
    first_on: Mapped[date] = fields.day(msg("From"), required=True)
    last_on: Mapped[date] = fields.day(msg("Until"), required=True)
    reason: Mapped[str | None] = fields.text(msg("Reason"), length=200)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    def __str__(self) -> str:
        return f"{self.first_on} – {self.last_on}"
