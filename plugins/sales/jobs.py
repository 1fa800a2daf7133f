"""Background work of this plugin."""

from __future__ import annotations

from typing import Any

from core.extension.exchange import JobHandler, Task
from core.kernel.clock import today
from core.kernel.words import msg
from plugins.sales.operations import expire_quotations, warn_opportunities, warn_projects

DAY = 24 * 60


def warn(session: Any, task: Task) -> None:
    """Once a day: whatever stands still or is past its date is marked, and who has to act is told."""
    for step in (warn_opportunities, warn_projects):
        while step(session, today()):
            pass


def expire(session: Any, task: Task) -> None:
    """Once a day: quotations that are not valid any more are marked as expired."""
    while expire_quotations(session, today()):
        pass


HANDLERS = (
    JobHandler("sales.warn", warn, msg("Warn of stalled opportunities and projects"), every_minutes=DAY),
    JobHandler("sales.expire", expire, msg("Mark expired quotations"), every_minutes=DAY),
)
