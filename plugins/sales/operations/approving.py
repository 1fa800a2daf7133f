"""Approval of prices below the lowest discount, before an order comes into force (R-217, R-353)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.database.lines import lines_of
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.words import msg
from plugins.sales.models import Order, OrderLine
from plugins.sales.operations.ordering import DISCOUNT, pass_price, send_back, take_back
from plugins.sales.permissions import ORDER


def _lines(session: Session, order: Order) -> list[list[Any]]:
    """What is ordered, line by line."""
    return [[line.code, str(line.quantity), str(line.price), str(line.discount)] for line in lines_of(session, OrderLine, order.id)]


APPROVALS = (
    ApprovalKind(
        DISCOUNT,
        msg("Price below the lowest discount"),
        ORDER,
        Order,
        chain=(Step(msg("Approval by finance"), (Asked(Who.ROLE, role="finance_manager"),)),),
        content=_lines,
        on_approved=pass_price,
        on_returned=send_back,
        on_rejected=send_back,
        on_withdrawn=take_back,
        fields=("kind", "confirmation"),
        by_hand=False,
        decided_by=("approve_discount", "refuse_discount", "approve_review", "return"),
        source="R-217",
    ),
)
