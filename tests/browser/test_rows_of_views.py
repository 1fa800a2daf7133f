"""The views above a list stand in one row: those without room wait in a menu, the chosen one is always in sight; a phone scrolls them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import PHONE, TABLET

LISTS = ("customers", "opportunities", "contracts", "scheduled-payments")
OUTSIDE = """(row) => { const box = row.getBoundingClientRect();
  const told = [...row.querySelectorAll(":scope > a, :scope > details")].filter((one) => one.checkVisibility());
  return told.filter((one) => { const own = one.getBoundingClientRect();
    return own.right > box.right + 1 || own.left < box.left - 1 || Math.abs(own.top - told[0].getBoundingClientRect().top) > 1; })
    .map((one) => one.textContent); }"""


def row_of(window: Locator) -> Locator:
    return window.locator(".kg-titlebar > .kg-tabs.fitted")


@pytest.mark.requirement("R-484")
@pytest.mark.parametrize("size", [(1440, 900), TABLET])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_views_of_a_list_stand_in_one_row(open_window: OpenWindow, house: House, language: str, size: tuple[int, int]) -> None:
    house.speak(language)
    window = open_window("sales.east1", size=size, language=language)
    waiting = 0
    for path in LISTS:
        with window.page.expect_response(lambda answer: "/counts" in answer.url):
            assert window.open(f"/{path}/?view=all") == 200
        row = row_of(window.page.locator("main"))
        expect(row.locator("[id^='in-']:not(:empty), [id^='in-'][hidden]").first).to_be_attached()
        assert row.evaluate(OUTSIDE) == [], path
        assert row.bounding_box()["height"] < 60, path  # type: ignore[index]  # it is on the page
        waiting += row.locator(".kg-items > a").count()
    assert waiting or language == "zh_CN", "in English some views have no room"


@pytest.mark.requirement("R-484")
def test_a_view_out_of_the_menu_is_opened_by_keys_and_stands_in_the_row(open_window: OpenWindow, house: House) -> None:
    house.speak("en")
    page = (window := open_window("sales.east1", language="en")).page
    window.open("/opportunities/?view=all")
    row = row_of(page.locator("main"))
    menu = row.locator("details.kg-waiting")
    last = menu.locator("a").last
    name, address = (last.text_content() or "").strip(), last.get_attribute("href")
    row.locator("> a").last.focus()
    page.keyboard.press("Tab")
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(last).to_be_visible()
    page.keyboard.press("Escape")
    expect(last).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    expect(row.locator("> a[aria-current]")).to_have_text(name)
    expect(row.locator("> a[aria-current]")).to_be_in_viewport(ratio=1)
    assert row.evaluate(OUTSIDE) == []


@pytest.mark.requirement("R-484")
def test_a_phone_scrolls_the_views_and_shows_the_chosen_one(open_window: OpenWindow, house: House) -> None:
    house.speak("en")
    window = open_window("sales.east1", size=PHONE, language="en")
    window.open("/opportunities/?view=archive")
    row = window.page.locator(".kg-titlebar > .kg-tabs")
    expect(row.locator("> a[aria-current]")).to_be_in_viewport(ratio=1)
    expect(row.locator(".kg-waiting")).to_be_hidden()
    assert row.locator("> a").count() > 5


@pytest.mark.requirement("R-048")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_matrix_of_rights_fits_a_usual_screen_whatever_is_chosen(open_window: OpenWindow, house: House, language: str) -> None:
    house.speak(language)
    window = open_window("security", size=(1440, 900), language=language)
    window.open("/roles/")
    assert window.page.locator(".kg-matrix thead th").count() > 10
    for value in ("", "own", "own_shared", "department", "subtree", "in_charge", "company"):
        beyond = window.page.evaluate(
            """(value) => { const table = document.querySelector(".kg-matrix");
              for (const one of table.querySelectorAll("select"))
                if ([...one.options].some((option) => option.value === value)) one.value = value;
              table.dispatchEvent(new Event("change", { bubbles: true }));
              return table.parentElement.scrollWidth - table.parentElement.clientWidth; }""",
            value,
        )
        assert beyond == 0, value
