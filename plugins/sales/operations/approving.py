"""Approval of prices below the lowest discount, before a quotation is sent or an order comes into force (R-217, R-349, R-353)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.database.lines import lines_of
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.words import msg
from plugins.sales.models import Order, OrderLine, Quotation, QuotationLine
from plugins.sales.models.line import ProductLine
from plugins.sales.operations.ordering import DISCOUNT, pass_price, send_back, take_back
from plugins.sales.operations.quoting import LOW_PRICE, pass_low_price, send_quotation_back, take_quotation_back
from plugins.sales.permissions import ORDER, QUOTATION


def _goods(session: Session, model: type[ProductLine], document: Any) -> list[list[Any]]:
    """What is ordered or quoted, line by line."""
    return [[line.code, str(line.quantity), str(line.price), str(line.discount)] for line in lines_of(session, model, document.id)]


CHAIN = (Step(msg("Approval by finance"), (Asked(Who.ROLE, role="finance_manager"),)),)
APPROVALS = (
    ApprovalKind(
        DISCOUNT,
        msg("Order price approval"),
        ORDER,
        Order,
        chain=CHAIN,
        content=lambda session, order: _goods(session, OrderLine, order),
        on_approved=pass_price,
        on_returned=send_back,
        on_rejected=send_back,
        on_withdrawn=take_back,
        fields=("kind", "confirmation"),
        by_hand=False,
        decided_by=("approve_discount", "refuse_discount", "approve_review", "return"),
        source="R-217",
    ),
    ApprovalKind(
        LOW_PRICE,
        msg("Quotation price approval"),
        QUOTATION,
        Quotation,
        chain=CHAIN,
        content=lambda session, quotation: _goods(session, QuotationLine, quotation),
        on_approved=pass_low_price,
        on_returned=send_quotation_back,
        on_rejected=send_quotation_back,
        on_withdrawn=take_quotation_back,
        by_hand=False,
        source="R-349",
    ),
)
