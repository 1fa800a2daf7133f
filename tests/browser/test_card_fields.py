"""What the cards of every board show is chosen by hand, on a wide screen and on a phone, and stays for the next visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from core.web.nouns import Noun
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import PHONE, WIDE, Window

WHO = "head.east"
OVERLAPS = """() => [...document.querySelectorAll("[data-card]")].flatMap((card) => {
  const box = card.getBoundingClientRect();
  return [...card.querySelectorAll("dt, dd")].filter((one) => {
    const own = one.getBoundingClientRect();
    return own.left < box.left || own.right > box.right + 1 || own.bottom > box.bottom + 1;
  }).map((one) => one.textContent);
})"""


def _boards(house: House, window: Window) -> Iterator[Noun]:
    found = [noun for noun in house.keguan.nouns.by_path.values() if noun.board is not None]
    assert found
    for noun in found:
        assert window.open(f"/{noun.path}/board") == 200, noun.path
        yield noun


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_fields_of_cards_are_chosen_moved_and_brought_back_by_hand(open_window: OpenWindow, house: House, size: tuple[int, int]) -> None:
    window = open_window(WHO, size=size)
    page = window.page
    for noun in _boards(house, window):
        door = page.locator(f"a[href*='/lists/{noun.path}/columns']")
        labels = page.locator("[data-card]").first.locator("dt")
        expect(labels).to_have_count(0)
        door.click()
        rows = page.locator(".kg-columns li")
        expect(rows.first).to_be_visible()
        ticked = [one.get_attribute("value") or "" for one in page.locator("[name=column]:checked").all()]
        for name in ticked:
            page.locator(f"[name=column][value={name}]").uncheck()
        for name in (ticked[-1], "created_at"):
            if page.locator(f"[name=column][value={name}]").count():
                page.locator(f"[name=column][value={name}]").check()
        label = page.locator(f"label:has([name=column][value={ticked[-1]}])").inner_text().strip()
        page.locator(f"button[value=up-{ticked[-1]}]").click()
        expect(rows.nth(len(ticked) - 2).locator("[name=column]")).to_have_attribute("value", ticked[-1])
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_url(f"**/{noun.path}/board**")
        expect(page.locator("[data-card] dt").first).to_be_visible()
        assert {one.inner_text() for one in page.locator("[data-card] dt").all()} >= {label}, noun.path
        assert page.evaluate(OVERLAPS) == [], noun.path
        door.click()
        page.get_by_role("button", name="恢复默认字段").click()
        page.wait_for_url(f"**/{noun.path}/board**")
        expect(page.locator("[data-card] dt")).to_have_count(0)
