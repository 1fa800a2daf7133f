"""Background work of this plugin."""

from __future__ import annotations

from typing import Any

from core.extension.exchange import JobHandler, Task
from core.kernel.clock import today
from core.kernel.words import msg
from plugins.contracts.operations import expire_contracts

DAY = 24 * 60


def expire(session: Any, task: Task) -> None:
    """Once a day: contracts whose term has ended are marked as expired."""
    while expire_contracts(session, today()):
        pass


HANDLERS = (JobHandler("contracts.expire", expire, msg("Mark expired contracts"), every_minutes=DAY),)
