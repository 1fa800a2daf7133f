"""Stored classes of the work floor: jobs, schedules, notices, attachments, import runs."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.database.sentences import Said
from core.database.types import Chosen, Identity, Moment
from core.kernel.choices import Choice
from core.kernel.clock import now
from core.kernel.words import Message, msg


class JobState(Choice):
    """Where a job stands."""

    QUEUED = "queued", msg("Waiting"), "wait"
    RUNNING = "running", msg("Running"), "run"
    DONE = "done", msg("Done"), "good"
    FAILED = "failed", msg("Failed"), "bad"
    CANCELLED = "cancelled", msg("Cancelled"), "idle"


class Job(CompanyRecord):
    """Work to be done after the commit that asked for it. The row is the truth; wake-ups only hurry a worker on.

    ``worker`` is the token of the present claim: whoever holds another one has lost the job. ``key`` makes asking twice harmless.
    Seen by the person who asked for it and by those who may read background jobs.
    """

    __tablename__ = "core_job"
    __resource__ = "core.job"
    __private_to__ = "asked_by_id"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Background job")
    __table_args__ = (UniqueConstraint("company_id", "kind", "key"), Index(None, "state", "run_after", "id"))

    kind: Mapped[str] = mapped_column(String(80))
    plugin: Mapped[str] = mapped_column(String(25))
    key: Mapped[str | None] = mapped_column(String(200))
    payload: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(Chosen(JobState), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    run_after: Mapped[datetime] = mapped_column(Moment, default=now)
    worker: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    asked_by = reference("core_employee", msg("Asked for by"))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[Message | None] = mapped_column(Said)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Schedule(CompanyRecord):
    """The last slot of time for which a scheduled kind of job was asked for; it only ever grows, whatever the clock does."""

    __tablename__ = "core_schedule"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Schedule")
    __table_args__ = (UniqueConstraint("company_id", "kind"),)

    kind: Mapped[str] = mapped_column(String(80))
    last_slot: Mapped[int] = mapped_column(BigInteger)


class Notice(CompanyRecord):
    """A sentence for one employee, in the language in which he or she reads it; nobody else sees it."""

    __tablename__ = "core_notice"
    __private_to__ = "employee_id"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Notice")
    __table_args__ = (Index(None, "company_id", "employee_id", "read_at", "id"),)

    employee = reference("core_employee", msg("Receiver"), required=True)
    message: Mapped[Message] = mapped_column(Said)
    url: Mapped[str] = mapped_column(String(500), default="")
    read_at: Mapped[datetime | None] = mapped_column(Moment)

    def __str__(self) -> str:
        return str(self.message)


class Attachment(CompanyRecord):
    """A file of a record, seen exactly as far as the record is seen: sealed, and handed out by :mod:`core.work.attachments` alone.

    ``table_name`` and ``record_id`` name the record; the bytes lie in the file store under their SHA-256; ``size`` is in bytes.
    """

    __tablename__ = "core_attachment"
    __sealed__ = True
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Attachment")
    __table_args__ = (Index(None, "company_id", "table_name", "record_id"), Index(None, "company_id", "sha256"))

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    name: Mapped[str] = fields.text(msg("File name"), length=200, required=True)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    added_by = reference("core_employee", msg("Added by"))


class MarkKind(Choice):
    """What a person keeps at hand."""

    STAR = "star", msg("Favourites"), "wait"
    OPENED = "opened", msg("Recently viewed"), "idle"


class Mark(CompanyRecord):
    """A record that a person keeps at hand: under a star, or opened not long ago. Seen by that person alone."""

    __tablename__ = "core_mark"
    __private_to__ = "employee_id"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Mark")
    __table_args__ = (
        UniqueConstraint("company_id", "employee_id", "kind", "table_name", "record_id"),
        Index(None, "company_id", "employee_id", "kind", "at"),
    )

    employee = reference("core_employee", msg("Whose"), required=True)
    kind: Mapped[MarkKind] = mapped_column(Chosen(MarkKind))
    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class SentForm(CompanyRecord):
    """The key of a form that a person has sent, and the record that it made."""

    __tablename__ = "core_sent_form"
    __private_to__ = "employee_id"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Sent form")
    __table_args__ = (UniqueConstraint("company_id", "employee_id", "key", "table_name"), Index(None, "company_id", "created_at"))

    employee = reference("core_employee", msg("Whose"), required=True)
    key: Mapped[str] = mapped_column(String(32))
    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int | None] = mapped_column(Identity)


LONGEST_COMMENT = 2_000


class Comment(CompanyRecord):
    """What somebody has written on a record, seen exactly as far as that is seen: sealed as attachments are.

    ``mentioned`` are ids of employees; ``attachment_id`` is a file that was added to the record in the same step.
    """

    __tablename__ = "core_comment"
    __sealed__ = True
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Comment")
    __table_args__ = (Index(None, "company_id", "table_name", "record_id", "id"),)

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    author = reference("core_employee", msg("Comment by"), required=True)
    text: Mapped[str] = fields.long_text(msg("Comment"), length=LONGEST_COMMENT, required=True, personal=True)
    mentioned: Mapped[list[int]] = mapped_column(JSON, default=list)
    attachment_id: Mapped[int | None] = mapped_column(Identity)


class Tagging(CompanyRecord):
    """A tag on a record, as a code of the list ``core.tag``. The trail tells it as a change of the record that carries it."""

    __tablename__ = "core_tagging"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Tag on a record")
    __table_args__ = (
        UniqueConstraint("company_id", "table_name", "record_id", "tag"),
        Index(None, "company_id", "table_name", "tag", "record_id"),
    )

    table_name: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Identity)
    tag: Mapped[str] = fields.code(msg("Tag"), "core.tag", required=True)


class ImportState(Choice):
    """Where an import stands."""

    RUNNING = "running", msg("Running"), "run"
    DONE = "done", msg("Done"), "good"
    FAILED = "failed", msg("Failed"), "bad"
    INTERRUPTED = "interrupted", msg("Interrupted"), "wait"


class ImportRun(CompanyRecord):
    """One reading of one file into one resource; seen by the person who imported. ``report`` holds the first problems as JSON."""

    __tablename__ = "core_import_run"
    __private_to__ = "asked_by_id"
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Import")
    __table_args__ = (Index(None, "company_id", "sha256"),)

    file_name: Mapped[str] = fields.text(msg("File name"), length=200, required=True)
    sha256: Mapped[str] = mapped_column(String(64))
    resource: Mapped[str] = mapped_column(String(80))
    dry_run: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[ImportState] = mapped_column(Chosen(ImportState), default=ImportState.RUNNING)
    asked_by = reference("core_employee", msg("Imported by"))
    job_id: Mapped[int | None] = mapped_column(Identity)
    read: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[int] = mapped_column(Integer, default=0)
    updated: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
    report: Mapped[str] = mapped_column(Text, default="{}")
    error: Mapped[Message | None] = mapped_column(Said)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    def __str__(self) -> str:
        return self.file_name
