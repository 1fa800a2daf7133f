"""The stored request: what is to leave, who asked and why, who decided, and what became of the file."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Date, Index, Integer, String, UniqueConstraint
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
    for. ``terms`` covers all of that: a file is made of nothing else. What is asked may name a person, so the trail keeps it aside.
    ``id`` is also the number that the marks in the file carry.
    ``token`` is the hash of the address of a calendar feed, which lives until ``expires_at`` unless the account leaves ``epoch``.
    ``contents`` is the digest of exactly the files that were asked for, where files of records leave; then ``rows`` are files, and ``size``
    is theirs until the ZIP is made.
    ``reach`` is the digest of the rights with which the file was made: it is handed out as long as they are the same.
    ``record_id`` is the one record that was printed in the layout of its form; then ``columns`` are the fields of the form.
    """

    __tablename__ = "core_export_request"
    __resource__ = "core.exports"
    __private_to__ = "asked_by_id"
    __label__: ClassVar[Message] = msg("Export request")
    __table_args__ = (Index(None, "company_id", "asked_by_id", "created_at"),)

    source: Mapped[str] = mapped_column(String(80))
    resource: Mapped[str] = mapped_column(String(80))
    asked: Mapped[list[list[str]]] = fields.declared(
        JSON(), fields.Field("list", msg("Conditions"), editable=False, personal=True), default=list, nullable=False
    )
    record_id: Mapped[int | None] = mapped_column(Identity)
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    rows: Mapped[int] = mapped_column(Integer)
    format: Mapped[ExportFormat] = mapped_column(Chosen(ExportFormat))
    reason: Mapped[str] = fields.text(msg("Reason"), length=500, required=True)
    file_name: Mapped[str] = fields.text(msg("File name"), length=200, required=True)
    language: Mapped[str] = mapped_column(String(10), default="zh_CN")
    terms: Mapped[str] = mapped_column(String(64))
    contents: Mapped[str] = mapped_column(String(64), default="")
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
    reach: Mapped[str] = mapped_column(String(64), default="")
    fetched_at: Mapped[datetime | None] = fields.moment(msg("Downloaded at"))
    why: Mapped[Message | None] = mapped_column(Said)
    token: Mapped[str] = mapped_column(String(64), default="", index=True)
    epoch: Mapped[int | None] = mapped_column(Integer)

    def __str__(self) -> str:
        return f"#{self.id} {self.file_name}"


class FeedDay(CompanyRecord):
    """How often a calendar feed was fetched on one day, and of how many entries the longest answer was."""

    __tablename__ = "core_feed_day"
    __private_to__ = "employee_id"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Fetches of a calendar feed")
    __table_args__ = (UniqueConstraint("company_id", "request_id", "day"),)

    employee = reference("core_employee", msg("Whose"), required=True)
    request_id: Mapped[int] = mapped_column(Identity)
    day: Mapped[date] = mapped_column(Date)
    fetches: Mapped[int] = mapped_column(Integer, default=0)
    entries: Mapped[int] = mapped_column(Integer, default=0)
