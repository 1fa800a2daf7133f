"""Kinds and states of an order (R-098, R-214 to R-220)."""

from __future__ import annotations

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class OrderKind(Choice):
    """Where the goods come from (R-216)."""

    STOCK = "stock", msg("Stock order")
    MADE_TO_ORDER = "made_to_order", msg("Made to order")


class OrderState(Choice):
    """Where an order stands. In force only after finance has passed a low price and the review has passed special goods (R-352, R-353)."""

    DRAFT = "draft", msg("Draft"), "idle"
    PRICE_REVIEW = "price_review", msg("Waiting for finance"), "wait"
    IN_REVIEW = "in_review", msg("Order review"), "wait"
    EFFECTIVE = "effective", msg("In force"), "good"
    CLOSED = "closed", msg("Closed"), "idle"
    CANCELLED = "cancelled", msg("Cancelled"), "idle", NOT_COUNTED


_S = OrderState
LIFECYCLE = Lifecycle(
    _S.DRAFT,
    (
        Transition("submit", (_S.DRAFT,), _S.EFFECTIVE, msg("Submit")),
        Transition("approve_discount", (_S.PRICE_REVIEW,), _S.EFFECTIVE, msg("Approve the price")),
        Transition("refuse_discount", (_S.PRICE_REVIEW,), _S.DRAFT, msg("Refuse the price")),
        Transition("approve_review", (_S.IN_REVIEW,), _S.EFFECTIVE, msg("Pass the review")),
        Transition("return", (_S.IN_REVIEW,), _S.DRAFT, msg("Return")),
        Transition("close", (_S.EFFECTIVE,), _S.CLOSED, msg("Close")),
        Transition("cancel", (_S.DRAFT, _S.PRICE_REVIEW, _S.IN_REVIEW, _S.EFFECTIVE), _S.CANCELLED, msg("Cancel the order")),
    ),
)
"""Where the table says “in force”, :func:`gate` names the gate that is still before it."""
WAITING = (_S.PRICE_REVIEW, _S.IN_REVIEW)
"""Somebody else has to act."""
UNDER_WAY = (_S.DRAFT, _S.PRICE_REVIEW, _S.IN_REVIEW, _S.EFFECTIVE)
"""Orders for which something still has to be delivered."""
RESTING = (_S.PRICE_REVIEW, _S.IN_REVIEW, _S.EFFECTIVE, _S.CLOSED)
"""Orders that use what they rest on; a draft does not yet, and what was cancelled gives it back."""
COUNTED = (_S.EFFECTIVE, _S.CLOSED)
"""Orders that were really placed."""


def gate(kind: OrderKind, *, cheap: bool, price_passed: bool = False, review_passed: bool = False) -> OrderState:
    """Where a submitted order stands next: before finance when a price is too low, before the review when made to order, else in force."""
    if cheap and not price_passed:
        return _S.PRICE_REVIEW
    if kind is OrderKind.MADE_TO_ORDER and not review_passed:
        return _S.IN_REVIEW
    return _S.EFFECTIVE


def order_number(year: int, number: int) -> str:
    """Number of an order: XS-2026-0042, given when it is first submitted."""
    return f"XS-{year}-{number:04d}"
