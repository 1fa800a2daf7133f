"""Stars, the records opened last, and the way on through the list that one came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.guard import as_system
from core.work.models import Mark, MarkKind
from plugins.customers.models import Customer
from tests.conformance.examples import Examples
from tests.conformance.statements import counted
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
ARROW = re.compile(r'<a class="kg-ib sm" href="/c/qiheng(/customers/\d+)" aria-label="([^"]+)"')
ON = 'aria-pressed="true"'


@pytest.fixture
def customers(world: World) -> list[Customer]:
    """Five, of which the third and fourth have the same score of nothing."""
    trade = Trade(world)
    return [trade.customer("sales.east1", name=f"客户{number}") for number in range(5)]


def near(browser: Browser, customer_id: int, query: str = "") -> tuple[str, dict[str, int]]:
    page = browser.get(f"/customers/{customer_id}/near{query}").text
    position = re.search(r">(\d+ / \d+)<", page)
    ways = {"before" if "上一" in label else "after": int(href.rpartition("/")[2]) for href, label in ARROW.findall(page)}
    return position[1] if position else "", ways


def listed(browser: Browser, query: str) -> list[int]:
    page = browser.get(f"/customers/{query}").text
    return list(dict.fromkeys(int(one) for one in re.findall(r'href="/c/qiheng/customers/(\d+)"', page)))


def test_the_way_through_every_order_and_filter_is_that_of_the_list(client_for: Clients, world: World, customers: list[Customer]) -> None:
    browser = client_for("sales.east1")
    orders = [name for name, field in Customer.fields().items() if field.sortable]
    queries = [f"?order={sign}{name}" for name in (*orders, "id") for sign in ("", "-")]
    queries += ["", f"?owner={customers[0].owner_id}", "?q=客户"]
    for query in queries:
        ids = listed(browser, query)
        assert len(ids) == 5, query
        for place, one in enumerate(ids):
            position, ways = near(browser, one, query)
            assert position == f"{place + 1} / 5", query
            assert ways.get("before") == (ids[place - 1] if place else None), query
            assert ways.get("after") == (ids[place + 1] if place < 4 else None), query


def test_the_way_leads_past_what_one_does_not_see(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    owners = ("sales.east1", "sales.west1", "sales.east1")
    first, hidden, last = (trade.customer(owner, name=f"邻{owner}{number}") for number, owner in enumerate(owners))
    browser = client_for("sales.east1")
    assert near(browser, first.id, "?order=id") == ("1 / 2", {"after": last.id})
    assert near(browser, last.id, "?order=id") == ("2 / 2", {"before": first.id})
    assert browser.get(f"/customers/{hidden.id}/near").status_code == 404


def test_the_way_is_asked_for_in_one_statement(client_for: Clients, world: World, customers: list[Customer]) -> None:
    browser = client_for("sales.east1")
    browser.get("/")
    with counted(world.keguan.database.engine) as bare:
        browser.get(f"/customers/{customers[0].id}/mentionable?q=0000000")
    with counted(world.keguan.database.engine) as said:
        browser.get(f"/customers/{customers[0].id}/near")
    assert len(said) <= len(bare) + 2, "\n".join(said)  # the saved views of the list, and the way
    assert sum("core_mark" in one for one in said) == 0


def test_a_star_stands_on_the_record_in_the_list_and_among_what_is_at_hand(client_for: Clients, customers: list[Customer]) -> None:
    browser, address = client_for("sales.east1"), f"/customers/{customers[2].id}"
    assert ON not in browser.get(address).text
    assert browser.post(f"{address}/star", data={"follow": "1"}).status_code == 303
    assert ON in browser.get(address).text
    assert browser.get("/customers/").text.count(ON) == 1
    assert f'href="/c/qiheng{address}"' in browser.get("/marks/").text
    assert ON not in client_for("head.east").get(address).text
    assert browser.post(f"{address}/star", data={"follow": "0"}, headers={"HX-Request": "true"}).status_code == 204
    assert ON not in browser.get(address).text


def test_the_last_ten_that_one_opened_are_remembered_by_a_post(client_for: Clients, world: World) -> None:
    trade, browser = Trade(world), client_for("sales.east1")
    made = [trade.customer("sales.east1", name=f"打开{number}") for number in range(12)]
    for one in (*made, made[5]):
        page = browser.get(f"/customers/{one.id}").text
        opened = re.search(r'data-opened="/c/qiheng([^"]+)"', page)
        assert opened is not None
        with world.reading("sales.east1") as session:
            before = len(session.scalars(select(Mark)).all())
        browser.get(f"/customers/{one.id}")
        with world.reading("sales.east1") as session:
            assert len(session.scalars(select(Mark)).all()) == before  # reading writes nothing
        assert browser.post(unescape(opened[1])).status_code == 204
    ids = [int(one) for one in re.findall(r'href="/c/qiheng/customers/(\d+)"', browser.get("/marks/").text)]
    assert ids == [made[5].id, *(one.id for one in reversed(made[2:]) if one.id != made[5].id)]
    assert client_for("head.east").get("/marks/").text.count("打开1") == 0


def test_what_one_may_no_longer_see_is_not_named(client_for: Clients, world: World, customers: list[Customer]) -> None:
    with world.use_case("sales.west1") as session, as_system(session, "a mark that was made while it could be seen"):
        mine = {"employee_id": world.employees["sales.west1"].id, "kind": MarkKind.STAR}
        session.add(Mark(table_name="customers_customer", record_id=customers[0].id, **mine))
    assert customers[0].name not in client_for("sales.west1").get("/marks/").text
    for verb in ("star", "opened"):
        assert client_for("sales.west1").post(f"/customers/{customers[0].id}/{verb}", data={"follow": "1"}).status_code == 404


def test_a_record_of_every_noun_can_be_marked_and_led_on_from(application: Flask, client_for: Clients, world: World) -> None:
    nouns = application.extensions["keguan"].nouns
    examples, seen = Examples(world, nouns), 0
    for noun in nouns.by_path.values():
        if noun.plugin == "core":
            continue
        browser, address = client_for(examples.account(noun, "read")), f"/{noun.path}/{examples.one(noun)}"
        assert browser.post(f"{address}/star", data={"follow": "1"}).status_code == 303
        assert browser.post(f"{address}/opened").status_code == 204
        assert browser.get(f"{address}/near").status_code == 200
        marked = browser.get("/marks/").text
        assert marked.count(f'href="/c/qiheng{address}"') == 2, noun.path
        seen += 1
    assert seen > 20
