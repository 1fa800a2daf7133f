"""No page calls a record by a bare number: by its name, or by its kind and number."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from plugins.customers.models import Contact, Customer
from tests.conformance.examples import Examples
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
BARE = re.compile(r">\s*#\d+")


def test_what_was_opened_is_called_by_its_name_for_every_noun(application: Flask, world: World, client_for: Clients) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    nouns = [noun for noun in application.extensions["keguan"].nouns.by_path.values() if noun.create is not None and noun.plugin != "core"]
    for noun in nouns:
        account, record_id = examples.account(noun), examples.fresh(noun)
        browser = client_for(account)
        assert browser.post(f"/{noun.path}/{record_id}/opened").status_code == 204, noun.path
        page = browser.get("/marks/").text
        told = re.search(rf'href="/c/\w+/{noun.path}/{record_id}">(.*?)</a>', page)
        assert told is not None, noun.path
        with world.reading(account) as session:
            record = session.get(noun.model, record_id)
            called, with_ = str(record), noun.model.__told_with__
            whose = str(getattr(record, with_)) if with_ else ""
        assert called[:12] in told[1], noun.path
        if whose:
            assert whose in told[1], noun.path
            assert whose in browser.get(f"/{noun.path}/{record_id}").text.partition("<h1>")[2].partition("</h1>")[0], noun.path
        assert not BARE.search(page), noun.path


def test_the_trail_calls_whoever_it_keeps_by_number_by_kind_and_number(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    customer: Customer = trade.customer("sales.east1")
    with world.use_case("sales.east1") as session:
        contact = Contact(company_id=customer.company_id, customer_id=customer.id, name="顾长青")
        session.add(contact)
        session.flush()
        number = contact.id
    page = client_for("auditor").get("/audit-rows/?kind=customers_contact").text
    assert f"联系人第 {number} 号" in page or f"Contact no. {number}" in page
    assert "顾长青" not in page
    assert not BARE.search(page)
