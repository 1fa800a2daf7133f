"""The edge of a column is drawn by the mouse and by the arrows; what was drawn is there when one comes back."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from core.lists.widths import LEAST_WIDTH, MOST_WIDTH
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import PHONE
from tests.sizes import sized

KEPT = "**/lists/customers/columns"


def _head(page: Page, name: str) -> Locator:
    return page.locator(f"#list th[data-col={name}]")


def _edge(page: Page, name: str) -> Locator:
    return _head(page, name).locator(".kg-edge")


def _wide(page: Page, name: str) -> int:
    box = _head(page, name).bounding_box()
    assert box
    return round(box["width"])


def _drag(page: Page, name: str, by: int) -> None:
    """Press on the edge, move, and let go, as a hand does."""
    box = _edge(page, name).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=3)
    page.mouse.move(x + by, y, steps=3)
    page.mouse.up()


def test_a_column_is_drawn_by_the_mouse_and_by_the_arrows_and_stays_so(open_window: OpenWindow, house: House) -> None:
    window = open_window("sales.east2")
    page = window.page
    window.open("/customers/?view=all")
    name, state, order = _wide(page, "name"), _wide(page, "state"), page.url
    with page.expect_response(KEPT) as kept:
        _drag(page, "name", -90)
    assert kept.value.status == 204
    assert abs(_wide(page, "name") - (name - 90)) <= 1
    assert abs(_wide(page, "state") - state) <= 1
    assert page.url == order, "an edge is no way to sort"
    edge = _edge(page, "state")
    edge.focus()
    with page.expect_response(KEPT) as kept:
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    assert kept.value.status == 204
    drawn = _wide(page, "state")
    assert abs(drawn - (state + 48)) <= 1
    expect(edge).to_have_attribute("aria-valuenow", str(drawn))
    with page.expect_response(KEPT):
        page.keyboard.press("Home")
    assert _wide(page, "state") == 60
    page.reload()
    assert abs(_wide(page, "name") - (name - 90)) <= 1
    assert _wide(page, "state") == 60
    page.locator(".kg-filters > a", has_text="列").click()
    page.locator("#drawer button[value=reset]").click()
    expect(page.locator("#list .kg-sized")).to_have_count(0)
    assert _wide(page, "name") == name


def test_the_last_column_becomes_narrower_and_the_rows_still_reach_across(open_window: OpenWindow, house: House) -> None:
    """Of every list: what the last column gives up is no other column's, and the lines of the rows go on to the end of the page."""
    window = open_window("head.east")
    page = window.page
    for noun in list(house.keguan.nouns.by_path.values())[:: sized(5, 1)]:
        if window.open(f"/{noun.path}/?view=all") != 200 or not page.locator("#list table[data-sizing]").count():
            continue
        names = [one.get_attribute("data-col") or "" for one in page.locator("#list th[data-col]").all()]
        before = {name: _wide(page, name) for name in names}
        edge = _edge(page, names[-1])
        edge.scroll_into_view_if_needed()
        with page.expect_response(f"**/lists/{noun.path}/columns"):
            _drag(page, names[-1], -40)
        narrower = _within(before[names[-1]] - 40)
        assert abs(_wide(page, names[-1]) - narrower) <= 1, noun.path
        moved = {name: (before[name], _wide(page, name)) for name in names[:-1] if abs(_wide(page, name) - _within(before[name])) > 1}
        assert not moved, noun.path
        reach = page.locator("#list table").evaluate("one => [one.offsetWidth, one.parentElement.clientWidth]")
        assert reach[0] >= min(reach[1], sum(before.values())), noun.path
        page.reload()
        assert abs(_wide(page, names[-1]) - narrower) <= 1, noun.path
        window.page.request.post(
            house.url(f"/lists/{noun.path}/columns"),
            form={"step": "reset", "csrf_token": page.locator("meta[name=csrf-token]").get_attribute("content") or ""},
        )


def _within(width: float) -> float:
    """How wide a column of that width becomes when the table is drawn."""
    return min(max(width, LEAST_WIDTH), MOST_WIDTH)


def test_what_is_drawn_in_a_saved_view_is_kept_with_it(open_window: OpenWindow, house: House) -> None:
    window = open_window("sales.east2")
    page = window.page
    window.open("/lists/customers/views/new?conditions=widths%3Dname%253A300")
    page.locator("main [name=name]").fill("列宽视图")
    page.get_by_role("button", name="保存视图").click()
    expect(page.locator("#list .kg-sized")).to_have_count(1)
    assert _wide(page, "name") == 300
    with page.expect_navigation():
        _drag(page, "name", 60)
    assert _wide(page, "name") == 360
    page.locator("summary[aria-label='此视图']").click()
    page.locator(".kg-tabs + span .kg-pop a", has_text="保存更改").click()
    page.locator("#drawer [name=take]").check()
    with page.expect_navigation():
        page.locator("#drawer [data-submit]").click()
    expect(page.locator(".kg-tabs [aria-current]", has_text="列宽视图")).to_be_visible()
    expect(page.locator("#list .kg-sized")).to_have_count(1)
    assert _wide(page, "name") == 360
    window.open("/customers/?view=all")
    expect(page.locator("#list .kg-sized")).to_have_count(0)


def test_a_phone_shows_cards_whatever_was_drawn(open_window: OpenWindow, house: House) -> None:
    window = open_window("sales.east2", size=PHONE)
    window.open("/customers/?widths=name:800,state:800")
    page = window.page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    expect(page.locator(".kg-edge")).to_have_count(0)
