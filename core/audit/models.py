"""Stored classes of the trail: its rows, the blocks that seal them, alarms, and what checks have found."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord, GlobalRecord
from core.database.types import Identity, Moment
from core.kernel.words import Message, msg


class AuditRow(CompanyRecord):
    """One action on one record. ``changes`` is JSON, field to [old, new]; ``mac`` seals the row until blocks are made.

    ``reason`` is why a person says it was done, ``approved_by`` who let it be done (R-058). ``reason`` and ``subject`` stand here byte for
    byte as they are sealed; :func:`core.database.sentences.said` tells them in the language of the reader.
    ``company_id`` is empty for platform events such as a failed sign-in of an unknown user.
    """

    __tablename__ = "core_audit_row"
    __resource__ = "core.audit"
    __private_to__ = "employee_id"  # one sees what one did oneself; all of it, whoever may read the trail
    __audited__ = False
    __bookkeeping__ = True
    __append_only__ = True
    __label__: ClassVar[Message] = msg("Audit trail")
    __table_args__ = (
        Index(None, "company_id", "table_name", "record_id"),
        Index(None, "company_id", "at"),
        Index(None, "company_id", "employee_id", "at"),
        Index(None, "company_id", "action", "at"),
        Index(None, "company_id", "table_name", "at"),
        Index(None, "company_id", "subject", "at"),
    )

    company_id: Mapped[int | None] = mapped_column(Identity, ForeignKey("core_company.id"), nullable=True)  # type: ignore[assignment]  # the one table with rows of no company
    at: Mapped[datetime] = fields.moment(msg("Time"), required=True)
    employee_id: Mapped[int | None] = mapped_column(Identity)
    who: Mapped[str] = fields.text(msg("Who"), length=200, required=True)
    action: Mapped[str] = fields.text(msg("Action"), length=60, required=True)
    table_name: Mapped[str] = mapped_column(String(63), default="")
    record_id: Mapped[int | None] = mapped_column(Identity)
    subject: Mapped[str] = fields.text(msg("Record"), length=250, default="")
    changes: Mapped[str] = mapped_column(Text, default="{}")
    address: Mapped[str] = fields.text(msg("Address"), length=64, default="")
    reason: Mapped[str | None] = fields.text(msg("Reason"), length=500)
    approved_by: Mapped[str | None] = fields.text(msg("Approved by"), length=200)
    mac: Mapped[str] = mapped_column(String(64))


class AsideValue(CompanyRecord):
    """A personal value of which the trail keeps only a commitment, with the salt of that; an erasure destroys it."""

    __tablename__ = "core_aside_value"
    __audited__ = False
    __bookkeeping__ = True
    __sealed__ = True
    __label__: ClassVar[Message] = msg("Value beside the trail")
    __table_args__ = (Index(None, "table_name", "record_id"),)

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(Text)


class AuditBlock(GlobalRecord):
    """Seals the rows of one chain whose ids lie above ``after_id`` and up to ``last_id``.

    ``chain`` is the company's id, 0 for rows of no company. ``root`` is the Merkle root over their lines, ``previous`` the head of the
    block before, ``head`` the hash of all of this. ``epoch`` grows when a restored database begins anew.
    """

    __tablename__ = "core_audit_block"
    __audited__ = False
    __bookkeeping__ = True
    __sealed__ = True
    __append_only__ = True
    __label__: ClassVar[Message] = msg("Sealed block")
    __table_args__ = (UniqueConstraint("chain", "number"), Index(None, "last_id"))

    chain: Mapped[int] = mapped_column(Identity)
    epoch: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(BigInteger)
    after_id: Mapped[int] = mapped_column(Identity)
    first_id: Mapped[int] = mapped_column(Identity)
    last_id: Mapped[int] = mapped_column(Identity)
    count: Mapped[int] = mapped_column(Integer)
    root: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    head: Mapped[str] = mapped_column(String(64))


class AuditAlarm(GlobalRecord):
    """Something that is wrong with the trail, from when to when; ``chain`` as in :class:`AuditBlock`, ``detail`` for the technician."""

    __tablename__ = "core_audit_alarm"
    __audited__ = False
    __bookkeeping__ = True
    __sealed__ = True
    __label__: ClassVar[Message] = msg("Alarm of the trail")
    __table_args__ = (Index(None, "ended_at"),)

    kind: Mapped[str] = mapped_column(String(40))
    chain: Mapped[int] = mapped_column(Identity, default=0)
    detail: Mapped[str] = mapped_column(Text, default="")
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class AuditCheck(GlobalRecord):
    """One check of a chain: how far it is, and what it has found as JSON, a list of [kind, number, detail]."""

    __tablename__ = "core_audit_check"
    __audited__ = False
    __bookkeeping__ = True
    __sealed__ = True
    __label__: ClassVar[Message] = msg("Check of the trail")
    __table_args__ = (Index(None, "chain", "began_at"),)

    chain: Mapped[int] = mapped_column(Identity)
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    blocks: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    problems: Mapped[str] = mapped_column(Text, default="[]")
