"""Opportunities are moved on the board by hand and by keyboard; both end in the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenWindow
from tests.browser.windows import Window

BOARD = "/opportunities/board?view=mine"


def first_card(window: Window) -> tuple[Locator, str]:
    """The first card of the first column that has one, and the address that it leads to."""
    window.open(BOARD)
    card = window.page.locator("[data-column] [data-card]").first
    return card, card.locator("a.name").get_attribute("href") or ""


def column_with(window: Window, address: str) -> str:
    """Key of the column in which the card stands."""
    return str(window.page.locator(f"[data-card] a.name[href='{address}']").evaluate("one => one.closest('[data-column]').dataset.column"))


@pytest.mark.requirement("R-198")
def test_a_card_is_dragged_to_another_stage(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    card, address = first_card(sales)
    target = sales.page.locator("[data-column]").nth(3)
    wanted = target.get_attribute("data-column")
    start, end = card.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    mouse = sales.page.mouse
    mouse.move(start["x"] + 40, start["y"] + 50)
    mouse.down()
    mouse.move(start["x"] + 60, start["y"] + 60, steps=4)
    mouse.move(end["x"] + 60, end["y"] + 40, steps=8)
    mouse.move(end["x"] + 70, end["y"] + 48, steps=3)
    expect(target.locator("[data-card].ghost")).to_have_count(1)  # the browser tells the page of a drag a moment later
    mouse.up()
    expect(sales.page.locator("[data-toast]")).to_contain_text("推进阶段")
    assert sales.page.url.endswith(BOARD)
    assert column_with(sales, address) == wanted


def test_a_card_is_moved_by_keyboard(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    card, address = first_card(sales)
    summary = card.locator("summary")
    summary.focus()
    summary.press("Enter")
    button = card.locator("button.kg-item").last
    wanted = button.get_attribute("value")
    button.focus()
    button.press("Enter")
    expect(sales.page.locator("[data-toast]")).to_contain_text("推进阶段")
    assert column_with(sales, address) == wanted


@pytest.mark.parametrize("reason", ["of its own", "of the life cycle"])
def test_a_move_that_is_not_possible_is_explained_on_the_screen_and_changes_nothing(open_window: OpenWindow, reason: str) -> None:
    head = open_window("head.east")
    page = head.page
    head.open("/service-requests/board")
    found = page.evaluate(
        """(own) => { for (const card of document.querySelectorAll("[data-card]:not([data-fixed])"))
        for (const list of document.querySelectorAll("[data-column]"))
        if (!list.contains(card) && !card.querySelector(`[data-to="${list.dataset.column}"]:is(button, a)`)) {
        const why = card.querySelector(`[data-to="${list.dataset.column}"]`)?.dataset.why;
        const names = [card, list].map((one) => one.closest("section").querySelector("h2").textContent);
        if (own === Boolean(why)) return [card.querySelector("a.name").getAttribute("href"), list.dataset.column, why || names]; }
        return null; }""",
        reason == "of its own",
    )
    assert found is not None
    address, wanted, why = found
    before = column_with(head, address)
    card, target = page.locator("[data-card]", has=page.locator(f"a.name[href='{address}']")), page.locator(f"[data-column='{wanted}']")
    start, end = card.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 40, start["y"] + 50)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 60, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 40, steps=8)
    page.mouse.move(end["x"] + 70, end["y"] + 48, steps=3)
    expect(target.locator("[data-card].ghost")).to_have_count(1)
    page.mouse.up()
    for sentence in [why] if isinstance(why, str) else why:
        expect(page.locator("[data-refusal]")).to_contain_text(sentence)
    assert column_with(head, address) == before
