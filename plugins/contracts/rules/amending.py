"""Supplements whatever the database: states and numbers."""

from __future__ import annotations

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class SupplementState(Choice):
    """A supplement changes its contract when it is signed, and only then."""

    DRAFT = "draft", msg("Draft"), "idle"
    SIGNED = "signed", msg("Signed"), "good"
    DROPPED = "dropped", msg("Discarded"), "idle", NOT_COUNTED


SUPPLEMENT_CYCLE = Lifecycle(
    SupplementState.DRAFT,
    (
        Transition("sign", (SupplementState.DRAFT,), SupplementState.SIGNED, msg("Sign")),
        Transition("drop", (SupplementState.DRAFT,), SupplementState.DROPPED, msg("Discard")),
    ),
)


def supplement_number(contract_number: str, count: int) -> str:
    """Number of the ``count``-th signed supplement of a contract: HT-2026-0042-B1."""
    return f"{contract_number}-B{count}"
