"""Background work of this plugin."""

from __future__ import annotations

from typing import Any

from core.extension.exchange import JobHandler, Task
from core.kernel.clock import now
from core.kernel.words import msg
from plugins.service.operations import warn_of_late_requests

MINUTES = 10


def warn(session: Any, task: Task) -> None:
    """Every ten minutes: handlers and heads are told of what is late."""
    moment = now()
    while warn_of_late_requests(session, moment):
        pass


HANDLERS = (JobHandler("service.warn", warn, msg("Warn of late service requests"), every_minutes=MINUTES),)
