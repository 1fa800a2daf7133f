"""The timeline of a record: kinds of every module, filtered, and older entries by request."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from flask import Flask

from core.kernel.acting import actor
from core.kernel.clock import now
from core.kernel.words import msg
from core.switchboard.operations import switch_module
from core.work.attachments import attach
from core.work.notices import notify
from plugins.contracts.operations import sign_contract
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, review_customer, write_interaction
from plugins.customers.rules import ContactWay
from tests.conformance.examples import Examples
from tests.conformance.statements import counted
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
ALONE = {"HX-Request": "true", "HX-Target": "tab-body"}
KIND, ENTRY = re.compile(r"kind=([\w-]+)"), re.compile(r'<div class="who">')


@pytest.fixture
def customer(world: World) -> Customer:
    return Trade(world).customer("sales.east1")


def talk(world: World, customer: Customer, number: int) -> None:
    with world.use_case("sales.east1") as session:
        for one in range(number):
            values = {"customer": customer.id, "content": f"Talk {one:03}", "way": ContactWay.PHONE, "at": now() - timedelta(hours=one + 1)}
            write_interaction(session, values)


def test_every_module_brings_its_kinds(client_for: Clients, customer: Customer) -> None:
    page = client_for("sales.east1").get(f"/customers/{customer.id}?tab=timeline", headers=ALONE).text
    assert set(KIND.findall(page)) >= {
        "follow-ups",
        "opportunities",
        "orders",
        "contracts",
        "receipts",
        "requests",
        "changes",
        "files",
        "notices",
    }


def test_a_kind_alone_is_asked_for(client_for: Clients, world: World, customer: Customer) -> None:
    talk(world, customer, 2)
    browser = client_for("sales.east1")
    alone = browser.get(f"/customers/{customer.id}?tab=timeline&kind=follow-ups", headers=ALONE).text
    assert len(ENTRY.findall(alone)) == 2
    assert "Talk 001" in alone
    changes = browser.get(f"/customers/{customer.id}?tab=timeline&kind=changes", headers=ALONE).text
    assert "Talk 001" not in changes
    assert len(ENTRY.findall(changes)) >= 2


def test_a_module_that_is_off_has_neither_kind_nor_entry(client_for: Clients, world: World, customer: Customer) -> None:
    trade = Trade(world)
    contract = trade.contract("sales.east1", customer)
    with world.use_case("contracts") as session:
        sign_contract(session, contract.id, None, signer=trade.employee("sales.east1"))
    browser = client_for("sales.east1")
    assert "kind=contracts" in browser.get(f"/customers/{customer.id}", headers=ALONE).text
    with world.use_case("admin") as session:
        for plugin in ("billing", "contracts"):
            switch_module(session, world.keguan.registry, actor().company_id, plugin, on=False)
    page = browser.get(f"/customers/{customer.id}", headers=ALONE).text
    assert "kind=contracts" not in page
    assert "kind=receipts" not in page
    assert contract.title not in page


def test_older_entries_come_by_request_and_each_once(client_for: Clients, world: World, customer: Customer) -> None:
    talk(world, customer, 75)
    browser, address, found, parts = client_for("sales.east1"), f"/customers/{customer.id}?tab=timeline&kind=follow-ups", [], 0
    while address:
        page = browser.get(address, headers=ALONE).text
        found += re.findall(r"Talk (\d+)", page)
        parts += 1
        older = re.search(r'kg-older" href="([^"]+)"[^>]*>([^<]+)<', page)
        address = unescape(older[1]).partition("/c/qiheng")[2] if older else ""
        if parts == 1:
            assert older is not None
            assert "45" in older[2]
    assert parts == 3
    assert [int(one) for one in found] == list(range(75))


def test_entries_of_one_moment_are_leafed_through_too(client_for: Clients, world: World, customer: Customer) -> None:
    at = now() - timedelta(days=1)
    with world.use_case("sales.east1") as session:
        for one in range(70):
            write_interaction(session, {"customer": customer.id, "content": f"Talk {one:03}", "way": ContactWay.PHONE, "at": at})
    browser, address, found = client_for("sales.east1"), f"/customers/{customer.id}?tab=timeline&kind=follow-ups", []
    while address:
        page = browser.get(address, headers=ALONE).text
        found += re.findall(r"Talk (\d+)", page)
        older = re.search(r'kg-older" href="([^"]+)"', page)
        address = unescape(older[1]).partition("/c/qiheng")[2] if older else ""
    assert sorted(int(one) for one in found) == list(range(70))


@pytest.mark.parametrize(
    "place", ["yesterday", "2026-03-18T09:30:00Z~x", "2026-03-18T09:30:00Z~-1", "2026-03-18~99999999", "9999-12-31T23:59:59-23:59~0"]
)
def test_a_place_that_does_not_exist_is_said_to_be_none(client_for: Clients, customer: Customer, place: str) -> None:
    assert client_for("sales.east1").get(f"/customers/{customer.id}", query_string={"before": place}).status_code == 400


def test_changes_say_what_was_and_what_is_and_people_by_name(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    entered = trade.entered("sales.east1")
    with world.use_case("head.east") as session:
        customer = review_customer(session, entered.id, entered.version, approve=True, owner=trade.employee("sales.east2"))
    with world.use_case("sales.east2") as session:
        change_customer(session, customer.id, customer.version, {"name": "苏州恒锐精机有限公司"})
    page = client_for("sales.east2").get(f"/customers/{customer.id}?tab=timeline&kind=changes", headers=ALONE).text
    assert "<del>苏州恒锐精密机械有限公司</del>" in page
    assert f"<del>{world.employees['sales.east1'].name}</del>" in page
    assert f"<ins>{world.employees['sales.east2'].name}</ins>" in page


def test_files_and_notices_stand_in_it(client_for: Clients, world: World, customer: Customer) -> None:
    with world.use_case("sales.east1") as session:
        attach(session, session.get(Customer, customer.id), "报价.txt", BytesIO(b"text"))
        notify(session, Trade(world).employee("sales.east1"), msg("Nothing here yet."), f"/customers/{customer.id}")
    page = client_for("sales.east1").get(f"/customers/{customer.id}", headers=ALONE).text
    assert "报价.txt" in page
    assert "这里还没有内容" in page
    other = client_for("head.east").get(f"/customers/{customer.id}", headers=ALONE).text
    assert "报价.txt" in other
    assert "这里还没有内容" not in other


def test_the_timeline_asks_four_times_at_most(client_for: Clients, world: World, customer: Customer) -> None:
    talk(world, customer, 40)
    browser = client_for("sales.east1")
    browser.get("/")
    with counted(world.keguan.database.engine) as bare:
        browser.get(f"/customers/{customer.id}?tab=contacts", headers=ALONE)
    with counted(world.keguan.database.engine) as said:
        browser.get(f"/customers/{customer.id}?tab=timeline&before=2999-01-01T00:00:00Z", headers=ALONE)
    assert len(said) - len(bare) + 1 <= 4, "\n".join(said)


def test_a_record_of_every_noun_has_a_timeline_and_takes_comments(application: Flask, client_for: Clients, world: World) -> None:
    nouns = application.extensions["keguan"].nouns
    examples, seen = Examples(world, nouns), 0
    for noun in nouns.by_path.values():
        if noun.plugin == "core":
            continue
        browser, address = client_for(examples.account(noun, "read")), f"/{noun.path}/{examples.one(noun)}"
        assert browser.post(f"{address}/comments", data={"text": f"Said of {noun.path}"}).status_code == 303
        page = browser.get(f"{address}?tab=timeline", headers=ALONE)
        assert page.status_code == 200
        assert f"Said of {noun.path}" in page.text
        assert {"changes", "comments", "notices"} <= set(KIND.findall(page.text))
        seen += 1
    assert seen > 20
