"""What is kept of a verb for many records: the order, and for each record what became of it. The values before stand in the trail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.records import ChildRecord, CompanyRecord
from core.database.references import reference
from core.database.sentences import Said
from core.database.types import Chosen, Identity, Moment
from core.kernel.choices import Choice
from core.kernel.words import Message, msg

CHANGE, DELETE, UNDO = "change", "delete", "undo"
"""What is done beside the acts of a noun."""


class BulkState(Choice):
    """Where the order stands."""

    RUNNING = "running", msg("Running"), "run"
    DONE = "done", msg("Done"), "good"
    CANCELLED = "cancelled", msg("Cancelled"), "idle"


class Outcome(Choice):
    """What became of one record."""

    WAITING = "waiting", msg("Waiting"), "wait"
    CHANGED = "changed", msg("Records changed"), "good"
    UNCHANGED = "unchanged", msg("Already had this value"), "idle"
    ASKED = "asked", msg("Waiting for approval"), "wait"
    REFUSED = "refused", msg("Left unchanged"), "bad"


class BulkRun(CompanyRecord):
    """One verb for many records of a noun (its path), asked for by one employee, who alone sees it.

    ``what`` is ``change`` (then of ``field``), ``delete``, ``undo`` (then of the run ``of_id``) or the verb of an act; ``given`` holds what
    was typed. ``query`` asks for the whole of a list, until its records stand among the items (``prepared``). ``key`` is what every row
    of the trail about it carries.
    """

    __tablename__ = "core_bulk_run"
    __private_to__ = "asked_by_id"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Bulk change")
    __table_args__ = (UniqueConstraint("company_id", "of_id"), Index(None, "company_id", "asked_by_id", "id"))

    noun: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(60), default="")
    given: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reason: Mapped[Message | str] = mapped_column(Said(500), default="")
    query: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str] = mapped_column(String(40))
    prepared: Mapped[bool] = mapped_column(Boolean, default=True)
    state: Mapped[BulkState] = mapped_column(Chosen(BulkState), default=BulkState.RUNNING)
    total: Mapped[int] = mapped_column(Integer, default=0)
    asked_by = reference("core_employee", msg("Asked for by"))
    job_id: Mapped[int | None] = mapped_column(Identity)
    of_id: Mapped[int | None] = mapped_column(Identity)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class BulkItem(ChildRecord):
    """One record of a run: the version it was asked for (``seen``), the one it has ``reached`` by it, or why it was refused.

    ``touched`` are the records that an act has written to, by table: what one undo puts back.
    """

    __tablename__ = "core_bulk_item"
    __parent__ = "run"
    __audited__ = False
    __bookkeeping__ = True
    __label__: ClassVar[Message] = msg("Record of a bulk change")
    __table_args__ = (UniqueConstraint("run_id", "record_id"), Index(None, "run_id", "outcome", "id"))

    run = reference("core_bulk_run", msg("Bulk change"), required=True)
    record_id: Mapped[int] = mapped_column(Identity)
    seen: Mapped[int] = mapped_column(Integer)
    reached: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[Outcome] = mapped_column(Chosen(Outcome), default=Outcome.WAITING)
    said: Mapped[Message | None] = mapped_column(Said)
    touched: Mapped[dict[str, list[int]] | None] = mapped_column(JSON)
