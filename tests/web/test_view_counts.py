"""How many records the views above a list hold: each counts what its list shows to the very person, up to a cap."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from core.lists.models import ListView
from core.web.nouns import Nouns
from plugins.customers.operations import create_customer
from tests.plugins.conftest import Trade
from tests.web.test_saved_views import save
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
COUNT = re.compile(r'<span class="n" id="in-(\w+)" hx-swap-oob="true"(?: hidden)?>([^<]*)</span>')
PLACE = re.compile(r'<span class="n" id="in-(\w+)"></span>')


@pytest.fixture
def trade(world: World) -> Trade:
    return Trade(world)


def counts(browser: Browser, noun: str = "customers") -> dict[str, str]:
    return dict(COUNT.findall(browser.get(f"/{noun}/counts").text))


def enter(world: World, account: str, *names: str) -> None:
    with world.use_case(account) as session:
        for name in names:
            create_customer(session, {"name": name, "industry": "machinery"})


@pytest.mark.requirement("R-490")
def test_a_view_that_calls_for_somebody_says_how_many_it_holds(world: World, client_for: ClientFor) -> None:
    browser = client_for("sales.east1")
    assert counts(browser)["review"] == ""
    enter(world, "sales.east1", "华星精密", "海川重工")
    assert counts(browser)["review"] == "2"
    page = browser.get("/customers/?view=all").text
    assert set(PLACE.findall(page)) == set(counts(browser)), "each number has a place above the list"
    assert set(PLACE.findall(browser.get("/customers/cards?view=all").text)) == set(counts(browser))
    assert re.search(r'hx-get="[^"]*/customers/counts" hx-trigger="load"', page)


def test_only_what_the_person_sees_is_counted(world: World, client_for: ClientFor) -> None:
    enter(world, "sales.east1", "华星精密")
    enter(world, "sales.west1", "海川重工")
    assert [counts(client_for(who))["review"] for who in ("sales.east1", "sales.east2", "sales.west1", "leader")] == ["1", "", "1", "2"]


def test_own_and_shared_views_say_how_many_they_hold_for_whoever_looks(world: World, client_for: ClientFor) -> None:
    enter(world, "sales.east1", "华星精密", "海川重工")
    browser = client_for("sales.east1")
    number = save(browser, "华星", "q=华星").rpartition("=")[2]
    assert counts(browser)[number] == "1"
    assert number not in counts(client_for("sales.east2")), "a private view tells nobody else that it is there"


def test_a_view_that_asks_for_what_is_gone_has_no_number_and_takes_none_from_the_others(world: World, client_for: ClientFor) -> None:
    browser = client_for("sales.east1")
    number = save(browser, "旧条件").rpartition("=")[2]
    with world.use_case("sales.east1") as session:
        session.scalars(select(ListView)).one().conditions = "where=gone.is.1"
    found = counts(browser)
    assert number not in found
    assert "review" in found


def test_counting_stops_at_ninety_nine(world: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.web.lists.counts.CAP", 1)
    enter(world, "sales.east1", "华星精密", "海川重工")
    assert counts(client_for("sales.east1"))["review"] == "1+"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_count_is_that_of_the_list_it_leads_to(application: Flask, client_for: ClientFor, trade: Trade) -> None:
    trade.contract("sales.east1", trade.customer("sales.east1"))
    browser, nouns = client_for("leader"), application.extensions["keguan"].nouns
    assert isinstance(nouns, Nouns)
    seen = 0
    for path, noun in nouns.by_path.items():
        called = [view.key for view in noun.views if view.calls]
        if not called or browser.get(f"/{path}/").status_code >= 400:
            continue
        told = counts(browser, path)
        for key in called:
            page = unescape(browser.get(f"/{path}/cards?view={key}").text)
            assert page.count('<li class="kg-card"') == int(told[key] or 0), (path, key)
            seen += 1
    assert seen > 20
