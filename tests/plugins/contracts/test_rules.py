"""States, numbers, sums and terms of contracts, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.errors import BadInput, IllegalTransition
from plugins.contracts.rules import LIFECYCLE, ContractState, amounts, contract_number, term_is_sound

TABLE = {
    ("draft", "sign"): "effective",
    ("draft", "return_for_data"): "returned",
    ("effective", "return_for_data"): "incomplete",
    ("returned", "complete_data"): "draft",
    ("incomplete", "complete_data"): "effective",
    ("effective", "expire"): "expired",
    ("effective", "terminate"): "terminated",
    ("incomplete", "terminate"): "terminated",
    ("draft", "void"): "void",
    ("returned", "void"): "void",
    ("effective", "void"): "void",
    ("incomplete", "void"): "void",
}
QUANTITIES = st.decimals("0.0001", "99999", places=4)
PRICES = st.decimals("0", "9999999", places=2)


@pytest.mark.parametrize("verb", ["sign", "return_for_data", "complete_data", "expire", "terminate", "void"])
@pytest.mark.parametrize("state", list(ContractState))
def test_a_contract_moves_only_as_the_table_says(state: ContractState, verb: str) -> None:
    target = TABLE.get((state, verb))
    if target is None:
        with pytest.raises(IllegalTransition):
            LIFECYCLE.move(state, verb)
    else:
        assert LIFECYCLE.move(state, verb) == target


@given(st.lists(st.tuples(QUANTITIES, PRICES), max_size=30))
def test_the_amount_is_the_sum_of_the_printed_line_amounts(lines: list[tuple[Decimal, Decimal]]) -> None:
    each, total = amounts(lines)
    assert total == sum(each, Decimal(0))
    for amount, (quantity, price) in zip(each, lines, strict=True):
        assert amount == amount.quantize(Decimal("0.01"))
        assert abs(amount - quantity * price) <= Decimal("0.005")


@given(st.lists(st.tuples(QUANTITIES, PRICES), min_size=1, max_size=10))
def test_the_order_of_the_lines_does_not_change_the_amount(lines: list[tuple[Decimal, Decimal]]) -> None:
    assert amounts(lines)[1] == amounts(list(reversed(lines)))[1]


def test_an_amount_that_no_database_can_hold_is_refused() -> None:
    with pytest.raises(BadInput):
        amounts([(Decimal(99999999999), Decimal(9999999999999))])


def test_half_a_fen_is_rounded_up() -> None:
    assert amounts([(Decimal("0.5"), Decimal("0.01"))])[1] == Decimal("0.01")


def test_numbers_carry_year_and_at_least_four_digits() -> None:
    assert contract_number(2026, 42) == "HT-2026-0042"
    assert contract_number(2026, 12345) == "HT-2026-12345"


def test_a_term_ends_no_sooner_than_it_starts() -> None:
    day = date(2026, 3, 18)
    assert term_is_sound(day, day)
    assert term_is_sound(None, day)
    assert not term_is_sound(day, date(2026, 3, 17))
