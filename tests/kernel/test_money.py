"""Amounts as people type and paste them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.kernel.errors import BadInput
from core.kernel.money import yuan


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1234.5", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("¥1,234.50", "1234.50"),
        ("￥1，234．50", "1234.50"),
        ("１２３", "123.00"),
        (" 1 234.50 元 ", "1234.50"),
        ("-1,234.50", "-1234.50"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, meant: str) -> None:
    assert yuan(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "¥", "1.234,50", "12元5角", "1e3元x", "一百"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        yuan(typed)
