"""An entry is dragged to another day on the calendar of its list, and the list stays as it was asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House


def test_an_entry_is_dragged_to_another_day_of_its_list(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    page = sales.page
    sales.open("/opportunities/calendar?view=mine&by=expected_on&shape=month")
    for _ in range(4):
        if page.locator("[data-event]:not([data-fixed])").count():
            break
        page.locator(".kg-eventbar a.kg-ib").last.click()
    entry = page.locator("[data-event]:not([data-fixed])").first
    address = entry.locator("a").first.get_attribute("href")
    present = entry.evaluate("one => one.closest('[data-day]').dataset.day")
    wanted = page.locator("[data-day]").evaluate_all("(all, day) => all.map((one) => one.dataset.day).find((one) => one > day)", present)
    entry.scroll_into_view_if_needed()
    start, end = entry.bounding_box(), page.locator(f"[data-day='{wanted}']").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 14, steps=4)
    page.mouse.move(end["x"] + 40, end["y"] + 12, steps=8)
    page.mouse.move(end["x"] + 44, end["y"] + 16, steps=3)
    expect(page.locator(f"[data-day='{wanted}'] .ghost")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("[data-toast]")).to_be_visible()
    assert "/opportunities/calendar?" in page.url
    assert "view=mine" in page.url
    expect(page.locator(f"[data-day='{wanted}'] a[href='{address}']")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_view_above_a_list_is_cut_on_a_usual_screen(open_window: OpenWindow, house: House, language: str) -> None:
    house.speak(language)
    window = open_window("sales.east1", size=(1440, 900), language=language)
    for path in ("scheduled-payments", "opportunities", "contracts"):
        window.open(f"/{path}/?view=all")
        views = window.page.locator(".kg-titlebar > .kg-tabs")
        hidden = views.evaluate("""(row) => { const box = row.getBoundingClientRect();
          return [...row.children].filter((one) => one.getBoundingClientRect().right > box.right + 1).map((one) => one.textContent); }""")
        assert hidden == [], path
        assert views.evaluate("(row) => row.nextElementSibling.getBoundingClientRect().left >= row.getBoundingClientRect().right"), path
