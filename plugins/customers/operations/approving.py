"""Approval of new customers by the chain of the company; without one the head's review is all that is needed (R-151)."""

from __future__ import annotations

from core.extension.approving import ApprovalKind
from core.kernel.words import msg
from plugins.customers.models import Customer
from plugins.customers.operations.reviewing import REVIEW, take_in, turn_back, withdraw_from_review
from plugins.customers.permissions import CUSTOMER

APPROVALS = (
    ApprovalKind(
        REVIEW,
        msg("New customer"),
        CUSTOMER,
        Customer,
        bound=("name", "credit_code"),  # the rest of the record is completed while it waits
        on_approved=take_in,
        on_returned=turn_back,
        on_rejected=turn_back,
        on_withdrawn=withdraw_from_review,
        fields=("kind", "industry", "source"),
        by_hand=False,
        decided_by=("approve", "return"),
        source="R-151",
    ),
)
