"""What holds for contracts whatever the database: states, numbers, sums, terms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from core.kernel.choices import NOT_COUNTED, Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.money import line_amount, yuan
from core.kernel.words import msg

MOST_LINES = 200
"""Lines of one contract."""


class ContractState(Choice):
    """Where a contract stands (R-104, R-224)."""

    DRAFT = "draft", msg("Draft"), "idle"
    RETURNED = "returned", msg("Returned for data"), "wait"
    EFFECTIVE = "effective", msg("In force"), "good"
    INCOMPLETE = "incomplete", msg("Signed, data missing"), "wait"
    EXPIRED = "expired", msg("Expired"), "idle"
    TERMINATED = "terminated", msg("Terminated"), "idle"
    VOID = "void", msg("Void"), "bad", NOT_COUNTED


_S = ContractState
LIFECYCLE = Lifecycle(
    _S.DRAFT,
    (
        Transition("sign", (_S.DRAFT,), _S.EFFECTIVE, msg("Sign")),
        Transition("return_for_data", (_S.DRAFT,), _S.RETURNED, msg("Return for data")),
        Transition("return_for_data", (_S.EFFECTIVE,), _S.INCOMPLETE, msg("Return for data")),
        Transition("complete_data", (_S.RETURNED,), _S.DRAFT, msg("Mark data complete")),
        Transition("complete_data", (_S.INCOMPLETE,), _S.EFFECTIVE, msg("Mark data complete")),
        Transition("expire", (_S.EFFECTIVE,), _S.EXPIRED, msg("Expire")),
        Transition("amend", (_S.EFFECTIVE,), _S.EFFECTIVE, msg("Change by a supplement")),
        Transition("amend", (_S.INCOMPLETE,), _S.INCOMPLETE, msg("Change by a supplement")),
        Transition("terminate", (_S.EFFECTIVE, _S.INCOMPLETE), _S.TERMINATED, msg("Terminate")),
        Transition("void", (_S.DRAFT, _S.RETURNED, _S.EFFECTIVE, _S.INCOMPLETE), _S.VOID, msg("Void")),
    ),
)

OPEN = (_S.DRAFT, _S.RETURNED)
"""Not signed yet: still editable, and follows the customer at a handover."""
SIGNED = (_S.EFFECTIVE, _S.INCOMPLETE, _S.EXPIRED, _S.TERMINATED)
"""Signed and not void: counts for the contract value of a customer."""
RUNNING = (_S.EFFECTIVE, _S.INCOMPLETE)
"""Signed and in force."""


def contract_number(year: int, number: int) -> str:
    """Number of a contract: HT-2026-0042. ``year`` is that of the signing."""
    return f"HT-{year}-{number:04d}"


def amounts(lines: Iterable[tuple[Decimal, Decimal]]) -> tuple[list[Decimal], Decimal]:
    """Amount of each (quantity, price) and their sum, in yuan; the sum is that of the printed amounts.

    Raises :class:`BadInput` when one of them is too large to be stored.
    """
    each = [yuan(line_amount(quantity, price)) for quantity, price in lines]
    return each, yuan(sum(each, Decimal("0.00")))


def term_is_sound(starts_on: date | None, ends_on: date | None) -> bool:
    """Whether the term does not end before it starts; an open side is sound."""
    return starts_on is None or ends_on is None or starts_on <= ends_on
