"""Names, codes and life cycles of customers, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from core.kernel.errors import IllegalTransition
from plugins.customers.rules import (
    CUSTOMER_CYCLE,
    REVIEW_CYCLE,
    CustomerState,
    Review,
    customer_code,
    is_credit_code,
    is_due,
    is_past_or_now,
    masked_name,
    name_key,
)

STATES = {
    ("pending", "approve"): "negotiating",
    ("negotiating", "cooperate"): "cooperating",
    ("suspended", "cooperate"): "cooperating",
    ("negotiating", "suspend"): "suspended",
    ("cooperating", "suspend"): "suspended",
    ("suspended", "resume"): "negotiating",
}
REVIEWS = {("pending", "approve"): "approved", ("pending", "return"): "returned", ("returned", "submit"): "pending"}


@pytest.mark.parametrize("verb", ["approve", "cooperate", "suspend", "resume"])
@pytest.mark.parametrize("state", list(CustomerState))
def test_a_customer_moves_only_as_the_table_says(state: CustomerState, verb: str) -> None:
    target = STATES.get((state, verb))
    if target is None:
        with pytest.raises(IllegalTransition):
            CUSTOMER_CYCLE.move(state, verb)
    else:
        assert CUSTOMER_CYCLE.move(state, verb) == target


@pytest.mark.parametrize("verb", ["approve", "return", "submit"])
@pytest.mark.parametrize("state", list(Review))
def test_a_review_moves_only_as_the_table_says(state: Review, verb: str) -> None:
    target = REVIEWS.get((state, verb))
    if target is None:
        with pytest.raises(IllegalTransition):
            REVIEW_CYCLE.move(state, verb)
    else:
        assert REVIEW_CYCLE.move(state, verb) == target


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏州恒锐精密机械有限公司", "苏州恒锐精密机械"),
        ("苏州恒锐（集团）股份有限公司", "苏州恒锐(集团)"),
        ("ＡＢＣ 机电有限责任公司", "abc机电有限公司"),
        ("Acme Pumps Co.,Ltd.", "ACME PUMPS"),
    ],
)
@pytest.mark.requirement("R-339")
def test_names_that_mean_the_same_customer_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_the_key_keeps_what_tells_customers_apart() -> None:
    assert name_key("苏州恒锐精密机械有限公司") != name_key("苏州恒锐精密模具厂")
    assert name_key("公司") == "公司"


@given(st.text(max_size=120))
def test_every_name_has_a_key_that_fits_its_column(name: str) -> None:
    assert len(name_key(name)) <= 200


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=15, max_size=15))
def test_a_credit_code_with_a_wrong_check_digit_is_refused(middle: str) -> None:
    start = f"91{middle}"
    right = uscc.calc_check_digit(start)
    wrong = next(letter for letter in "0123456789" if letter != right)
    assert not is_credit_code(start + wrong)


def test_a_credit_code_of_the_register_is_accepted() -> None:
    assert is_credit_code("91110000600037341L")
    assert not is_credit_code("91110000600037341")
    assert not is_credit_code("")


def test_a_masked_name_tells_the_surname_alone() -> None:
    assert masked_name("王建国") == "王**"


def test_codes_carry_year_and_five_digits() -> None:
    assert customer_code(2026, 318) == "KH-2026-00318"


def test_clocks_may_differ_by_ten_minutes_and_no_more() -> None:
    moment = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
    assert is_past_or_now(moment + timedelta(minutes=10), moment)
    assert not is_past_or_now(moment + timedelta(minutes=11), moment)


def test_a_next_contact_is_due_from_its_day_on() -> None:
    day = date(2026, 3, 18)
    assert is_due(day, day)
    assert not is_due(day + timedelta(days=1), day)
    assert not is_due(None, day)
