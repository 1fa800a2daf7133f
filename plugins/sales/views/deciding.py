"""Verbs by which somebody else decides about an order or a quotation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.database.fields import Field
from core.kernel.acting import actor
from core.kernel.lifecycle import Lifecycle
from core.kernel.words import Message, msg
from core.web.nouns import Act, while_allowed
from plugins.sales.permissions import APPROVE_DISCOUNT

REASON = Field("text", msg("Reason"), "reason", required=True, max_length=500)


def by_another(lifecycle: Lifecycle[Any], verb: str) -> Callable[[Any], Message | None]:
    """``why_not`` of a decision: possible when the life cycle says so, for anybody but the owner of the document."""

    def why_not(document: Any) -> Message | None:
        refused = while_allowed(lifecycle, verb)(document)
        return refused or (
            msg("Somebody else decides about what you wrote yourself.") if document.owner_id == actor().employee_id else None
        )

    return why_not


def price_acts(cycle: Lifecycle[Any], approve: Callable[..., Any], refuse: Callable[..., Any]) -> tuple[Act, Act]:
    """How finance decides about a low price (R-217, R-349)."""
    passing, refusing = by_another(cycle, "approve_discount"), by_another(cycle, "refuse_discount")
    return (
        Act("approve_discount", msg("Approve the price"), approve, APPROVE_DISCOUNT, "percentage", (), passing),
        Act("refuse_discount", msg("Refuse the price"), refuse, APPROVE_DISCOUNT, "thumb-down", (REASON,), refusing),
    )
