"""Which of the earlier prices of a customer say most to somebody who quotes (R-213)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from plugins.sales.public import EarlierPrice

OF_ONE_PRODUCT = 5
"""Prices of one product that are shown; the older ones say little."""


def worth_telling(prices: Iterable[EarlierPrice], named: Collection[str], most: int) -> list[EarlierPrice]:
    """At most ``most`` of ``prices`` (newest first): the ``named`` products (code or name) before others, a few of each."""
    kept: list[EarlierPrice] = []
    seen: Counter[str] = Counter()
    for one in prices:
        product = one.code or one.name
        seen[product] += 1
        if seen[product] <= OF_ONE_PRODUCT:
            kept.append(one)
    return sorted(kept, key=lambda one: one.code not in named and one.name not in named)[:most]
