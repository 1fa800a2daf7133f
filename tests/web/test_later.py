"""Slower parts come after the page where scripts fetch them; without scripts the page is whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core.web.later import COOKIE
from plugins.customers.models import Customer
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
COUNT, FIGURE, HAPPENED = 'class="kg-stat"', "合同额", 'id="composer"'


@pytest.fixture
def customer(world: World) -> Customer:
    """A customer with a contract."""
    trade = Trade(world)
    found = trade.customer("sales.east1")
    trade.contract("sales.east1", found)
    return found


def with_scripts(browser: Browser) -> Browser:
    """The browser after its first page."""
    browser.set_cookie(COOKIE, "1")
    return browser


def part(browser: Browser, address: str, target: str = "") -> str:
    """What a script is given for one part."""
    answer = browser.get(address, headers={"HX-Request": "true", "HX-Target": target})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return answer.text


def test_without_scripts_a_record_shows_everything_at_once(client_for: Clients, customer: Customer) -> None:
    page = client_for("sales.east1").get(f"/customers/{customer.id}").text
    assert all(sign in page for sign in (COUNT, FIGURE, HAPPENED))
    assert "kg-later" not in page


def test_with_scripts_the_same_parts_are_fetched_one_by_one(client_for: Clients, customer: Customer) -> None:
    browser = with_scripts(client_for("sales.east1"))
    address = f"/customers/{customer.id}"
    page = browser.get(address).text
    assert customer.name in page
    assert not any(sign in page for sign in (COUNT, FIGURE, HAPPENED))
    assert set(re.findall(r'hx-get="/c/qiheng([^"]+)" hx-trigger="load"', page)) == {f"{address}?tab=timeline"}
    assert COUNT in part(browser, address, "record-stats")
    assert FIGURE in part(browser, address, "record-figures")
    assert HAPPENED in part(browser, address, "tab-body")


def test_a_tab_of_the_record_itself_is_there_at_once(client_for: Clients, customer: Customer) -> None:
    page = with_scripts(client_for("sales.east1")).get(f"/customers/{customer.id}?tab=contacts").text
    assert "kg-laterbody" not in page


def test_parts_of_a_record_that_one_may_not_see_do_not_exist(client_for: Clients, customer: Customer) -> None:
    for target in ("record-stats", "record-figures", "tab-body"):
        answer = client_for("sales.west1").get(f"/customers/{customer.id}", headers={"HX-Request": "true", "HX-Target": target})
        assert answer.status_code == 404
        assert customer.name not in answer.text


def test_the_desk_has_one_card_for_each_module_that_has_work_for_the_person(client_for: Clients, customer: Customer) -> None:
    whole = client_for("sales.east1").get("/").text
    assert "客户待办" in whole
    assert "合同待办" in whole
    browser = with_scripts(client_for("sales.east1"))
    waiting = re.findall(r'hx-get="/c/qiheng(/\?part=[a-z]+)"', browser.get("/").text)
    assert {"/?part=figures", "/?part=customers", "/?part=contracts"} <= set(waiting)
    for address in waiting:
        assert part(browser, address)


def test_the_desk_of_an_administrator_leads_to_the_pages_of_administration(client_for: Clients, world: World) -> None:
    page = client_for("admin").get("/").text.partition('id="main"')[2]
    assert 'href="/c/qiheng/modules/"' in page
    assert "待办" not in page


@pytest.mark.parametrize("address", ["/?part=nowhere", "/?part=core", "/?part=../x"])
def test_a_card_that_is_none_is_not_found(client_for: Clients, world: World, address: str) -> None:
    assert client_for("sales.east1").get(address, headers={"HX-Request": "true"}).status_code == 404
    assert client_for("admin").get("/?part=customers", headers={"HX-Request": "true"}).status_code == 404


def test_a_module_that_is_off_has_no_card(client_for: Clients, world: World) -> None:
    from core.switchboard.operations import switch_module

    company = world.companies["qiheng"]
    with world.use_case("admin") as session:
        for name in reversed(world.keguan.registry.names):
            if name != "customers":
                switch_module(session, world.keguan.registry, company.id, name, on=False)
    page = client_for("sales.east1").get("/").text
    assert "客户待办" in page
    assert "合同待办" not in page
    assert client_for("sales.east1").get("/?part=contracts", headers={"HX-Request": "true"}).status_code == 404
