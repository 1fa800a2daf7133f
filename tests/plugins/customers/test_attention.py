"""Saved views that say which customers ask for attention: out of touch, incomplete, called otherwise in the ERP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.access.administration import set_parameter
from core.kernel.clock import now
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, suspend_customer, write_interaction
from tests.plugins.conftest import Trade
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


def named_in(browser: Browser, view: str, *customers: Customer) -> list[int]:
    """Places of those of ``customers`` that the view shows."""
    page = browser.get(f"/customers/?view={view}").text
    return [place for place, customer in enumerate(customers) if re.search(rf"/customers/{customer.id}\b", page)]


def contacted(trade: Trade, world: World, days: int, star: int | None, **values: object) -> Customer:
    """A customer of so many stars that was last contacted ``days`` ago."""
    customer = trade.customer(star_grade=star, **values)
    moment = now() - timedelta(days=days)
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "电话问候", "at": moment}, moment=moment)
    return customer


@pytest.mark.requirement("R-184", "R-317", "R-356", "R-357")
def test_the_star_grade_says_how_often_a_customer_is_contacted(trade: Trade, world: World, client_for: ClientFor) -> None:
    spans = ((6, 5), (8, 5), (15, 4), (31, 3), (61, 2), (61, 1), (91, None))
    customers = [contacted(trade, world, days, star, name=f"客户{days}天{star}星") for days, star in spans]
    never, resting = trade.customer(name="从未联系"), contacted(trade, world, 400, 5, name="已暂停")
    with world.use_case("sales.east1") as session:
        suspend_customer(session, resting.id, None, reason="停产")
    late = [place for place, (days, star) in enumerate(spans) if days > (90, 60, 30, 14, 7)[(star or 1) - 1]]
    assert named_in(client_for("sales.east1"), "silent", *customers, never, resting) == [*late, len(customers)]
    assert named_in(client_for("head.east"), "silent", *customers) == late
    assert named_in(client_for("sales.west1"), "silent", *customers, never) == []
    with world.use_case("admin") as session:
        set_parameter(session, "customers.contact_days_5", 5)
    assert named_in(client_for("sales.east1"), "silent", *customers[:2]) == [0, 1]


@pytest.mark.requirement("R-438")
def test_records_with_gaps_are_listed_and_counted_by_owner(trade: Trade, client_for: ClientFor) -> None:
    whole = trade.customer(name="资料齐全", industry="制造业", region="江苏")
    gaps = [trade.customer(name=f"缺{gap}", **{"industry": "制造业", "region": "江苏", gap: None}) for gap in ("region", "industry")]
    browser = client_for("head.east")
    assert named_in(browser, "incomplete", whole, *gaps) == [1, 2]
    assert "owner" in browser.get("/customers/chart?view=incomplete&by=owner").text
    assert browser.get("/customers/?view=incomplete&owner=1").status_code == 200


@pytest.mark.requirement("R-331")
def test_customers_that_the_erp_calls_otherwise_are_listed_for_their_salesperson(trade: Trade, world: World, client_for: ClientFor) -> None:
    same, other, unknown = trade.customer(name="同名公司"), trade.customer(name="异名公司"), trade.customer(name="未入账公司")
    with world.use_case("sales.east1") as session:
        change_customer(session, same.id, None, {"erp_name": "同名公司"})
        change_customer(session, other.id, None, {"erp_name": "异名公司（苏州）"})
    assert named_in(client_for("sales.east1"), "erp", same, other, unknown) == [1]
    assert named_in(client_for("sales.west1"), "erp", same, other, unknown) == []
