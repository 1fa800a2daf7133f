"""Oral contracts whatever the database: states."""

from __future__ import annotations

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class OralState(Choice):
    """Whether what was agreed by word of mouth stands in writing (R-226)."""

    OPEN = "open", msg("To be confirmed in writing"), "wait"
    CONFIRMED = "confirmed", msg("Confirmed in writing"), "good"
    WITHDRAWN = "withdrawn", msg("Withdrawn"), "idle", NOT_COUNTED


ORAL_CYCLE = Lifecycle(
    OralState.OPEN,
    (
        Transition("confirm", (OralState.OPEN,), OralState.CONFIRMED, msg("Confirm in writing")),
        Transition("withdraw", (OralState.OPEN,), OralState.WITHDRAWN, msg("Withdraw")),
    ),
)
