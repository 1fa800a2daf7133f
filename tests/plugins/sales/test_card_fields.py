"""Fields of a board's cards: chosen like columns; never what one may not read, and only where there is a board."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from core.access.models import FieldGrant, Role
from core.kernel.acting import FieldAccess
from core.lists.models import ListHabit
from tests.plugins.sales.conftest import SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
PATH, BOARD = "/lists/opportunities/columns", "/opportunities/board"


def _hide(world: World, field: str) -> None:
    role = Role.__table__.c
    said = {"resource": "sales.opportunity", "table_name": "sales_opportunity", "field": field, "access": FieldAccess.NONE, "version": 1}
    with world.keguan.database.engine.begin() as connection:
        roles = connection.execute(select(role.id.label("role_id"), role.company_id)).mappings().all()
        connection.execute(FieldGrant.__table__.insert(), [{**said, **one} for one in roles])


def test_a_hidden_field_is_neither_offered_nor_on_a_card_that_once_showed_it(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.opportunity()
    browser = client_for(SELLER)
    assert 'value="amount"' in browser.get(f"{PATH}?on=board").text
    browser.post(PATH, data={"on": "board", "column": ["amount", "owner"]})
    assert "<dt>金额</dt>" in browser.get(BOARD).text.replace("预计金额", "金额")
    _hide(world, "amount")
    assert 'value="amount"' not in browser.get(f"{PATH}?on=board").text
    shown = browser.get(BOARD).text
    assert "金额</dt>" not in shown
    assert "</dt>" in shown  # the other field stays


def test_the_choice_comes_back_to_the_board_that_was_open_and_to_nothing_else(client_for: ClientFor, world: World, shop: Shop) -> None:
    browser = client_for(SELLER)
    answer = browser.post(PATH, data={"on": "board", "asked": "view=mine&more=1&next=https://elsewhere.example", "column": ["owner"]})
    assert answer.headers["Location"].endswith("/opportunities/board?view=mine&more=1")
    with world.reading(SELLER) as session:
        assert session.scalars(select(ListHabit)).one().columns == ""


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_list_without_a_board_has_no_cards_to_choose_for(client_for: ClientFor, method: str) -> None:
    assert getattr(client_for(SELLER), method)("/lists/contacts/columns?on=board").status_code == 404


def test_a_saved_view_keeps_the_fields_of_its_cards_and_opens_the_board_with_them(client_for: ClientFor, world: World, shop: Shop) -> None:
    stays, goes = shop.opportunity(title="Pumps for the port"), shop.opportunity(title="Valves for the dam")
    browser = client_for(SELLER)
    browser.post(PATH, data={"on": "board", "column": ["owner"]})
    door = re.search(r'href="([^"]*/lists/opportunities/views/new[^"]*)"', browser.get("/opportunities/?q=pumps").text)
    assert door is not None
    kept = dict(parse_qsl(urlsplit(html.unescape(door[1])).query))["conditions"]
    made = browser.post("/lists/opportunities/views/new", data={"name": "Pumps", "conditions": kept})
    number = made.headers["Location"].rpartition("view=")[2]
    browser.post(PATH, data={"on": "board", "step": "reset"})
    assert "<dt>" not in browser.get(BOARD).text
    board = browser.get(f"{BOARD}?view={number}").text
    assert stays.title in board
    assert goes.title not in board
    assert len(re.findall(r"<dt>(.*?)</dt>", board)) == 1
    assert f'{BOARD}?view={number}" aria-current="page"' in board
    assert f'{BOARD}?view={number}"' in browser.get(f"/opportunities/?view={number}").text


def test_fields_chosen_while_a_view_is_open_are_kept_by_the_view_of_its_author_alone(
    client_for: ClientFor, world: World, shop: Shop
) -> None:
    shop.opportunity()
    browser = client_for(SELLER)
    shared = {"name": "All of us", "conditions": "order=-id", "shared": f"department-{world.employees[SELLER].department_id}"}
    number = browser.post("/lists/opportunities/views/new", data=shared).headers["Location"].rpartition("view=")[2]
    assert browser.post(PATH, data={"on": "board", "asked": f"view={number}", "column": ["amount"]}).status_code == 303
    assert "<dt>预计金额</dt>" in browser.get(f"{BOARD}?view={number}").text
    assert "<dt>" not in browser.get(BOARD).text  # one's own habit is another matter
    other = client_for("sales.east2")
    assert "on=board" not in other.get(f"{BOARD}?view={number}").text
    assert other.post(PATH, data={"on": "board", "asked": f"view={number}", "column": ["owner"]}).status_code == 404
    assert other.get(f"{BOARD}?view=99999").status_code == 400
