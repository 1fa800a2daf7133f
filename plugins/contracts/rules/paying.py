"""The payment schedule whatever the database: states of a part, and an amount split by shares to the fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.errors import BadInput
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.money import FEN
from core.kernel.words import msg
from plugins.contracts.rules.agreeing import ContractState

MOST_PARTS = 60
"""Parts of one payment schedule."""
WHOLE = Decimal(100)


class PartState(Choice):
    """Where a part of the payment schedule stands: only an invoiceable one may be invoiced (R-227, R-329)."""

    PLANNED = "planned", msg("Planned in a supplement"), "idle", NOT_COUNTED
    WAITING = "waiting", msg("Not yet invoiceable"), "wait"
    INVOICEABLE = "invoiceable", msg("Invoiceable"), "good"
    REPLACED = "replaced", msg("Replaced by a supplement"), "idle", NOT_COUNTED
    LAPSED = "lapsed", msg("Ended with its contract"), "idle", NOT_COUNTED


class ReleasedBy(Choice):
    """What makes a part invoiceable; a person may always do it earlier."""

    HAND = "hand", msg("Manually")
    DATE = "date", msg("On its due date")
    MILESTONE = "milestone", msg("On a project milestone")


PART_CYCLE = Lifecycle(
    PartState.WAITING,
    (
        Transition("release", (PartState.WAITING,), PartState.INVOICEABLE, msg("Make invoiceable")),
        Transition("agree", (PartState.PLANNED,), PartState.WAITING, msg("Agreed")),
        Transition("replace", (PartState.WAITING,), PartState.REPLACED, msg("Replaced")),
        Transition("lapse", (PartState.PLANNED, PartState.WAITING, PartState.INVOICEABLE), PartState.LAPSED, msg("Lapsed")),
    ),
)

COUNTED = (PartState.WAITING, PartState.INVOICEABLE)
"""The schedule that holds now: their sum is the amount of the contract."""
LAPSING = {"terminate": (PartState.PLANNED, PartState.WAITING), "void": (PartState.PLANNED, *COUNTED)}
"""What lapses with the contract: one that is terminated still owes what was invoiceable by then, one that is void never owed anything."""
PAYABLE = (ContractState.EFFECTIVE, ContractState.INCOMPLETE, ContractState.EXPIRED)
"""Contracts that invoices and receipts are booked against: signed, and neither terminated nor void; what is due outlives a term."""


ASKED_FOR: Mapping[str, Sequence[Choice]] = {"state": (PartState.INVOICEABLE,), "contract.state": PAYABLE}
"""What has to hold so that the customer may be asked for a part; until its condition has come, nobody is late with it (R-227, R-234)."""


def shares_of(text: str) -> list[Decimal]:
    """Shares in percent from what a person types, such as ``30, 60, 10`` or ``3-6-1``; they add up to 100 or to 10.

    Raises :class:`BadInput` under the field ``shares``.
    """
    pieces = [piece for piece in text.replace("，", ",").replace("、", ",").replace("-", ",").replace(" ", ",").split(",") if piece]
    try:
        shares = [Decimal(piece.rstrip("%％")) for piece in pieces]
    except InvalidOperation:
        raise _wrong_shares() from None
    if not shares or len(shares) > MOST_PARTS or not all(share.is_finite() and share > 0 for share in shares):
        raise _wrong_shares()
    if sum(shares) == WHOLE / 10:
        shares = [share * 10 for share in shares]
    if sum(shares) != WHOLE:
        raise _wrong_shares()
    return shares


def split(amount: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """``amount`` (yuan) by ``shares`` in percent, each rounded to the fen; the last part takes the rest, so that nothing is lost."""
    parts = [(amount * share / WHOLE).quantize(FEN, rounding=ROUND_HALF_UP) for share in shares[:-1]]
    return [*parts, amount - sum(parts, Decimal("0.00"))]


def titles_of(shares: Sequence[Decimal]) -> list[str]:
    """What parts are called until somebody gives them names: ``1/3 · 30%``.

    A title is written once and read by everybody, so it begins in nobody's language; the sign between keeps spreadsheets from reading a
    day into it.
    """
    return [f"{number}/{len(shares)} · {share.normalize():f}%" for number, share in enumerate(shares, 1)]


def _wrong_shares() -> BadInput:
    return BadInput(fields={"shares": msg("Please give shares in percent that add up to 100, such as 30, 60, 10.")})
