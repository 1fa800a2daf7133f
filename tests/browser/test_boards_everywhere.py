"""Boards that nobody has declared: cards are dragged on them, and what a verb asks is asked beside the board, for whatever plugin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.web.nouns import Noun
from core.web.usual_board import board_of
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import Window

WAYS = """(kind) => { for (const card of document.querySelectorAll("[data-card]:not([data-fixed])")) {
  const from = card.closest("[data-column]"), top = card.getBoundingClientRect().bottom;
  if (top > innerHeight - 40) continue;
  for (const way of card.querySelectorAll(`${kind}[data-to]`)) {
    const to = document.querySelector(`[data-column="${way.dataset.to}"]`), box = to?.getBoundingClientRect();
    if (box && to !== from && box.right < innerWidth && box.left > 0)
      return [card.querySelector("a.name").getAttribute("href"), from.dataset.column, way.dataset.to];
  } } return null; }"""


def derived(house: House) -> list[Noun]:
    """Nouns whose board follows from their life cycle alone."""
    return [noun for noun in house.keguan.nouns.by_path.values() if noun.board is None and board_of(noun) is not None]


def ways(window: Window, nouns: list[Noun], kind: str) -> Iterator[tuple[Noun, Any]]:
    """Boards on which a card may be moved to a column in sight, each with the card, where it stands and where it may go."""
    for noun in nouns:
        assert window.open(f"/{noun.path}/board") == 200, noun.path
        if (found := window.page.evaluate(WAYS, kind)) is not None:
            yield noun, found


def drag(page: Page, address: str, to: str) -> Locator:
    """Drag the card of the record at ``address`` into the column ``to`` by hand; the column."""
    card, target = page.locator("[data-card]", has=page.locator(f"a.name[href='{address}']")), page.locator(f"[data-column='{to}']")
    start, end = card.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] - 2, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 30, steps=8)
    page.mouse.move(end["x"] + 70, end["y"] + 36, steps=3)
    expect(target.locator("[data-card].ghost")).to_have_count(1)
    page.mouse.up()
    return target


@pytest.mark.requirement("R-198")
def test_cards_are_dragged_on_boards_that_no_plugin_has_declared(open_window: OpenWindow, house: House) -> None:
    head = open_window("head.east")
    moved: set[str] = set()
    for noun, (address, _, to) in ways(head, derived(house), "button"):
        target = drag(head.page, address, to)
        expect(head.page.locator("[data-toast], main .kg-say").first).to_be_visible()
        if not head.page.locator("[data-toast]").count():
            continue  # the business has said why not: a contract is signed once it has passed its approval
        expect(target.locator(f"a.name[href='{address}']")).to_have_count(1)
        assert head.page.url.endswith("/board"), head.page.url
        moved.add(noun.plugin)
    assert len(moved) >= 3, moved


def test_what_a_step_asks_is_asked_beside_the_board_and_then_done(open_window: OpenWindow, house: House) -> None:
    head = open_window("head.east")
    page = head.page
    asked: set[str] = set()
    for noun, (address, start, to) in ways(head, derived(house), "a"):
        drag(page, address, to)
        drawer = page.locator("#drawer dialog")
        expect(drawer).to_be_visible()
        assert page.url.endswith("/board"), page.url
        expect(page.locator(f"[data-column='{start}'] a.name[href='{address}']")).to_have_count(1)
        texts = drawer.locator("textarea[required], input[type=text][required]")
        questions = drawer.locator("[required]").count()
        drawer.locator("[data-submit]").click()
        if questions and texts.count() == questions:
            expect(drawer.locator("[aria-invalid=true]").first).to_be_visible()
            for one in texts.all():
                one.fill("客户改期")
            drawer.locator("[data-submit]").click()
            expect(page.locator("[data-toast]")).to_be_visible()
            expect(page.locator(f"[data-column='{to}'] a.name[href='{address}']")).to_have_count(1)
            asked.add(noun.path)
    assert asked
