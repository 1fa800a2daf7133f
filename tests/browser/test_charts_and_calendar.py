"""A chart is drawn and leads to its records; an entry of the calendar is dragged to another day."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow


def test_a_part_of_a_chart_leads_to_its_records(open_window: OpenWindow) -> None:
    head = open_window("head.east")
    assert head.open("/opportunities/chart?by=stage&measure=amount&draw=funnel&state=open") == 200
    place = head.page.locator("[data-chart]")
    expect(place).to_have_attribute("data-drawn", "1")
    canvas = place.locator("canvas")
    expect(canvas).to_have_count(1)
    box = canvas.bounding_box()
    assert box is not None
    rows = head.page.locator(".kg-values tbody tr")
    wanted = rows.first.locator("a").get_attribute("href") or ""
    head.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 16 + (box["height"] - 24) / rows.count() / 2)
    head.page.wait_for_url(lambda url: "/chart" not in url)
    assert head.page.url.endswith(wanted)
    expect(head.page.locator("h1")).to_have_text("商机")


def test_an_entry_of_the_calendar_is_dragged_to_another_day(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    sales.open("/calendar/?shape=month")
    form = sales.page.locator("form[action*='/opportunities/']")
    event = sales.page.locator("[data-event]", has=form).first
    title = event.locator("a .kg-cut").inner_text()
    present = event.evaluate("one => one.parentElement.dataset.day")
    target = sales.page.locator(f"[data-day]:not([data-day='{present}'])").last
    wanted = date.fromisoformat(target.get_attribute("data-day") or "")
    there = sales.page.locator(f"[data-day='{wanted}'] [data-event]", has_text=title)
    before = there.count()  # another date of the same opportunity may stand there, as today will have it
    start, end = event.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    mouse = sales.page.mouse
    mouse.move(start["x"] + 40, start["y"] + 12)
    mouse.down()
    mouse.move(start["x"] + 50, start["y"] + 16, steps=4)
    mouse.move(end["x"] + 60, end["y"] + 16, steps=8)
    mouse.move(end["x"] + 66, end["y"] + 20, steps=3)
    expect(target.locator("[data-event].ghost")).to_have_count(1)
    mouse.up()
    expect(sales.page.locator("[data-toast]")).to_contain_text(f"{wanted.year}年{wanted.month}月{wanted.day}日")
    expect(there).to_have_count(before + 1)


def test_on_a_phone_the_calendar_is_a_list_of_days(open_window: OpenWindow) -> None:
    phone = open_window("sales.east1", size=(390, 844))
    phone.open("/calendar/")
    expect(phone.page.locator(".kg-day.none:not(.today)").first).to_be_hidden()
    expect(phone.page.locator(".kg-week.head")).to_be_hidden()
    expect(phone.page.locator("[data-event]").first).to_be_visible()
    assert re.search(r"\d+月\d+日", phone.page.locator(".kg-day:not(.none) header").first.inner_text())
