"""The customer's file: what is known of a customer and what was talked, on one page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugins.customers.operations import add_contact, change_customer, write_interaction
from tests.plugins.conftest import Trade
from tests.world import Browser, World


@pytest.mark.requirement("R-067")
def test_the_file_holds_data_needs_preferences_people_and_talks(trade: Trade, world: World, client_for: Callable[[str], Browser]) -> None:
    customer = trade.customer(industry="专用设备制造", region="江苏")
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"needs": "二期厂房要无油机", "preferences": "只在上午接电话"})
        add_contact(session, {"customer": customer.id, "name": "刘建国"})
        write_interaction(session, {"customer": customer.id, "content": "看过一期机房"})
    browser = client_for("sales.east1")
    page = browser.get(f"/customers/{customer.id}").text
    assert all(known in page for known in (customer.name, "专用设备制造", "二期厂房要无油机", "只在上午接电话"))
    assert "看过一期机房" in browser.get(f"/customers/{customer.id}?tab=timeline").text
    assert "刘建国" in browser.get(f"/customers/{customer.id}?tab=contacts").text
