"""A day's work without a mouse: real keys alone, and at each step one sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.hands import started
from tests.browser.keyboard import Keys
from tests.browser.windows import Window

LOW = (1440, 420)
"""A window in which rows, the record and its form have to be scrolled."""
HELD = "form => JSON.stringify([...new FormData(form)].filter(([name]) => !['csrf_token', 'form_key'].includes(name)))"
EDIT = "#record-head a[href$='/edit']"


def _past_the_menu(keys: Keys) -> None:
    keys.press("Tab", "Enter")
    expect(keys.page.locator("#main")).to_be_focused()


def _opened(page: Page) -> Locator:
    form = page.locator("dialog[open] form")
    expect(form.locator("[data-submit]")).to_be_visible()
    expect(form.locator("input[name=form_key]")).to_have_count(1)
    started(form)
    return form


def _scrolled(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY + (document.querySelector('#list > .kg-list-wrap')?.scrollTop ?? 0))"))


@pytest.mark.requirement("R-484")
def test_from_the_list_to_a_changed_record_and_back_to_its_row(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=LOW)
    window.open("/customers/?view=mine&order=id")
    page, keys = window.page, Keys(window.page)
    row = page.locator("#list tbody a.name").nth(7)
    path = str(row.get_attribute("href"))
    _past_the_menu(keys)
    keys.to(f"#list a.name[href='{path}']")
    left = _scrolled(page)
    assert left > 0
    page.keyboard.press("Enter")
    expect(page.locator("#record-head h1")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{path}$"))

    _past_the_menu(keys)
    keys.to(EDIT)
    page.keyboard.press("Enter")
    _opened(page)
    expect(page.locator("dialog [name=name]")).to_be_focused()
    keys.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(EDIT)).to_be_focused()
    page.keyboard.press("Enter")
    form = _opened(page)
    keys.to("dialog [name=industry]")
    keys.press("Control+a")
    page.keyboard.type("轨道交通")
    keys.to("dialog [data-submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(page.locator("aside.kg-stack")).to_contain_text("轨道交通")
    expect(page.locator(EDIT)).to_be_focused()
    keys.look("after saving")

    keys.to(".kg-crumb a", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/customers/\?view=mine&order=id$"))
    expect(row).to_be_focused()
    keys.look("back in the list")
    assert abs(_scrolled(page) - left) <= 1
    page.keyboard.press("Enter")
    expect(page.locator("#record-head h1")).to_be_visible()
    page.go_back()
    expect(row).to_be_focused()
    assert keys.unseen == []


def _open_one_to_change(window: Window, path: str) -> bool:
    """Go to the first record of the list that may be changed in its present state; False where there is none."""
    window.open(path)
    for href in window.page.locator("#list tbody a.name").evaluate_all("all => all.map(one => one.href)"):
        window.page.goto(href)
        if window.page.locator(EDIT).count():
            return True
    return False


@pytest.mark.requirement("R-484")
def test_who_only_passes_through_a_form_changes_nothing(open_window: OpenWindow) -> None:
    """Lists of choices open on the way; Tab takes nothing from them that nobody has looked for."""
    window = open_window("sales.east1", size=LOW)
    page, keys = window.page, Keys(window.page)
    walked = 0
    for path in ("/customers/", "/opportunities/", "/contracts/"):
        if not _open_one_to_change(window, path):
            continue
        page.locator(EDIT).press("Enter")
        form = _opened(page)
        before = form.evaluate(HELD)
        keys.to("dialog [data-submit]", on_the_way=lambda: page.wait_for_load_state("networkidle"))
        assert form.evaluate(HELD) == before
        assert form.get_attribute("data-dirty") is None
        keys.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        expect(page.locator(EDIT)).to_be_focused()
        keys.look("the drawer is closed")
        walked += 1
    assert walked > 1
    assert keys.unseen == []


AT_ONCE = """() => addEventListener("focusin", ({target}) => {
  if (target.name !== "industry") return;
  target.value = "船舶配套";
  queueMicrotask(() => target.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true})));
})"""
"""Keys that come before the browser has done anything else, as those of a fast typist on a busy machine do."""


def test_who_types_at_once_is_answered_in_place_too(open_window: OpenWindow) -> None:
    window = open_window("head.east")
    window.open("/customers/?order=-id")
    page = window.page
    place = page.locator("#list tr[data-at] td[data-cell=industry]").first
    url = page.url
    page.evaluate(AT_ONCE)
    place.press("F2")
    expect(place).to_have_text("船舶配套")
    expect(page).to_have_url(url)


def test_an_entry_is_looked_for_and_taken_by_keys_alone(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/customers/")
    page, keys = window.page, Keys(window.page)
    page.locator(".kg-titlebar a.btn-primary").press("Enter")
    form = _opened(page)
    block = form.locator("[data-field=source]")
    keys.to("dialog [data-field=source] .ts-control input")
    keys.press("ArrowDown", "ArrowDown", "Tab")
    first = block.locator("select").input_value()
    assert first
    assert block.locator(".ts-control input").evaluate("one => one !== document.activeElement"), "Tab takes it and goes on"
    keys.to("dialog [data-field=source] .ts-control input", "Shift+Tab")
    keys.press("ArrowDown", "ArrowDown", "Enter")
    assert block.locator("select").input_value() != first
    expect(block.locator(".ts-control input")).to_be_focused()
    expect(block.locator(".ts-dropdown")).to_be_hidden()
    keys.press("ArrowDown")
    expect(block.locator(".ts-dropdown")).to_be_visible()
    keys.press("Escape")
    expect(block.locator(".ts-dropdown")).to_be_hidden()
    expect(form).to_be_visible()
    assert keys.unseen == []


def test_escape_closes_what_is_open_and_leads_back(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/customers/")
    page, keys = window.page, Keys(window.page)
    _past_the_menu(keys)
    keys.to("#list summary.kg-pick")
    summary = page.locator("#list summary.kg-pick").first
    page.keyboard.press("Enter")
    expect(page.locator("#list details.kg-menu[open]")).to_have_count(1)
    keys.look("the menu is open")
    keys.press("Escape")
    expect(page.locator("details.kg-menu[open]")).to_have_count(0)
    expect(summary).to_be_focused()

    with page.expect_navigation():
        page.locator("#list tbody a.name").first.press("Enter")
    _past_the_menu(keys)
    keys.to("#record-head .kg-verbs summary")
    verb = page.locator("#record-head .kg-verbs summary").first
    page.keyboard.press("Enter")
    expect(page.locator("#record-head details[open]")).to_have_count(1)
    keys.press("Tab", "Shift+Tab", "Escape")
    expect(page.locator("#record-head details[open]")).to_have_count(0)
    expect(verb).to_be_focused()
    assert keys.unseen == []


def test_arrows_lead_from_cell_to_cell_and_a_changed_one_keeps_the_place(open_window: OpenWindow) -> None:
    window = open_window("head.east")
    window.open("/customers/?order=-id")
    page, keys = window.page, Keys(window.page)
    rows = page.locator("#list tr[data-at]")
    names = rows.first.locator("td[data-cell]").evaluate_all("cells => cells.map((one) => one.dataset.cell)")
    assert len(names) > 1

    def cell(row: int, column: int) -> Locator:
        return rows.nth(row).locator(f"td[data-cell={names[column]}]")

    _past_the_menu(keys)
    keys.to("td[data-cell]")
    expect(cell(0, 0)).to_be_focused()
    for key, row, column in (
        *(("ArrowLeft", 0, 0), ("ArrowUp", 0, 0), ("ArrowRight", 0, 1), ("ArrowDown", 1, 1), ("ArrowDown", 2, 1)),
        *(("ArrowLeft", 2, 0), ("ArrowUp", 1, 0)),
    ):
        keys.press(key)
        expect(cell(row, column)).to_be_focused()
    for _ in names:
        keys.press("ArrowRight")
    expect(cell(1, len(names) - 1)).to_be_focused()
    assert page.locator("td[data-cell][tabindex='0']").count() == 1, "one place in the order of Tab"
    keys.press("Tab", "Shift+Tab")
    expect(cell(1, len(names) - 1)).to_be_focused()

    text = names.index("industry")
    keys.press(*["ArrowLeft"] * (len(names) - 1 - text))
    place = cell(1, text)
    before = place.inner_text()
    page.keyboard.press("F2")
    expect(place.locator("[name=industry]")).to_be_focused()
    keys.press("ArrowLeft", "ArrowDown", "ArrowUp")
    expect(place.locator("[name=industry]")).to_be_focused()
    keys.press("Escape")
    expect(place).to_be_focused()
    expect(place).to_have_text(before)
    page.keyboard.press("Enter")
    expect(place.locator("[name=industry]")).to_be_focused()
    page.keyboard.type("船舶配套")
    page.keyboard.press("Enter")
    expect(place).to_have_text("船舶配套")
    expect(place).to_be_focused()
    keys.press("ArrowDown")
    expect(cell(2, text)).to_be_focused()
    assert keys.unseen == []


def test_a_list_does_not_open_over_what_is_wrong_until_it_is_asked_to(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/contacts/add")
    page = window.page
    page.locator("main form [data-submit]").click()
    wrong = page.locator("main form select[aria-invalid=true]").first
    expect(wrong).to_have_count(1)
    control = wrong.locator("xpath=following-sibling::*[contains(@class, 'ts-wrapper')]")
    expect(control.locator("input")).to_be_focused()
    page.wait_for_load_state("networkidle")
    expect(control.locator(".ts-dropdown")).to_be_hidden()
    control.locator(".ts-control").click()
    expect(control.locator(".ts-dropdown [data-selectable]").first).to_be_visible()
