"""Shapes of a list are offered where they tell something, and tell what the list tells."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from plugins.customers.operations import add_contact, create_customer
from tests.conformance.shape_promises import shapes
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
SELLER = "sales.east1"


@pytest.fixture
def customer(world: World) -> int:
    """A customer in an industry."""
    with world.use_case(SELLER) as session:
        return create_customer(session, {"name": "华星精密", "industry": "machinery"}).id


def offered(browser: Browser, noun: str) -> set[str]:
    return {address.rpartition("/")[2] for address in shapes(browser.get(f"/{noun}/?view=all").text)}


@pytest.mark.requirement("R-490")
def test_a_shape_that_tells_nothing_is_not_offered(client_for: ClientFor) -> None:
    browser = client_for("head.east")
    assert offered(browser, "customers") == {"", "board", "calendar", "cards", "chart"}
    assert offered(browser, "competitors") == set()  # a name is all that there is
    assert offered(browser, "invoice-titles") == {"", "cards"}  # each customer has its own: there is nothing to compare
    assert offered(browser, "employees") == {"", "cards", "chart"}  # nobody looks for the days on which people leave


def test_a_card_tells_what_the_list_tells_besides_the_name_and_whose_it_is(client_for: ClientFor, world: World, customer: int) -> None:
    with world.use_case(SELLER) as session:
        add_contact(session, {"customer": customer, "name": "孙启明", "position": "设备科长"})
    page = client_for(SELLER).get("/contacts/cards").text
    card = page.partition('<li class="kg-card"')[2].partition("</li>")[0]
    assert re.search(r"孙启明.*华星精密.*设备科长", card, re.DOTALL)
    assert len(re.findall("<dt>", card)) <= 3


def test_of_a_single_group_it_is_said_that_there_is_no_other(client_for: ClientFor, world: World, customer: int) -> None:
    browser = client_for(SELLER)
    alone = browser.get("/customers/chart?view=all&by=industry").text
    assert "data-chart" not in alone
    assert re.search("只有“[^”]+”一组，无可比较。", alone)
    with world.use_case(SELLER) as session:
        create_customer(session, {"name": "海川重工", "industry": "automotive"})
    both = browser.get("/customers/chart?view=all&by=industry").text
    assert "data-chart" in both
    assert "无可比较" not in both
