"""While a name is typed, records that are called alike are shown: those that one sees, and never a word of others (C-01)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core.web.nouns import Noun
from plugins.customers.operations import add_contact
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


def declared(application: Flask) -> list[Noun]:
    """Nouns that show what is called alike."""
    return [noun for noun in application.extensions["keguan"].nouns.by_path.values() if noun.alike]


def test_each_plugin_with_names_shows_what_is_called_alike(application: Flask, client_for: Clients) -> None:
    nouns = declared(application)
    assert {noun.plugin for noun in nouns} >= {"catalog", "customers", "sales", "contracts", "billing", "service"}
    for noun in nouns:
        assert all(noun.fields[name].kind in ("text", "phone") and name in noun.written for name in noun.alike), noun.path
        answer = client_for("auditor").get(f"/{noun.path}/alike?{noun.alike[0]}=没有这样的名称")
        assert answer.status_code == 403, noun.path  # who may not create has nothing to compare with


def test_what_one_sees_is_named_with_its_customer_and_what_one_does_not_see_is_as_good_as_none(
    client_for: Clients, world: World, trade: Trade
) -> None:
    mine, theirs = trade.customer("sales.east1"), trade.customer("sales.west1")
    for who, customer, name in (("sales.east1", mine, "顾晓岚"), ("sales.west1", theirs, "顾晓舟")):
        with world.use_case(who) as session:
            add_contact(session, {"customer": customer.id, "name": name})
    browser = client_for("sales.east1")
    told = browser.get("/contacts/alike?name=顾晓").text
    assert "顾晓岚" in told
    assert mine.name in told
    assert "顾晓舟" not in told
    assert browser.get("/contacts/alike?name=顾晓舟").text.strip() == browser.get("/contacts/alike?name=没有此人").text.strip() == ""
    assert browser.get("/contacts/alike?name=顾").text.strip() == ""
    assert browser.get("/contacts/alike?note=顾晓岚").text.strip() == ""


def test_the_form_asks_for_it_while_one_types(client_for: Clients) -> None:
    page = client_for("sales.east1").get("/contacts/add").text
    assert "/contacts/alike" in page
