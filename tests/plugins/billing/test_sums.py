"""A hundred thousand documents of any shape add up to the fen: what the rules say is compared with fractions that know no rounding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.kernel.money import from_fen
from plugins.billing.rules.ageing import Due, open_parts
from plugins.billing.rules.money import ZERO, split_tax, spread
from plugins.billing.rules.states import TaxRate
from plugins.contracts.rules import split
from plugins.sales.rules.lines import amount_of, total
from tests.sizes import sized

DOCUMENTS = sized(2_400, 100_000)
BATCH = 20
"""Documents that hypothesis draws at once: it shrinks a failure to one of them."""
Line = tuple[int, int, int | None]
"""Ten-thousandths of a piece, fen of a piece, ten-thousandths of a per cent that are paid."""
LINES = st.lists(
    st.tuples(st.integers(1, 10**8), st.integers(0, 10**9), st.none() | st.integers(1, 1_000_000)),
    min_size=1,
    max_size=3,
)
SHARES = st.lists(st.integers(1, 99), max_size=2, unique=True).map(sorted)
"""Cuts of a whole of 100 per cent."""
USES = st.lists(st.integers(0, 1_000), min_size=1, max_size=3)
"""What is invoiced, received or taken back, one after the other, in thousandths of the document."""


@dataclass(frozen=True)
class Document:
    """Lines, how they are taxed and paid for, and what comes in for them."""

    lines: list[Line]
    rate: TaxRate
    cuts: list[int]
    uses: list[int]

    @property
    def percents(self) -> list[int]:
        """The payment schedule: what lies between the cuts."""
        edges = [0, *self.cuts, 100]
        return [last - first for first, last in pairwise(edges)]


@dataclass
class Account:
    """What all documents come to, by the rules in yuan and by fractions in fen."""

    documents: int = 0
    by_rules: Decimal = ZERO
    in_fen: int = 0
    sizes: set[int] = field(default_factory=set)


DOCUMENT = st.builds(Document, LINES, st.sampled_from(list(TaxRate)), SHARES, USES)


def test_any_hundred_thousand_documents_add_up_to_the_fen() -> None:
    """Lines with discounts to a sum, that to net and tax, to a payment schedule, to invoices, receipts and red letters, to the account."""
    account = Account()

    @settings(max_examples=DOCUMENTS // BATCH, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(DOCUMENT, min_size=BATCH, max_size=BATCH))
    def batch(documents: list[Document]) -> None:
        for document in documents:
            book(document, account)

    batch()
    assert account.documents >= DOCUMENTS
    assert account.by_rules == Decimal(account.in_fen) / 100 > 0
    assert account.sizes == {1, 2, 3}


def book(document: Document, account: Account) -> None:
    """Check one document and put it on the account."""
    gross, fen = sum_of(document.lines)
    check_tax(gross, fen, document.rate)
    parts = check_schedule(gross, fen, document.percents)
    paid, left = check_uses(fen, parts, document.uses)
    account.documents += 1
    account.sizes.add(len(document.lines))
    account.by_rules += gross - paid
    account.in_fen += left


def sum_of(lines: list[Line]) -> tuple[Decimal, int]:
    """The sum of the lines by the rules, and in whole fen: price after the discount and amount are each rounded as they are printed."""
    amounts, fen = [], 0
    for quantity, price, discount in lines:
        share = None if discount is None else Decimal(discount).scaleb(-4)
        amounts.append(amount_of(Decimal(quantity).scaleb(-4), from_fen(price), share))
        net = half_up(Fraction(price) * Fraction(1_000_000 if discount is None else discount, 1_000_000))
        printed = half_up(Fraction(quantity, 10_000) * net)
        assert fen_of(amounts[-1]) == printed
        fen += printed
    gross = total(amounts)
    assert fen_of(gross) == fen
    return gross, fen


def check_tax(gross: Decimal, fen: int, rate: TaxRate) -> None:
    """The net is the gross without the tax, rounded once; the two are the gross."""
    net, tax = split_tax(gross, rate.fraction)
    assert fen_of(net) == half_up(Fraction(fen) * 100 / (100 + int(rate.value)))
    assert fen_of(net) + fen_of(tax) == fen


def check_schedule(gross: Decimal, fen: int, percents: list[int]) -> list[Decimal]:
    """Each part is its share, rounded; the last one takes what rounding left over."""
    parts = split(gross, [Decimal(one) for one in percents])
    each = [half_up(Fraction(fen * one, 100)) for one in percents[:-1]]
    assert [fen_of(part) for part in parts] == [*each, fen - sum(each)]
    return parts


def check_uses(fen: int, parts: list[Decimal], uses: list[int]) -> tuple[Decimal, int]:
    """Money fills the parts from the first on and never more than there is: (what was used by the rules, what is left in fen)."""
    day, rooms, used, left = date(2026, 1, 1), list(parts), ZERO, fen
    for use in uses:
        wanted = fen * use // 1_000
        shares = spread(from_fen(wanted), rooms)
        assert sum(map(fen_of, shares)) == min(wanted, left)
        rooms = [room - share for room, share in zip(rooms, shares, strict=True)]
        used += sum(shares, ZERO)
        left -= min(wanted, left)
        dues = [Due(number, day + timedelta(days=number), part) for number, part in enumerate(parts)]
        assert open_parts(dues, used) == {number: room for number, room in enumerate(rooms) if room > 0}
    assert sum(map(fen_of, rooms)) == left >= 0
    return used, left


def half_up(value: Fraction) -> int:
    """Whole fen, a half going up; ``value`` is not below 0."""
    return floor(value + Fraction(1, 2))


def fen_of(amount: Decimal) -> int:
    """Whole fen of an amount by fractions; fails for one that has parts of a fen."""
    fen = Fraction(amount) * 100
    assert fen.denominator == 1
    return fen.numerator


@pytest.mark.parametrize(("value", "fen"), [(Fraction(1, 2), 1), (Fraction(49, 100), 0), (Fraction(5, 2), 3), (Fraction(7), 7)])
def test_the_yardstick_rounds_a_half_up(value: Fraction, fen: int) -> None:
    assert half_up(value) == fen
