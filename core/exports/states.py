"""Where an export stands, in which format its file is, and what may happen to it."""

from __future__ import annotations

from core.kernel.choices import Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class ExportState(Choice):
    """Where an export stands."""

    WAITING = "waiting", msg("Waiting for approval"), "wait"
    APPROVED = "approved", msg("Approved"), "good"
    MAKING = "making", msg("File is being made"), "run"
    READY = "ready", msg("Ready to download"), "good"
    FEEDING = "feeding", msg("Feed in use"), "run"
    FETCHED = "fetched", msg("Downloaded"), "idle"
    REFUSED = "refused", msg("Refused"), "bad"
    CANCELLED = "cancelled", msg("Withdrawn"), "idle"
    EXPIRED = "expired", msg("Expired"), "idle"
    STOPPED = "stopped", msg("Stopped"), "bad"


class ExportFormat(Choice):
    """What the file is."""

    CSV = "csv", msg("CSV (text)")
    XLSX = "xlsx", msg("XLSX (spreadsheet)")
    PDF = "pdf", msg("PDF (for printing)")
    ZIP = "zip", msg("ZIP (files of records)")
    ICS = "ics", msg("Calendar feed")

    @property
    def media_type(self) -> str:
        """The type under which the file is sent."""
        return MEDIA_TYPES[str(self.value)]


MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "ics": "text/calendar; charset=utf-8",
}
LISTS = (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.PDF)
"""Formats that rows of a list leave in."""

S = ExportState
LIFECYCLE: Lifecycle[ExportState] = Lifecycle(
    S.WAITING,
    (
        Transition("approve", (S.WAITING,), S.APPROVED, msg("Approve")),
        Transition("refuse", (S.WAITING,), S.REFUSED, msg("Refuse")),
        Transition("withdraw", (S.WAITING, S.APPROVED, S.MAKING, S.READY, S.FEEDING), S.CANCELLED, msg("Withdraw")),
        Transition("make", (S.APPROVED, S.MAKING), S.MAKING, msg("Make the file")),
        Transition("finish", (S.MAKING,), S.READY, msg("File is made")),
        Transition("begin_feed", (S.APPROVED,), S.FEEDING, msg("Give the address")),
        Transition("download", (S.READY,), S.FETCHED, msg("Download")),
        Transition("expire", (S.WAITING, S.APPROVED, S.MAKING, S.READY, S.FEEDING), S.EXPIRED, msg("Let it expire")),
        Transition("stop", (S.WAITING, S.APPROVED, S.MAKING, S.READY, S.FEEDING), S.STOPPED, msg("Stop")),
    ),
)
OPEN = (S.WAITING, S.APPROVED, S.MAKING, S.READY, S.FEEDING)
"""States in which something may still leave."""
