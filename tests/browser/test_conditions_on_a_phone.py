"""What a list is asked by is seen on a phone without scrolling sideways, and each condition is taken off by a press."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.windows import PHONE


def test_conditions_are_within_the_screen_of_a_phone_and_are_taken_off(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=PHONE)
    window.open("/customers/?view=all&state=cooperating&kind=company")
    chips = window.page.locator(".kg-chips > .kg-pick")
    expect(chips).to_have_count(2)
    for one in chips.all():
        box = one.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
    chips.first.locator("a").click()
    expect(chips).to_have_count(1)
    assert "state=" not in window.page.url
