"""Background work of this plugin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.extension.exchange import JobHandler, Task
from core.kernel.clock import today
from core.kernel.words import msg
from core.organisation.parameters import parameter
from plugins.contracts.operations import expire_contracts, release_due_payments, remind_of_ends, remind_of_writing

DAY = 24 * 60


def expire(session: Any, task: Task) -> None:
    """Once a day: contracts whose term has ended are marked as expired."""
    while expire_contracts(session, today()):
        pass


def release(session: Any, task: Task) -> None:
    """Once a day: payments that become invoiceable on their date do so."""
    by = today() + timedelta(days=parameter(session, "contracts.invoice_lead_days"))
    while release_due_payments(session, by):
        pass


def remind(session: Any, task: Task) -> None:
    """Once a day: contracts that end soon, and oral ones that stand nowhere in writing, are brought to mind."""
    while remind_of_ends(session, today(), parameter(session, "contracts.reminder_days")):
        pass
    while remind_of_writing(session, today(), parameter(session, "contracts.writing_days")):
        pass


HANDLERS = (
    JobHandler("contracts.expire", expire, msg("Mark expired contracts"), every_minutes=DAY),
    JobHandler("contracts.release", release, msg("Make due payments invoiceable"), every_minutes=DAY),
    JobHandler("contracts.remind", remind, msg("Remind of contracts that end soon"), every_minutes=DAY),
)
