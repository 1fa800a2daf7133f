"""Approval before an invoice is made void or reversed in red (R-062)."""

from __future__ import annotations

from decimal import Decimal

from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.words import Message, msg
from plugins.billing.models import Invoice
from plugins.billing.permissions import INVOICE, REVERSE
from plugins.billing.rules.states import INVOICE_CYCLE

TAKING_BACK = "billing.void"
LARGE = Decimal(1_000_000)
"""Yuan from which on taking an invoice back needs approval, until the company sets its own chain."""


def _gone_already(invoice: Invoice) -> Message | None:
    if any(step.verb == "red_letter" for step in INVOICE_CYCLE.allowed(invoice.state)):
        return None
    return msg("Not possible while the state is “%(state)s”.", state=invoice.state.label)


APPROVALS = (
    ApprovalKind(
        TAKING_BACK,
        msg("Taking an invoice back"),
        INVOICE,
        Invoice,
        chain=(Step(msg("Approval by finance"), (Asked(Who.ROLE, role="finance_manager"),), from_amount=LARGE),),
        right=REVERSE,
        may_submit=_gone_already,
        fields=("kind",),
        source="R-062",
    ),
)
