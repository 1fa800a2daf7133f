"""What has days stands on the calendar, for whom it concerns, and is moved there by the verb of its noun."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from core.kernel.clock import today
from core.web.events import moved_value
from plugins.sales.models import Opportunity
from plugins.sales.operations import lose_opportunity
from plugins.sales.views.opportunities import OPPORTUNITIES
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
DAY = date(2027, 5, 12)
MONTH = f"/calendar/?on={DAY.isoformat()}"


def entries(page: str) -> dict[str, list[str]]:
    """Titles by day, as the calendar shows them."""
    parts = re.findall(r'<ul data-day="([\d-]+)">(.*?)</ul>', page, re.DOTALL)
    return {day: found for day, events in parts if (found := re.findall(r'<span class="kg-cut">([^<]*)</span>', events))}


def moved(browser: Browser, opportunity: Opportunity, day: date, version: int) -> str:
    sent = {"field": "expected_on", "day": day.isoformat(), "version": str(version), "on": DAY.isoformat(), "shape": "month"}
    answer = browser.post(f"/opportunities/{opportunity.id}/day", data=sent)
    return f"{answer.status_code} {answer.headers.get('Location', '')}"


@pytest.mark.requirement("R-143", "R-308")
@pytest.mark.requirement("R-198")
def test_an_opportunity_stands_on_its_day_until_it_is_closed(client_for: ClientFor, world: World, shop: Shop) -> None:
    opportunity, browser = shop.opportunity(expected_on=DAY), client_for(SELLER)
    assert entries(browser.get(MONTH).text) == {DAY.isoformat(): ["二期空压站"]}
    assert entries(browser.get(f"{MONTH}&shape=week").text) == entries(browser.get(f"{MONTH}&shape=day").text) != {}
    assert entries(browser.get("/calendar/?on=2027-08-01").text) == {}
    with world.use_case(SELLER) as session:
        lose_opportunity(session, opportunity.id, None, reason="price")
    assert entries(browser.get(MONTH).text) == {}


@pytest.mark.requirement("R-308")
def test_a_head_sees_the_department_a_colleague_of_another_one_nothing(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity(expected_on=DAY)
    department = f"{MONTH}&whose=department"
    assert entries(client_for(HEAD).get(department).text) == {DAY.isoformat(): ["二期空压站"]}
    assert entries(client_for(HEAD).get(MONTH).text) == {}
    assert entries(client_for("sales.west1").get(department).text) == {}
    assert entries(client_for("sales.east2").get(department).text) == {}


def test_it_is_moved_by_the_verb_and_back_with_one_click(client_for: ClientFor, world: World, shop: Shop) -> None:
    opportunity, browser = shop.opportunity(expected_on=DAY), client_for(SELLER)
    assert moved(browser, opportunity, date(2027, 5, 20), opportunity.version).startswith("303")
    page = browser.get(MONTH).text
    assert entries(page) == {"2027-05-20": ["二期空压站"]}
    back = re.search(r'action="([^"]*take-back[^"]*)"', page)
    assert back is not None
    browser.post(re.sub(r"^.*?(/opportunities/)", r"\1", back[1]).replace("&amp;", "&"))
    assert entries(browser.get(MONTH).text) == {DAY.isoformat(): ["二期空压站"]}


def test_the_second_of_two_is_told_and_the_entry_stays_where_the_first_put_it(client_for: ClientFor, shop: Shop) -> None:
    opportunity, browser = shop.opportunity(expected_on=DAY), client_for(SELLER)
    seen = opportunity.version
    moved(browser, opportunity, date(2027, 5, 20), seen)
    sent = {"field": "expected_on", "day": "2027-05-25", "version": str(seen), "on": DAY.isoformat()}
    refused = browser.post(f"/opportunities/{opportunity.id}/day", data=sent)
    assert refused.status_code == 409
    assert "期间有其他人修改了这条记录" in refused.text
    assert entries(refused.text) == {"2027-05-20": ["二期空压站"]}


def test_what_is_closed_or_no_day_is_refused_in_a_sentence(client_for: ClientFor, world: World, shop: Shop) -> None:
    opportunity, browser = shop.opportunity(expected_on=DAY), client_for(SELLER)
    sent = {"field": "expected_on", "day": "2027-02-30", "version": str(opportunity.version)}
    assert browser.post(f"/opportunities/{opportunity.id}/day", data=sent).status_code == 422
    assert browser.post(f"/opportunities/{opportunity.id}/day", data=sent | {"field": "closed_on"}).status_code == 404
    with world.use_case(SELLER) as session:
        lose_opportunity(session, opportunity.id, None, reason="price")
    assert moved(browser, opportunity, DAY, 2).startswith("409")


def test_who_may_not_change_it_has_no_form_to_move_it(client_for: ClientFor, shop: Shop) -> None:
    opportunity = shop.opportunity(expected_on=DAY)
    assert f"/opportunities/{opportunity.id}/day" in client_for(SELLER).get(MONTH).text
    leader = client_for("leader")
    shown = leader.get(f"{MONTH}&whose=department").text
    assert f"/opportunities/{opportunity.id}/day" not in shown
    assert moved(leader, opportunity, DAY, opportunity.version)[:3] in ("403", "404")


def test_weeks_begin_on_monday_and_holidays_are_marked(client_for: ClientFor) -> None:
    page = client_for(SELLER).get("/calendar/?on=2026-10-01").text
    assert "2026年10月" in page
    days = re.findall(r'<ul data-day="([\d-]+)">', page)
    assert days[0] == "2026-09-28"
    assert "国庆节" in page
    assert page.count('kg-daymark">') == 5  # the working days among seven days off
    assert 'kg-daymark work">' in page


def test_a_wrong_shape_or_day_is_refused(client_for: ClientFor) -> None:
    browser = client_for(SELLER)
    asked = ("shape=year", "on=2026-13-01", "whose=x", "on=1066-01-01")
    assert [browser.get(f"/calendar/?{one}").status_code for one in asked] == [400] * 4


def test_a_day_stays_a_day(shop: Shop) -> None:
    assert moved_value(OPPORTUNITIES, shop.opportunity(), "expected_on", today()) == today()
