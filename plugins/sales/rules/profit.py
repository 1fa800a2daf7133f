"""Gross profit of a document, and whether it is what is asked for (R-348). Exact: nothing is rounded before it is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from core.kernel.money import FEN
from core.kernel.words import Message, msg

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Minimum:
    """The gross profit that is asked for: ``rate`` in per cent of the amount, ``amount`` in yuan; None asks for nothing."""

    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Profit:
    """What the lines bring whose goods have a known cost: ``revenue`` and ``cost`` in yuan."""

    revenue: Decimal
    cost: Decimal

    @property
    def amount(self) -> Decimal:
        """Gross profit in yuan to the fen; below 0 for a loss."""
        return (self.revenue - self.cost).quantize(FEN, rounding=ROUND_HALF_UP)

    @property
    def rate(self) -> Decimal:
        """In per cent of the revenue, to one decimal, for people to read."""
        return ((self.revenue - self.cost) * WHOLE / self.revenue).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def wrong_minimum(rate: Decimal | None, amount: Decimal | None) -> Mapping[str, Message]:
    """What is wrong with a minimum that somebody enters, by field; a rate is something of the amount and never all of it."""
    wrong: dict[str, Message] = {}
    if rate is not None and not 0 <= rate < WHOLE:
        wrong["least_profit_rate"] = msg("A gross profit rate is a percentage from 0 to below 100. Please check it.")
    if amount is not None and amount < 0:
        wrong["least_profit"] = msg("The amount must not be below 0. Please check it.")
    return wrong


def profit_of(lines: Iterable[tuple[Decimal, Decimal, Decimal | None]]) -> Profit | None:
    """Of lines as (amount, quantity, cost of a unit or None); None where no cost is known or nothing is paid."""
    known = [(amount, quantity * cost) for amount, quantity, cost in lines if cost is not None]
    found = Profit(sum((amount for amount, _ in known), Decimal(0)), sum((cost for _, cost in known), Decimal(0)))
    return found if found.revenue > 0 else None


def needed(profit: Profit, minimum: Minimum) -> Decimal:
    """The gross profit in yuan that is asked for, rounded up to fen; 0 for nothing."""
    share = (profit.revenue * (minimum.rate or 0) / WHOLE).quantize(FEN, rounding=ROUND_UP)
    return max(share, minimum.amount or Decimal("0.00"))


def shortfall(profit: Profit | None, minimum: Minimum) -> Message | None:
    """Why the profit is too small, in a sentence that tells no cost; None when it is enough, or nobody knows it."""
    if profit is None:
        return None
    if minimum.rate is not None and (profit.revenue - profit.cost) * WHOLE < profit.revenue * minimum.rate:
        return msg("The gross profit is below the minimum of %(rate)s%% of the amount.", rate=f"{minimum.rate.normalize():f}")
    if minimum.amount is not None and profit.revenue - profit.cost < minimum.amount:
        return msg("The gross profit is below the minimum of ¥%(amount)s.", amount=f"{minimum.amount:,.2f}")
    return None
