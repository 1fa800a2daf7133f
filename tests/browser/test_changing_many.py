"""Rows are picked, changed together and taken back; one cell is changed by the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow


def test_picked_rows_are_changed_taken_back_and_one_cell_is_changed_by_the_keyboard(open_window: OpenWindow) -> None:
    window = open_window("head.east")
    window.open("/customers/?order=-id")
    page, cell = window.page, window.page.locator("tr[data-at] td[data-cell=industry]").first
    before = cell.inner_text()
    for number in range(2):
        page.locator("[data-pick]").nth(number).check()
    page.locator(".kg-bulk summary").first.click()
    page.locator('.kg-bulk [formaction*="field=industry"]').click()
    page.locator("dialog [name=industry]").fill("轨道交通")
    page.locator("dialog [data-submit]").click()
    expect(cell).to_have_text("轨道交通")
    page.locator(".kg-toast form button").click()
    expect(cell).to_have_text(before)

    cell.focus()
    page.keyboard.press("Enter")
    expect(cell.locator("[name=industry]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell).to_have_text(before)
    page.keyboard.press("Enter")
    expect(cell.locator("[name=industry]")).to_be_focused()
    page.keyboard.type("船舶配套")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("船舶配套")
    expect(cell).to_be_focused()
    page.locator(".kg-toast form button").click()
    expect(cell).to_have_text(before)
