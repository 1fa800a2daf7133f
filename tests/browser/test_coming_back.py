"""A list that one comes back to stands as it was left, and a record keeps its place in the list while it is changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenWindow

ASKED = "view=mine"
LOW, NARROW = (1440, 300), (390, 500)
"""Windows in which five rows have to be scrolled."""


def _scrolled(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY + (document.querySelector('#list > .kg-list-wrap')?.scrollTop ?? 0))"))


@pytest.mark.parametrize("size", [LOW, NARROW], ids=["desktop", "phone"])
def test_the_way_back_from_a_record_leads_to_the_same_view_page_and_place(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window("sales.east1", size=size)
    window.open(f"/customers/?{ASKED}&size=5")
    page = window.page
    page.locator(".kg-pager [rel=next]").click()
    page.wait_for_url(lambda url: "page=2" in url and ASKED in url)
    expect(page.locator(".kg-pager [role=status]")).to_contain_text("6–10")
    name = page.locator("#list tbody a.name").last
    name.scroll_into_view_if_needed()
    left, address = _scrolled(page), page.url
    assert left > 0
    for back in ("link", "browser"):
        name.click()
        expect(page.locator("#record-head")).to_be_visible()
        if back == "link":
            page.locator(".kg-crumb a:visible").first.click()
        else:
            page.go_back()
        expect(page).to_have_url(address)
        page.wait_for_function("() => document.readyState === 'complete'")
        expect(page.locator(".kg-tabs [aria-current]").first).to_have_text("我负责的")
        assert abs(_scrolled(page) - left) <= 1
        expect(name).to_be_in_viewport()


def test_the_head_of_the_table_stays_in_sight(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/customers/")
    window.page.locator("#list tbody tr").last.scroll_into_view_if_needed()
    assert _scrolled(window.page) > 0
    head = window.page.locator("#list thead th").nth(1)
    expect(head).to_be_in_viewport(ratio=1)
    assert _on_top(head)


def _on_top(one: Locator) -> bool:
    """Whether nothing lies over the middle of it."""
    return bool(
        one.evaluate("""one => { const box = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }""")
    )


def test_a_change_in_place_keeps_the_way_to_the_next_record(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open(f"/customers/?{ASKED}&order=id")
    page = window.page
    page.locator("#list tbody a.name").nth(1).click()
    place = page.locator("[data-near]")
    expect(place).to_contain_text("2 /")
    page.locator("aside .kg-fields > div", has=page.locator("dt", has_text="行业")).locator(".pen").click()
    page.locator("[data-here-form] [name=industry]").fill("船舶配套")
    page.keyboard.press("Enter")
    expect(page.locator(".kg-toast")).to_be_visible()
    expect(page.locator("aside.kg-stack")).to_contain_text("船舶配套")
    page.wait_for_load_state("networkidle")
    expect(place).to_contain_text("2 /")
    expect(place.get_by_label("下一条记录")).to_have_attribute("href", re.compile(r"/customers/\d+$"))
    page.locator(".kg-toast form button").click()
    expect(page.locator(".kg-toast")).to_contain_text("已恢复")
    page.wait_for_load_state("networkidle")
