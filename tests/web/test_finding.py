"""What helps to find: a search that says more than names, and filters that stand in one row."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from core.web.listing import filters_of
from core.web.tagging import has_tags
from plugins.customers.models import Customer
from tests.conformance.statements import counted
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
AT_ONCE = 5


def test_what_was_found_says_number_owner_and_state_in_the_one_question_that_finds(
    application: Flask, client_for: Clients, world: World
) -> None:
    trade = Trade(world)
    customer: Customer = trade.customer("sales.east1", name="杭州查找机械厂")
    trade.contract("sales.east1", customer)
    browser = client_for("sales.east1")
    engine = world.keguan.database.engine
    browser.get("/search/?find=查找机械")
    with counted(engine) as few:
        page = browser.get("/search/?find=查找机械").text
    told = re.findall(r'<span class="kg-s kg-3 kg-cut">([^<]*)</span>', page)
    with world.reading("sales.east1") as session:
        found = session.get(Customer, customer.id)
        assert found is not None
        expected = (found.code or "", world.employees["sales.east1"].name, "洽谈中")
    assert any(all(word in one for word in expected) for one in told), told
    for number in range(5):
        trade.customer("sales.east1", name=f"杭州查找机械厂 {number}")
    with counted(engine) as many:
        browser.get("/search/?find=查找机械")
    assert len(many) == len(few)


def test_names_of_what_one_does_not_see_are_not_told_beside_what_was_found(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    trade.customer("sales.west1", name="兰州隐藏机械厂")
    page = client_for("sales.east1").get("/search/?find=机械厂").text
    assert "兰州隐藏机械厂" not in page


def test_at_most_five_filters_stand_open_above_any_list(application: Flask, client_for: Clients, world: World) -> None:
    browser, who = client_for("head.east"), world.actor("head.east")
    folded = 0
    for noun in application.extensions["keguan"].nouns.by_path.values():
        if noun.plugin == "core" or not who.may(noun.resource, "read"):
            continue
        page = browser.get(f"/{noun.path}/?view=all").text
        with world.act("head.east"):
            all_of_them = len(filters_of(noun)) + has_tags(noun)
        rest = len(re.findall(r'kg-menu kg-restfilter" data-filter', page))
        assert page.count(" data-filter>") == all_of_them, noun.path
        assert all_of_them - rest <= AT_ONCE, noun.path
        assert re.findall(r"另有 (\d+) 项筛选", page) == ([str(rest)] if rest else []), noun.path
        folded += rest
    assert folded
    picked = browser.get("/customers/?view=all&kind=company").text
    assert re.search(r'<details class="kg-menu" data-filter><summary class="kg-pick has">[^<]* <b>1</b>', picked)


@pytest.mark.parametrize("typed", ["hwjs", "huaweijishu", "huawei js", "华为"])
def test_a_customer_is_found_by_pinyin_and_its_initials_wherever_one_searches(client_for: Clients, world: World, typed: str) -> None:
    trade = Trade(world)
    for name in ("华为技术有限公司", "杭州查找机械厂"):
        trade.customer("sales.east1", name=name)
    browser = client_for("sales.east1")
    doors = {"list": f"/customers/?q={typed}", "choices": f"/customers/choices?q={typed}", "everywhere": f"/search/?find={typed}"}
    for door, address in doors.items():
        answer = browser.get(address)
        told = str(answer.json) if door == "choices" else answer.text
        assert "华为技术有限公司" in told, door
        assert "杭州查找机械厂" not in told, door
