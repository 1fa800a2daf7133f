"""States of a quotation, its number and the days on which it can be answered (R-097, R-212)."""

from __future__ import annotations

from datetime import date

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class QuotationState(Choice):
    """Where a quotation stands. It is sent only after finance has passed a low price, as an order comes into force only then (R-353)."""

    DRAFT = "draft", msg("Draft"), "idle"
    PRICE_REVIEW = "price_review", msg("Waiting for finance"), "wait"
    READY = "ready", msg("Finalised"), "run"
    SENT = "sent", msg("Sent"), "run"
    ACCEPTED = "accepted", msg("Accepted"), "good"
    DECLINED = "declined", msg("Declined"), "bad"
    EXPIRED = "expired", msg("Expired"), "idle"
    REPLACED = "replaced", msg("Superseded"), "idle", NOT_COUNTED


_S = QuotationState
LIFECYCLE = Lifecycle(
    _S.DRAFT,
    (
        Transition("submit", (_S.DRAFT,), _S.READY, msg("Finalise")),
        Transition("approve_discount", (_S.PRICE_REVIEW,), _S.READY, msg("Approve the price")),
        Transition("refuse_discount", (_S.PRICE_REVIEW,), _S.DRAFT, msg("Refuse the price")),
        Transition("rework", (_S.READY,), _S.DRAFT, msg("Back to draft")),
        Transition("send", (_S.DRAFT, _S.READY), _S.SENT, msg("Mark as sent")),
        Transition("accept", (_S.SENT, _S.EXPIRED), _S.ACCEPTED, msg("Customer accepted")),
        Transition("decline", (_S.SENT, _S.EXPIRED), _S.DECLINED, msg("Customer declined")),
        Transition("expire", (_S.SENT,), _S.EXPIRED, msg("Expire")),
        Transition("replace", (_S.SENT, _S.DECLINED, _S.EXPIRED), _S.REPLACED, msg("Replace")),
    ),
)
"""A price that is too low leads from the draft to finance first. What has expired is still answered for a day on which it was valid."""
REVISED = (_S.SENT, _S.DECLINED, _S.EXPIRED)
"""The customer has it and no order can rest on it yet: a new edition may take its place."""
QUOTED = (_S.SENT, _S.ACCEPTED, _S.DECLINED, _S.EXPIRED, _S.REPLACED)
"""The customer has seen these prices."""
IN_PROGRESS = (_S.DRAFT, _S.PRICE_REVIEW, _S.READY, _S.SENT)
"""Somebody still has to do something about it."""


def quotation_number(year: int, number: int) -> str:
    """Number of a quotation: BJ-2026-0042, given when it is first made ready or sent; every edition of it has the same."""
    return f"BJ-{year}-{number:04d}"


def days_are_sound(quoted_on: date | None, valid_until: date | None) -> bool:
    """Whether a quotation is valid at least on the day it bears; an open side is sound."""
    return quoted_on is None or valid_until is None or quoted_on <= valid_until
