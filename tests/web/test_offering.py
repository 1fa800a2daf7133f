"""Pages offer what the person may really do with this very record, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core.access.models import ShareMode
from core.access.offering import allowed_verbs, may_add
from plugins.contracts.operations import sign_contract
from plugins.customers.models import Contact, Customer
from plugins.customers.operations import share_customer
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
EDIT, REMOVE, WRITE = "/edit", "/delete", 'id="composer"'


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers and contracts on demand."""
    return Trade(world)


@pytest.fixture
def shared_to_read(world: World, trade: Trade) -> Customer:
    """A customer of sales.east1 that sales.east2 may read."""
    return shared(world, trade, ShareMode.READ)


def shared(world: World, trade: Trade, mode: ShareMode) -> Customer:
    """A customer of sales.east1 that sales.east2 was given in ``mode``."""
    customer = trade.customer("sales.east1")
    with world.use_case("sales.east1") as session:
        share_customer(session, customer.id, None, employee=world.employees["sales.east2"].id, mode=str(mode.value))
    return customer


def offered(browser: Browser, customer: Customer, tab: str = "") -> set[str]:
    """Which of editing, deleting and writing a follow-up the page offers."""
    page = browser.get(f"/customers/{customer.id}{tab}").text
    assert customer.name in page
    own = f"/customers/{customer.id}"
    return {sign for sign in (EDIT, REMOVE, WRITE) if (sign if sign == WRITE else f"{own}{sign}") in page}


@pytest.mark.requirement("R-443")
def test_the_owner_is_offered_to_edit_and_to_write(client_for: Clients, trade: Trade) -> None:
    assert offered(client_for("sales.east1"), trade.customer("sales.east1")) >= {EDIT, WRITE}


@pytest.mark.requirement("R-443")
def test_with_whom_a_customer_is_shared_to_read_is_offered_no_way_to_change_it(client_for: Clients, shared_to_read: Customer) -> None:
    browser = client_for("sales.east2")
    assert offered(browser, shared_to_read) == set()
    files = browser.get(f"/customers/{shared_to_read.id}?tab=files").text
    assert 'type="file"' not in files
    contacts = browser.get(f"/customers/{shared_to_read.id}?tab=contacts").text
    assert "/contacts/add" not in contacts.split('id="tab-body"')[1]


@pytest.mark.requirement("R-443")
def test_with_whom_a_customer_is_shared_to_write_is_offered_to_change_it(client_for: Clients, world: World, trade: Trade) -> None:
    customer = shared(world, trade, ShareMode.WRITE)
    assert offered(client_for("sales.east2"), customer) == {EDIT, WRITE}


def test_a_leader_who_reads_everything_below_is_offered_no_change(client_for: Clients, trade: Trade) -> None:
    assert offered(client_for("leader"), trade.customer("sales.east1")) == set()


def test_what_is_offered_is_what_the_verbs_accept(world: World, shared_to_read: Customer) -> None:
    expected = {
        "sales.east1": ({"read", "update", "delete", "share"}, True),
        "sales.east2": ({"read"}, False),
        "head.east": ({"read", "update", "delete", "share", "review"}, True),
        "leader": ({"read"}, False),
        "sales.west1": (set(), False),
    }
    for account, (verbs, adds) in expected.items():
        with world.reading(account) as session:
            assert allowed_verbs(session, shared_to_read, ("read", "update", "delete", "share", "review")) == verbs, account
            assert may_add(session, Contact, shared_to_read) is adds, account


def test_a_contract_that_is_fixed_keeps_edit_with_its_reason_among_the_further_actions(client_for: Clients, trade: Trade) -> None:
    contract = trade.contract("sales.east1")
    browser = client_for("sales.east1")
    assert f'class="btn btn-primary" href="/c/qiheng/contracts/{contract.id}/edit"' in browser.get(f"/contracts/{contract.id}").text


@pytest.mark.requirement("R-484")
def test_the_usual_next_step_is_the_filled_button_of_whoever_may_take_it_and_edit_stands_beside_it(
    client_for: Clients, world: World, trade: Trade
) -> None:
    contract = trade.contract("sales.east1")
    page = client_for("contracts").get(f"/contracts/{contract.id}").text
    filled = re.search(r'<(summary|button type="submit") class="btn btn-primary">.*?</\1', page.split('id="tab-body"')[0], re.DOTALL)
    assert filled is not None
    assert "签订" in filled.group()
    with world.use_case("contracts") as session:
        sign_contract(session, contract.id, contract.version)
    page = client_for("contracts").get(f"/contracts/{contract.id}").text.split('id="tab-body"')[0]
    assert "作废" in page
    assert not re.search(r'class="btn btn-primary">[^/]*(作废|终止)', page), "what ends it early is not the usual step"


def test_a_list_without_any_record_has_one_filled_button_and_begins_beside_its_title_once_it_has(client_for: Clients, trade: Trade) -> None:
    browser, begin = client_for("sales.east1"), "kg-begin"
    for shape in ("", "cards"):
        page = browser.get(f"/customers/{shape}").text
        main = page[page.index('id="main"') :]
        assert len(re.findall(r'<a class="btn btn-primary', main)) == 1, shape
        assert begin not in main, shape
    assert begin in browser.get("/customers/?q=zzzz").text
    trade.customer("sales.east1")
    for shape in ("", "cards"):
        assert begin in browser.get(f"/customers/{shape}").text, shape
