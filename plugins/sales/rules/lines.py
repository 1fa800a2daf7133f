"""Sums of lines: what a unit costs after its discount, and whether that is too little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from core.kernel.money import FEN, line_amount, yuan

MOST_LINES = 200
"""Lines of one document."""
WHOLE = Decimal(100)
"""Per cent of the price: nothing is taken off."""


def net_price(price: Decimal, discount: Decimal | None) -> Decimal:
    """What a unit costs in yuan when ``discount`` per cent of ``price`` are paid; rounded half up to fen."""
    share = WHOLE if discount is None else discount
    return (price * share / WHOLE).quantize(FEN, rounding=ROUND_HALF_UP)


def amount_of(quantity: Decimal, price: Decimal, discount: Decimal | None) -> Decimal:
    """Amount of a line in yuan; raises :class:`BadInput` when it is too large to be stored."""
    return yuan(line_amount(quantity, net_price(price, discount)))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Sum of the printed amounts, in yuan; raises :class:`BadInput` when it is too large to be stored."""
    return yuan(sum(amounts, Decimal("0.00")))


def is_too_cheap(net: Decimal, list_price: Decimal, lowest_discount: Decimal | None) -> bool:
    """Whether a unit is sold for less than the company allows without the leave of finance (R-349).

    Compared with the list price of the product, so that a lowered price is no way round the lowest discount.
    """
    return lowest_discount is not None and net < net_price(list_price, lowest_discount)


def is_same_deal(ordered: Iterable[tuple[int, Decimal, Decimal]], passed: Iterable[tuple[int, Decimal, Decimal]]) -> bool:
    """Whether goods, given as (product, quantity, amount), are exactly those of ``passed`` and none of them is sold for less.

    The quantities have to be the same: fewer pieces at the price of many are cheaper than what was passed, more are another deal.
    """
    wanted, agreed = _by_product(ordered), _by_product(passed)
    return wanted.keys() == agreed.keys() and all(
        quantity == agreed[product][0] and amount >= agreed[product][1] for product, (quantity, amount) in wanted.items()
    )


def _by_product(goods: Iterable[tuple[int, Decimal, Decimal]]) -> Mapping[int, tuple[Decimal, Decimal]]:
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for product, quantity, amount in goods:
        before = found.get(product, (Decimal(0), Decimal(0)))
        found[product] = (before[0] + quantity, before[1] + amount)
    return found
