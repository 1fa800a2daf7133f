"""Stored classes: holds that keep a person from being erased, and certificates of erasures."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.words import Message, msg


class LegalHold(CompanyRecord):
    """Keeps a person from being erased until it is released: a dispute, an inquiry."""

    __tablename__ = "core_legal_hold"
    __resource__ = "core.privacy"
    __sealed__ = True
    __label__: ClassVar[Message] = msg("Legal hold")
    __table_args__ = (Index(None, "company_id", "table_name", "record_id"),)

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    reason: Mapped[str] = fields.text(msg("Reason"), length=300, required=True)
    placed_by = reference("core_employee", msg("Placed by"))
    released_at: Mapped[datetime | None] = fields.moment(msg("Released at"))
    released_by = reference("core_employee", msg("Released by"))


class Erasure(CompanyRecord):
    """The certificate that a person was erased: when, by whom, why, how much, and nothing of whom.

    ``fingerprint`` is a hash over all the others, which stands in the trail too: a certificate that was altered is found.
    """

    __tablename__ = "core_erasure"
    __resource__ = "core.privacy"
    __sealed__ = True
    __append_only__ = True
    __label__: ClassVar[Message] = msg("Certificate of erasure")
    __table_args__ = (Index(None, "company_id", "done_at"),)

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    reason: Mapped[Message | str] = fields.sentence(msg("Reason"), length=300, required=True)
    done_by = reference("core_employee", msg("Erased by"))
    done_at: Mapped[datetime] = fields.moment(msg("Erased at"), required=True)
    records: Mapped[int] = mapped_column(Integer)
    values: Mapped[int] = mapped_column(Integer)
    files: Mapped[int] = mapped_column(Integer)
    trail_values: Mapped[int] = mapped_column(Integer)
    told: Mapped[str] = mapped_column(Text)  # JSON: table to names of the fields that were emptied
    kept: Mapped[str] = mapped_column(Text, default="")  # JSON: what a law keeps, how much, why and until when; empty for nothing
    kept_until: Mapped[date | None] = fields.day(msg("Kept until"))  # when the first of it may be erased as well
    fingerprint: Mapped[str] = mapped_column(String(64))
