"""The filled button of a phone begins a follow-up on every page, about the customer that the page is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from core.kernel.errors import StartRefused
from core.web.nouns import Noun
from core.work.marks import note_opened
from plugins.customers.models import Contact, Customer
from plugins.customers.views.customers import CUSTOMERS
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]


def begun(browser: Browser, path: str) -> str:
    """Where the button leads from a page."""
    found = re.search(r'<a href="/c/qiheng([^"]+)"[^>]*><span class="plus">', browser.get(path).text)
    return unescape(found[1]) if found else ""


def offered(page: str) -> list[str]:
    """Ids of the customers that are offered at hand."""
    return re.findall(r'class="kg-pick" value="(\d+)" data-take=', page)


def chosen(page: str) -> list[str]:
    return re.findall(r'<option value="(\d+)" selected>', page)


@pytest.mark.requirement("R-464")
def test_from_every_page_a_follow_up_is_begun_about_the_customer_of_the_page(client_for: Clients, world: World) -> None:
    trade, browser = Trade(world), client_for("sales.east1")
    contract = trade.contract()
    about = f"/interactions/add?customer={contract.customer_id}&next=parent"
    assert begun(browser, f"/contracts/{contract.id}") == about
    assert begun(browser, f"/customers/{contract.customer_id}") == about
    assert {begun(browser, path) for path in ("/", "/contracts/", "/customers/", "/calendar/")} == {"/interactions/add?next=parent"}
    assert str(contract.customer_id) in chosen(browser.get(about).text)


def test_who_may_write_none_begins_what_the_list_creates(client_for: Clients, world: World) -> None:
    assert begun(client_for("security"), "/roles/") == "/roles/add"


@pytest.mark.requirement("R-464")
def test_customers_opened_lately_are_at_hand_and_no_others(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    mine, lost = trade.customer(name="近客户"), trade.customer(name="失客户")
    for one in (mine, lost):
        with world.use_case("sales.east1") as session:
            note_opened(session, Customer, one.id)
    page = client_for("sales.east1").get("/interactions/add").text
    assert offered(page) == [str(lost.id), str(mine.id)]
    assert offered(client_for("head.east").get("/interactions/add").text) == []
    assert offered(client_for("sales.east1").get(f"/interactions/add?customer={mine.id}").text) == []


def test_a_customer_that_no_follow_up_can_be_written_about_is_not_at_hand(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    ready, waiting = trade.customer(name="近客户"), trade.entered("sales.east1", name="待审客户")
    for one in (ready, waiting):
        with world.use_case("sales.east1") as session:
            note_opened(session, Customer, one.id)
    assert offered(client_for("sales.east1").get("/interactions/add").text) == [str(ready.id)]


def test_a_customer_that_one_does_not_see_is_not_filled_in(client_for: Clients, world: World) -> None:
    hidden = Trade(world).customer("sales.west1")
    for number in (str(hidden.id), "99999999", "x", "9" * 30):
        page = client_for("sales.east1").get(f"/interactions/add?customer={number}")
        assert page.status_code == 200
        assert number not in chosen(page.text)


def test_what_was_begun_leads_to_the_customer_and_a_refused_form_still_does(client_for: Clients, world: World) -> None:
    customer, browser = Trade(world).customer(), client_for("sales.east1")
    sent = {"customer": str(customer.id), "content": "已电话确认", "way": "phone", "next": "parent"}
    refused = browser.post("/interactions/add", data={**sent, "content": ""})
    assert refused.status_code == 422
    assert 'name="next" value="parent"' in refused.text
    assert browser.post("/interactions/add", data=sent).headers["Location"].endswith(f"/customers/{customer.id}")


def test_only_a_part_of_a_record_is_begun_from_every_page() -> None:
    words = {"title": CUSTOMERS.title, "plural": CUSTOMERS.plural, "icon": "building", "columns": (), "groups": ()}
    with pytest.raises(StartRefused, match="no part of another"):
        Noun(plugin="customers", model=Customer, path="customers", begun_anywhere=True, **words)
    assert Noun(plugin="customers", model=Contact, path="contacts", begun_anywhere=True, **words).begun_anywhere
