"""An amount that is typed or pasted stands as amounts stand everywhere, and is sent as a plain number."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow

SENT = "form => new FormData(form).get('amount')"


@pytest.mark.requirement("R-198")
def test_an_amount_gets_its_separators_when_the_field_is_left_and_is_sent_without_them(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/opportunities/add")
    form, amount = window.page.locator("main form[data-form]"), window.page.locator("main [name=amount]")
    for typed, shown, sent in (
        ("1234567.8", "1,234,567.80", "1234567.80"),
        ("￥1,234.50", "1,234.50", "1234.50"),
        ("１２３", "123.00", "123.00"),
        ("9999999999999.99", "9,999,999,999,999.99", "9999999999999.99"),
        ("三万", "三万", "三万"),
        ("1.234", "1.234", "1.234"),
    ):
        amount.fill(typed)
        amount.blur()
        expect(amount).to_have_value(shown)
        assert form.evaluate(SENT) == sent
    assert window.complaints == []
