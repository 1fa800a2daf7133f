"""The stages of an opportunity as a bar, and all opportunities under way as a board."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import NamedTuple

import pytest
from sqlalchemy import select

from plugins.sales.models import Opportunity, Stage
from plugins.sales.operations import (
    advance_opportunity,
    cancel_order,
    change_stage,
    hand_over_opportunity,
    lose_opportunity,
    win_opportunity,
)
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
STEP = re.compile(r'<li class="((?:done|now|later)[^"]*)"')


class Known(NamedTuple):
    """A stage as the tests need it."""

    id: int
    name: str


def stages(world: World) -> list[Known]:
    with world.reading(SELLER) as session:
        return [Known(stage.id, stage.name) for stage in session.scalars(select(Stage).order_by(Stage.position))]


def bar_of(browser: Browser, opportunity: Opportunity) -> tuple[list[str], int]:
    """Where each step lies, and how many of them are buttons."""
    page = browser.get(f"/opportunities/{opportunity.id}").text
    bar = page[page.index('class="kg-stages"') :].partition("</ol>")[0]
    return STEP.findall(bar), bar.count("<button")


@pytest.mark.requirement("R-198")
def test_the_bar_shows_where_the_opportunity_is_and_moves_it(client_for: ClientFor, world: World, shop: Shop) -> None:
    opportunity, browser = shop.opportunity(), client_for(SELLER)
    assert bar_of(browser, opportunity) == (["now idle", "later", "later", "later", "later"], 4)
    third = stages(world)[2]
    moved = browser.post(f"/opportunities/{opportunity.id}/advance", data={"version": "1", "stage": str(third.id)})
    assert moved.headers["Location"].endswith(f"/opportunities/{opportunity.id}")
    assert bar_of(browser, opportunity) == (["done", "done", "now run", "later", "later"], 4)
    assert "成功率 50%" in browser.get(f"/opportunities/{opportunity.id}").text


def test_what_is_won_has_passed_every_stage_and_what_is_closed_is_not_moved(client_for: ClientFor, world: World, shop: Shop) -> None:
    won, lost = shop.opportunity(), shop.opportunity()
    with world.use_case(SELLER) as session:
        win_opportunity(session, won.id, None, reason="price")
        lose_opportunity(session, lost.id, None, reason="price")
    browser = client_for(SELLER)
    assert bar_of(browser, won) == ([*["done"] * 5, "now good"], 0)
    assert bar_of(browser, lost) == (["done", "now bad"], 0)


def test_nothing_is_expected_of_a_closed_opportunity_on_its_card(client_for: ClientFor, world: World, shop: Shop) -> None:
    under_way, lost = shop.opportunity(title="在谈商机"), shop.opportunity(title="输单商机")
    with world.use_case(SELLER) as session:
        lose_opportunity(session, lost.id, None, reason="price")
    page = client_for(SELLER).get("/opportunities/cards?view=all").text
    cards = [page.partition(f'/opportunities/{one.id}"')[2].partition("</li>")[0] for one in (under_way, lost)]
    assert ["未安排下一步" in card for card in cards] == [True, False]


def columns_of(page: str) -> dict[str, tuple[int, int]]:
    """By the name of the column how many are told to stand in it, and how many cards do."""
    parts = page.split('<section class="kg-column"')[1:]
    named = ((re.search(r"<h2[^>]*>([^<]*)", part), re.search(r'kg-2 kg-grow">(\d+)', part), part.count("data-card")) for part in parts)
    return {name[1]: (int(count[1]), cards) for name, count, cards in named if name and count}


@pytest.mark.requirement("R-198")
def test_the_board_counts_and_sums_what_its_lists_hold(client_for: ClientFor, world: World, shop: Shop) -> None:
    first, second, third = shop.opportunity(), shop.opportunity(amount=Decimal("1234.00")), shop.opportunity()
    target = stages(world)[1]
    with world.use_case(SELLER) as session:
        advance_opportunity(session, second.id, None, stage=target.id)
        lose_opportunity(session, third.id, None, reason="price")
    browser = client_for(SELLER)
    page = browser.get("/opportunities/board").text
    names = [stage.name for stage in stages(world)]
    assert columns_of(page) == {name: (1, 1) if place < 2 else (0, 0) for place, name in enumerate(names)}
    assert "¥51,234" in page
    assert f"/opportunities/{first.id}" in page
    assert f"/opportunities/{third.id}" not in page
    listed = browser.get(f"/opportunities/?view=open&stage={target.id}").text
    assert f"/opportunities/{second.id}" in listed
    assert f"/opportunities/{first.id}" not in listed


@pytest.mark.parametrize("shape", ["", "board", "cards"])
@pytest.mark.parametrize(("amount", "decimals"), [("1234.00", {""}), ("1234.50", {"00", "50"})])
def test_amounts_that_stand_together_have_the_same_number_of_decimals(
    client_for: ClientFor, shop: Shop, shape: str, amount: str, decimals: set[str]
) -> None:
    shop.opportunity(amount=Decimal("12000.00"))
    shop.opportunity(amount=Decimal(amount))
    main = client_for(SELLER).get(f"/opportunities/{shape}?view=all").text.partition("<main")[2]
    assert {found for _, found in re.findall(r"¥([\d,]+)(?:\.(\d\d))?", main)} == decimals


def test_a_card_that_is_moved_leads_back_to_the_board_and_its_view(client_for: ClientFor, world: World, shop: Shop) -> None:
    opportunity, browser, target = shop.opportunity(), client_for(SELLER), stages(world)[3]
    sent = {"version": "1", "stage": str(target.id), "next": "board", "asked": "view=mine"}
    answer = browser.post(f"/opportunities/{opportunity.id}/advance", data=sent)
    assert answer.headers["Location"].endswith("/opportunities/board?view=mine")
    assert columns_of(browser.get("/opportunities/board?view=mine").text)[target.name] == (1, 1)
    assert browser.get("/opportunities/board?view=nowhere").status_code == 400


@pytest.mark.requirement("R-441")
def test_the_board_shows_what_one_sees_and_offers_to_move_what_one_may(client_for: ClientFor, world: World, shop: Shop) -> None:
    mine, others = shop.opportunity(), shop.opportunity()
    with world.use_case(HEAD) as session:
        hand_over_opportunity(session, others.id, None, owner=shop.trade.employee("sales.east2"), reason="分工")
    board = client_for(SELLER).get("/opportunities/board").text
    assert f"/opportunities/{mine.id}/advance" in board
    assert f"/opportunities/{others.id}" not in board
    for account in ("head.east", "finance", "leader"):
        actor = world.actor(account)
        if actor.may("sales.opportunity", "read"):
            page = client_for(account).get("/opportunities/board").text
            assert ("data-fixed" not in page) == actor.may("sales.opportunity", "update"), account


def test_a_column_shows_its_first_cards_and_says_how_many_more_there_are(
    client_for: ClientFor, world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.boards.CARDS", 2)
    customer = shop.trade.customer()
    for number in range(3):
        shop.opportunity(title=f"商机{number}", customer=customer.id)
    page = client_for(SELLER).get("/opportunities/board").text
    assert columns_of(page)[stages(world)[0].name] == (3, 2)
    assert "还有 1 个" in page


def test_stages_that_the_program_began_are_called_in_the_language_of_the_reader(client_for: ClientFor, world: World, shop: Shop) -> None:
    opportunity, browser = shop.opportunity(), client_for(SELLER)
    pages = ("board", f"{opportunity.id}", "?view=all", "?group=stage&view=all", "chart?by=stage", f"?stage={opportunity.stage_id}")
    for language, known, other in (("zh_CN", "初步接触", "First contact"), ("en", "First contact", "初步接触")):
        assert browser.post("/account/language", data={"language": language}).status_code == 303
        for page in pages:
            told = browser.get(f"/opportunities/{page}").text
            assert known in told, (language, page)
            assert other not in told, (language, page)
        assert known in browser.get("/stages/").text
    with world.use_case(HEAD) as session:
        change_stage(session, opportunity.stage_id, None, {"name": "第一次见面", "english": None})
    typed = browser.get("/opportunities/board").text
    assert "第一次见面" in typed  # what a company typed stays as it was typed
    assert "First contact" not in typed


BESIDE = re.compile(r'<a class="kg-s kg-2" href="[^"]*(/opportunities/\?[^"]*)">([^<]*)</a>')


@pytest.mark.requirement("R-198")
def test_a_sum_says_what_it_leaves_out_and_leads_there(client_for: ClientFor, shop: Shop) -> None:
    known, vague = shop.opportunity(title="已估价"), shop.opportunity(title="未估价", amount=None)
    browser = client_for(SELLER)
    page = browser.get("/opportunities/board").text
    assert "¥50,000" in page
    doors = BESIDE.findall(page)
    assert [words for _, words in doors] == ["1 个没有金额"] * 2  # of the whole board, and of the column
    for door, _ in doors:
        listed = browser.get(unescape(door)).text
        assert f"/opportunities/{vague.id}" in listed
        assert f"/opportunities/{known.id}" not in listed


@pytest.mark.requirement("R-198")
def test_of_records_without_an_amount_there_is_no_sum(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity(amount=None)
    page = client_for(SELLER).get("/opportunities/board").text
    assert "¥" not in page.partition("<main")[2]


def test_what_a_sum_leaves_out_of_a_saved_view_stands_in_that_view(client_for: ClientFor, shop: Shop) -> None:
    inside, outside = shop.opportunity(title="空压站一期", amount=None), shop.opportunity(title="其他", amount=None)
    browser = client_for(SELLER)
    browser.post("/lists/opportunities/views/new", data={"name": "空压站", "conditions": "where=title.has.空压站"})
    view = re.search(r"view=(\d+)", browser.get("/opportunities/?view=all").text)
    assert view is not None
    doors = BESIDE.findall(browser.get(f"/opportunities/board?view={view[1]}").text)
    assert len(doors) == 2
    for door, _ in doors:
        listed = browser.get(unescape(door)).text
        assert f"/opportunities/{inside.id}" in listed
        assert f"/opportunities/{outside.id}" not in listed


def test_the_sum_of_the_whole_board_says_that_it_leaves_out_what_does_not_count(client_for: ClientFor, world: World, shop: Shop) -> None:
    shop.product()
    kept, dropped = shop.order(), shop.order()
    with world.use_case(SELLER) as session:
        cancel_order(session, dropped.id, None, reason="客户取消")
    browser = client_for(SELLER)
    page = browser.get("/orders/board?view=all").text
    doors = re.findall(r'<a class="kg-s kg-2" href="[^"]*(/orders/\?[^"]*)">([^<]*)</a>', page)
    assert [words for _, words in doors] == ["1 个未计入合计"]
    listed = browser.get(unescape(doors[0][0])).text
    assert f"/orders/{dropped.id}" in listed
    assert f"/orders/{kept.id}" not in listed


def test_a_sum_tells_what_it_leaves_out_where_no_list_can_be_asked_for_it(client_for: ClientFor, shop: Shop) -> None:
    shop.opportunity(title="未估价", amount=None)
    page = client_for(SELLER).get("/opportunities/board?view=open&join=or&where=title.has.未估&where=title.has.已估").text
    assert page.count('<span class="kg-s kg-2">1 个没有金额</span>') == 2
