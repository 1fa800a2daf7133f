"""Language, theme and keyboard; what the browser itself refuses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.examining import Stored, crowding, problems
from tests.browser.house import House
from tests.browser.tour import first_id
from tests.browser.windows import PHONE, TABLET, Window

THEME = "document.documentElement.dataset.bsTheme"


def test_a_person_switches_the_language_and_stays_on_the_page(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    sales.open("/customers/?state=negotiating")
    expect(sales.page.locator("h1")).to_have_text("客户")
    sales.page.locator(".kg-topbar form.kg-no-phone button").click()
    expect(sales.page.locator("h1")).to_have_text("Customers")
    assert sales.page.url.endswith("/customers/?state=negotiating")
    assert sales.page.evaluate("document.documentElement.lang") == "en"


def test_a_person_switches_to_the_dark_and_finds_it_dark_on_the_next_page(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    sales.open("/")
    assert sales.page.evaluate(THEME) == "light"
    sales.page.locator("[data-theme-toggle]").click()
    assert sales.page.evaluate(THEME) == "dark"
    sales.open("/customers/")
    assert sales.page.evaluate(THEME) == "dark"


def test_the_keyboard_skips_to_the_content_finds_and_closes(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    sales.open("/customers/")
    page = sales.page
    page.keyboard.press("Tab")
    expect(page.locator(".kg-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".kg-titlebar a.btn-primary[data-drawer]").press("Enter")
    expect(page.locator("dialog[open] [name=name]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.type("华")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.locator("h1")).to_have_text("搜索：华")


def test_tabs_of_a_record_move_by_arrow_keys(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    sales.open("/customers/")
    sales.page.locator("tbody a.name").first.click()
    tabs = sales.page.locator("[role=tab]")
    tabs.first.focus()
    sales.page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    sales.page.keyboard.press("Enter")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    expect(tabs.first).to_have_attribute("aria-selected", "false")


@pytest.mark.requirement("R-490")
@pytest.mark.requirement("R-464")
def test_a_salesperson_works_on_a_phone(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1", size=PHONE)
    sales.open("/customers/?review=approved")
    page = sales.page
    fits(sales)
    page.locator("tbody a.name").first.click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    fits(sales)
    page.locator("#composer textarea").fill("电话里确认下周二上门。")
    page.locator("#composer [data-submit]").click()
    expect(page.locator(".kg-tl .body", has_text="电话里确认下周二上门。")).to_be_visible()
    page.locator(".kg-tabbar a", has=page.locator(".plus")).click()
    expect(page.locator("#composer textarea")).to_be_focused()
    sales.open("/customers/")
    page.locator(".kg-begin").click()
    expect(page.locator("main form[data-form] [name=name]")).to_be_visible()
    assert page.locator("dialog").count() == 0, "on a phone a form is a page"
    fits(sales)


def fits(window: Window) -> None:
    assert window.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.requirement("R-495")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("account", "path"),
    [
        *(("sales.east1", path) for path in ("/", "/customers/", "/customers/add", "/contracts/", "/notices/", "/roles/")),
        ("auditor", "/audit-rows/"),
    ],
)
def test_a_page_is_whole_in_both_languages(open_window: OpenWindow, house: House, account: str, path: str, language: str) -> None:
    house.speak(language)
    opened = open_window(account, language=language)
    opened.open(path)  # roles are refused to salespeople, and that page is a page too
    assert problems(opened.page, Stored(house), language, set()) == []


@pytest.mark.requirement("R-495")
@pytest.mark.parametrize("size", [TABLET, PHONE])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_nothing_is_cut_off_or_stands_on_something_else(
    open_window: OpenWindow, house: House, language: str, size: tuple[int, int]
) -> None:
    """The fullest bars and the longest names there are; the whole tour is walked by ``make shots``."""
    house.speak(language)
    opened = open_window("leader", size=size, language=language)
    for path in ("/service-requests/", "/invoices/", "/opportunities/board", f"/contracts/{first_id(opened, '/contracts/')}"):
        opened.open(path)
        assert (path, crowding(opened.page), problems(opened.page, Stored(house), language, set())) == (path, [], [])


def test_the_examination_sees_what_is_wrong(open_window: OpenWindow, house: House) -> None:
    opened = open_window("sales.east1")
    opened.open("/")
    opened.page.evaluate("""() => { document.querySelector("main").insertAdjacentHTML("beforeend",
      "<h1>Nothing yet</h1><p>None</p><input><svg class='kg-ico'><use href='#nowhere'></use></svg><p>\\u{3FFF0}</p>"); }""")
    opened.page.evaluate("""() => { document.querySelector("main").insertAdjacentHTML("beforeend",
      "<p class='one'>第一句话在这里</p><p class='two'>第二句话在这里</p><p class='three'>第三句话没有写完</p>");
      Object.assign(document.querySelector(".one").style, { position: "fixed", zIndex: 9999, top: "300px", left: "300px" });
      Object.assign(document.querySelector(".two").style, { position: "fixed", zIndex: 9999, top: "306px", left: "370px" });
      Object.assign(document.querySelector(".three").style, { width: "40px", overflow: "hidden", whiteSpace: "nowrap" });
      document.querySelector(".three").scrollIntoView(); }""")
    found = " ".join([*problems(opened.page, Stored(house), "zh_CN", set()), *crowding(opened.page)])
    for fault in (
        'cut off: <p class="three"',
        'on each other: <p class="one"',
        "2 headings",
        "no name: <input",
        "shows None",
        "other language: 'Nothing yet'",
        "not in the sprite",
        "no glyph",
    ):
        assert fault in found


def test_a_script_that_the_policy_forbids_does_not_run_and_is_noticed(open_window: OpenWindow) -> None:
    opened = open_window("sales.east1")
    opened.open("/")
    opened.page.evaluate(
        """() => { const one = document.createElement("script"); one.textContent = "window.ran = 1"; document.body.append(one); }"""
    )
    opened.page.evaluate("() => { new Image().src = 'http://192.0.2.1/leak.png'; }")
    opened.page.wait_for_function("window.refusals?.length >= 2")
    assert opened.page.evaluate("window.ran") is None
    assert [said for said in opened.complaints if "policy: script-src" in said]
    assert [said for said in opened.complaints if "policy: img-src" in said]
    opened.complaints.clear()
