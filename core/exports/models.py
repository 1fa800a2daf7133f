"""The stored request: what is to leave, who asked and why, who decided, and what became of the file."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.database.sentences import Said
from core.database.types import Chosen, Identity
from core.exports.states import ExportFormat, ExportState
from core.kernel.words import Message, msg


class ExportRequest(CompanyRecord):
    """One export from the wish to the downloaded file; seen by who asked, and by those who may read exports.

    ``asked`` is the exact query of the list as pairs, ``columns`` the fields in their order, ``rows`` what there was when it was asked
    for. ``terms`` covers all of that: a file is made of nothing else. ``id`` is also the number that the marks in the file carry.
    ``record_id`` is the one record that was printed in the layout of its form; then ``columns`` are the fields of the form.
    """

    __tablename__ = "core_export_request"
    __resource__ = "core.exports"
    __private_to__ = "asked_by_id"
    __label__: ClassVar[Message] = msg("Export request")
    __table_args__ = (Index(None, "company_id", "asked_by_id", "created_at"),)

    source: Mapped[str] = mapped_column(String(80))
    resource: Mapped[str] = mapped_column(String(80))
    asked: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    record_id: Mapped[int | None] = mapped_column(Identity)
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    rows: Mapped[int] = mapped_column(Integer)
    format: Mapped[ExportFormat] = mapped_column(Chosen(ExportFormat))
    reason: Mapped[str] = fields.text(msg("Reason"), length=500, required=True)
    file_name: Mapped[str] = fields.text(msg("File name"), length=200, required=True)
    language: Mapped[str] = mapped_column(String(10), default="zh_CN")
    terms: Mapped[str] = mapped_column(String(64))
    state: Mapped[ExportState] = fields.state(msg("State"), ExportState, ExportState.WAITING)
    asked_by = reference("core_employee", msg("Asked for by"), required=True)
    decided_by = reference("core_employee", msg("Approved or refused by"))
    decided_at: Mapped[datetime | None] = fields.moment(msg("Decided at"))
    opinion: Mapped[str | None] = fields.text(msg("Opinion"), length=500)
    expires_at: Mapped[datetime | None] = fields.moment(msg("Expires at"))
    job_id: Mapped[int | None] = mapped_column(Identity)
    written: Mapped[int] = mapped_column(Integer, default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    fetched_at: Mapped[datetime | None] = fields.moment(msg("Downloaded at"))
    why: Mapped[Message | None] = mapped_column(Said)

    def __str__(self) -> str:
        return f"#{self.id} {self.file_name}"
