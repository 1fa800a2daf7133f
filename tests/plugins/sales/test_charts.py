"""Charts of lists: what is drawn, in which order, for whom, and where each part leads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from core.access.administration import change_employee
from core.kernel.errors import StartRefused
from plugins.customers.views import CUSTOMERS
from plugins.sales.operations import advance_opportunity, lose_opportunity
from tests.charted import drawn
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.plugins.sales.test_board import stages
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


@pytest.mark.requirement("R-413")
def test_a_funnel_follows_the_stages_and_leaves_out_what_the_list_leaves_out(client_for: ClientFor, world: World, shop: Shop) -> None:
    _, second, third = shop.opportunity(), shop.opportunity(amount=Decimal("1234.50")), shop.opportunity()
    names = [stage.name for stage in stages(world)]
    with world.use_case(SELLER) as session:
        advance_opportunity(session, second.id, None, stage=stages(world)[3].id)
        lose_opportunity(session, third.id, None, reason="price")
    page = client_for(SELLER).get("/opportunities/chart?by=stage&measure=amount&draw=funnel&state=open").text
    assert drawn(page) == [(names[0], 50_000.0), (names[3], 1234.5)]
    assert drawn(client_for("sales.west1").get("/opportunities/chart?by=stage").text) == []


@pytest.mark.requirement("R-414")
def test_months_without_anything_are_drawn_too_and_lead_to_their_days(client_for: ClientFor, shop: Shop) -> None:
    for day in (date(2027, 1, 31), date(2027, 4, 1)):
        shop.opportunity(expected_on=day)
    shop.opportunity()
    page = client_for(SELLER).get("/opportunities/chart?by=expected_on").text
    assert drawn(page) == [("2027-01", 1.0), ("2027-02", 0.0), ("2027-03", 0.0), ("2027-04", 1.0)]
    assert re.search(r'未填“[^”]+”： <a href="[^"]*expected_on=[^"]+">1</a>', page)  # without a day there is no place on the axis
    money = drawn(client_for(SELLER).get("/opportunities/chart?by=expected_on&measure=amount&expected_on_from=2027-01-01").text)
    assert money == [("2027-01", 50_000.0), ("2027-02", 0.0), ("2027-03", 0.0), ("2027-04", 50_000.0)]
    assert "expected_on_from=2027-02-01&amp;expected_on_to=2027-02-28" in page
    quarters = client_for(SELLER).get("/opportunities/chart?by=expected_on&each=quarter&expected_on_from=2027-02-01").text
    assert drawn(quarters) == [("2027 Q1", 0.0), ("2027 Q2", 1.0)]
    asked = client_for(SELLER).get("/opportunities/chart?by=expected_on&expected_on_from=2026-12-01&expected_on_to=2027-05-31").text
    assert [number for _, number in drawn(asked)] == [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    centuries = client_for(SELLER).get("/opportunities/chart?by=expected_on&expected_on_from=2000-01-01&expected_on_to=2090-12-31").text
    assert [number for _, number in drawn(centuries)] == [1.0, 0.0, 0.0, 1.0]
    assert "expected_on=-" in page


def test_records_without_a_value_are_found_by_the_filter_for_them(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity(title="没有日期")
    shop.opportunity(title="有日期", expected_on=date(2027, 1, 31))
    found = client_for(SELLER).get("/opportunities/?expected_on=-").text
    assert "没有日期" in found
    assert "有日期</a>" not in found.replace("没有日期", "")


def test_what_cannot_be_drawn_is_refused(client_for: ClientFor) -> None:
    browser = client_for(SELLER)
    asked = ("by=title", "by=stage&measure=title", "by=stage&draw=cloud", "by=stage&each=day&draw=line", "by=stage&start=-1", "view=none")
    assert [browser.get(f"/opportunities/chart?{one}").status_code for one in asked] == [400] * len(asked)


def test_a_list_that_is_filtered_by_its_kind_is_drawn_in_every_shape(client_for: ClientFor, shop: Shop) -> None:
    shop.product()
    shop.order()
    browser = client_for(SELLER)
    for shape in ("bar", "pie", "funnel"):
        assert drawn(browser.get(f"/orders/chart?by=state&draw={shape}&kind=stock").text) == [("草稿", 1.0)]
        assert drawn(browser.get(f"/orders/chart?by=state&draw={shape}&kind=made_to_order").text) == []


def test_no_filter_takes_a_word_of_the_address() -> None:
    with pytest.raises(StartRefused, match="size"):
        replace(CUSTOMERS, filters=("state", "size"))


def test_the_desk_offers_charts_that_load_by_themselves(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity()
    browser = client_for(HEAD)
    cards = re.findall(r'id="(chart-\d+)" hx-get="([^"]*)"', browser.get("/").text)
    assert len(cards) >= 7
    for place, address in cards:
        part = browser.get(re.sub(r"^/c/[\w-]+", "", unescape(address)), headers={"HX-Request": "true", "HX-Target": place})
        assert part.status_code == 200, address
        assert "<html" not in part.text
        assert "kg-chart" in part.text


def test_the_desk_of_an_administrator_has_no_charts_of_business(client_for: ClientFor) -> None:
    page = client_for("admin").get("/").text
    assert "data-echarts" not in page
    assert "/chart?" not in page


def test_a_ranking_of_people_goes_by_the_value_and_not_by_their_titles(client_for: ClientFor, shop: Shop, world: World) -> None:
    few, most = "sales.east2", SELLER
    shop.opportunity(by=few, amount=Decimal(1_000))
    shop.opportunity(by=most, amount=Decimal(90_000))
    with world.use_case("security") as session:
        for account, title in ((few, "1"), (most, "9")):
            change_employee(session, world.employees[account].id, None, {"position": title})
    page = client_for(HEAD).get("/opportunities/chart?by=owner&measure=amount").text
    assert [value for _, value in drawn(page)] == [90_000.0, 1_000.0]


def test_a_composition_of_many_parts_folds_the_small_ones_into_one_that_leads_to_exactly_them(
    client_for: ClientFor, token_client_for: ClientFor, shop: Shop
) -> None:
    for place in range(9):
        shop.opportunity(amount=Decimal(1_000 * (place + 1)))
    page = client_for(SELLER).get("/opportunities/chart?by=customer&measure=amount&draw=pie").text
    parts = drawn(page)
    assert [value for _, value in parts] == [9_000.0, 8_000.0, 7_000.0, 6_000.0, 5_000.0, 10_000.0]
    assert parts[-1][0] == "其他"
    found = re.search(r'data-chart="([^"]*)"', page)
    assert found is not None
    query = json.loads(unescape(found[1]))["rows"][-1]["href"].partition("?")[2]
    assert token_client_for(SELLER).get(f"/api/v1/opportunities/?{query}").json["count"] == 4
    assert page.count("<td><a href") == 10  # the table tells each of them, and all together
    assert len(drawn(client_for(SELLER).get("/opportunities/chart?by=customer&measure=amount").text)) == 9


def test_a_drawing_of_some_of_the_groups_says_which_and_what_the_total_counts(
    client_for: ClientFor, shop: Shop, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [shop.opportunity(amount=Decimal(1_000 * (place + 1))) for place in range(5)]
    browser, about = client_for(SELLER), "/opportunities/chart?by=customer&measure=amount"
    assert "总计" not in browser.get(about).text
    monkeypatch.setattr("core.web.charting.MOST", 2)
    page = browser.get(about).text
    assert [value for _, value in drawn(page)] == [5_000.0, 4_000.0]
    assert page.index("仅显示最大的 2 个分组，总计包含全部分组。") < page.index("data-chart=")
    assert "¥15,000.00" in page
    assert "显示第 5 至 5 个分组，总计包含全部分组。" in browser.get(f"{about}&start=4").text
    _, *later = stages(world)
    with world.use_case(SELLER) as session:
        for one, stage in zip(made, later[:2], strict=False):
            advance_opportunity(session, one.id, None, stage=stage.id)
    assert "仅显示前 2 个分组，总计包含全部分组。" in browser.get("/opportunities/chart?by=stage").text
