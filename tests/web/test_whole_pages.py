"""A record and the desk come whole in one answer, whatever plugins have to say on them (design 3.8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.kernel.clock import today
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, write_interaction
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


def test_a_record_shows_everything_at_once(client_for: Clients, customer: Customer) -> None:
    page = client_for("sales.east1").get(f"/customers/{customer.id}").text
    assert all(sign in page for sign in (COUNT, FIGURE, HAPPENED))
    assert 'hx-trigger="load"' not in page


def test_what_was_empty_before_is_not_struck_out(world: World, client_for: Clients, customer: Customer) -> None:
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"website": "https://hengrui.example"})
    page = client_for("sales.east1").get(f"/customers/{customer.id}?tab=history").text
    assert "https://hengrui.example</ins>" in page
    assert "<del>–</del>" not in page


def test_a_tab_alone_is_the_tab(client_for: Clients, customer: Customer) -> None:
    headers = {"HX-Request": "true", "HX-Target": "tab-body"}
    answer = client_for("sales.east1").get(f"/customers/{customer.id}", headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert HAPPENED in answer.text
    assert COUNT not in answer.text


def test_a_tab_of_a_record_that_one_may_not_see_does_not_exist(client_for: Clients, customer: Customer) -> None:
    answer = client_for("sales.west1").get(f"/customers/{customer.id}", headers={"HX-Request": "true", "HX-Target": "tab-body"})
    assert answer.status_code == 404
    assert customer.name not in answer.text


def test_the_desk_has_one_card_for_each_module_that_has_work_and_one_line_for_the_others(
    client_for: Clients, world: World, customer: Customer
) -> None:
    quiet = client_for("sales.east1").get("/").text
    assert "待办</h2>" not in quiet
    assert "暂无待办：合同、客户" in quiet or "暂无待办：客户、合同" in quiet
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "content": "电话", "next_on": today()})
    busy = client_for("sales.east1").get("/").text
    assert "客户待办</h2>" in busy
    assert "合同待办" not in busy
    assert "暂无待办：合同" in busy


def test_the_desk_of_an_administrator_leads_to_the_pages_of_administration(client_for: Clients, world: World) -> None:
    page = client_for("admin").get("/").text.partition('id="main"')[2]
    assert 'href="/c/qiheng/modules/"' in page
    assert 'href="/c/qiheng/backups/"' in page
    assert "需要处理" in page
    assert "待办" not in page


@pytest.mark.usefixtures("customer")
def test_a_module_that_is_off_has_no_card(client_for: Clients, world: World) -> None:
    from core.switchboard.operations import switch_module

    company = world.companies["qiheng"]
    with world.use_case("admin") as session:
        for name in reversed(world.keguan.registry.names):
            if name != "customers":
                switch_module(session, world.keguan.registry, company.id, name, on=False)
    page = client_for("sales.east1").get("/").text
    assert "暂无待办：客户<" in page
