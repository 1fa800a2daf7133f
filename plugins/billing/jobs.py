"""Background work of this plugin."""

from __future__ import annotations

from typing import Any

from core.extension.exchange import JobHandler, Task
from core.kernel.words import msg
from plugins.billing.operations import remind_of_feedback

DAY = 24 * 60


def remind(session: Any, task: Task) -> None:
    """Once a day: salespeople are reminded of feedback that is overdue."""
    while remind_of_feedback(session):
        pass


HANDLERS = (JobHandler("billing.remind", remind, msg("Remind of overdue feedback on invoices"), every_minutes=DAY),)
