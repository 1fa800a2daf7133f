"""One row of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.types import Identity
from core.kernel.words import Message, msg


class AuditRow(CompanyRecord):
    """One action on one record. ``changes`` is JSON, field to [old, new]; ``mac`` seals the row until blocks are made.

    ``company_id`` is empty for platform events such as a failed sign-in of an unknown user.
    """

    __tablename__ = "core_audit_row"
    __resource__ = "core.audit"
    __private_to__ = "employee_id"  # one sees what one did oneself; all of it, whoever may read the trail
    __audited__ = False
    __bookkeeping__ = True
    __append_only__ = True
    __label__: ClassVar[Message] = msg("Audit trail")
    __table_args__ = (Index(None, "company_id", "table_name", "record_id"), Index(None, "company_id", "at"))

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
    mac: Mapped[str] = mapped_column(String(64))
