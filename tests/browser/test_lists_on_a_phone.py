"""A narrow screen offers what a wide one does: views, columns, groups and order in a sheet, the whole menu on the page "Me"."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenWindow
from tests.browser.windows import Window

SMALL = (360, 780)


def _sheet(window: Window) -> Locator:
    """The sheet of the list, opened by the keyboard alone."""
    summary = window.page.get_by_label("列表的更多操作")
    summary.focus()
    summary.press("Enter")
    sheet = window.page.locator(".kg-sheet > .kg-pop")
    expect(sheet).to_be_visible()
    return sheet


def test_a_phone_groups_a_list_leaves_the_groups_chooses_card_fields_and_saves_a_view(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=SMALL)
    window.open("/customers/?state=negotiating")
    page, rows = window.page, window.page.locator("#list tbody tr[data-at], #list .kg-cards tbody tr")
    _sheet(window).get_by_role("group", name="分组").get_by_role("link", name="地域").press("Enter")
    expect(page.locator(".kg-groups tbody a.name").first).to_be_visible()
    assert "state=negotiating" in page.url
    page.get_by_label("不分组").locator("visible=true").click()
    expect(rows.first).to_be_visible()
    _sheet(window)
    page.keyboard.press("Escape")
    expect(page.locator(".kg-sheet > .kg-pop")).to_be_hidden()
    expect(page.get_by_label("列表的更多操作")).to_be_focused()

    _sheet(window).get_by_role("link", name="列", exact=True).click()
    page.get_by_label("地址", exact=True).check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("td.c-chosen", has_text="地址").first).to_be_visible()
    assert "state=negotiating" in page.url

    _sheet(window).get_by_role("link", name="新建视图").click()
    page.locator("[name=name]").fill("手机上的视图")
    page.get_by_role("button", name="保存视图").click()
    expect(page.locator(".kg-tabs [aria-current]", has_text="手机上的视图")).to_be_visible()
    expect(page.locator("td.c-chosen", has_text="地址").first).to_be_visible()
    _sheet(window).locator("summary", has_text="删除视图").click()
    page.locator(".kg-sheet form.kg-panel button[type=submit]").click()
    expect(page.locator(".kg-tabs a", has_text="手机上的视图")).to_have_count(0)
    window.open("/lists/customers/columns")
    page.get_by_role("button", name="默认列").click()
    expect(page.locator("td.c-chosen")).to_have_count(0)


def test_on_a_phone_every_page_of_the_menu_is_reached_by_the_page_me(open_window: OpenWindow) -> None:
    window = open_window("sales.east1", size=SMALL)
    window.open("/customers/")
    asked = {link.get_attribute("href") for link in window.page.locator(".kg-sidebar nav a").all()}
    window.page.locator(".kg-tabbar a").last.click()
    expect(window.page.locator("main section.card").first).to_be_visible()
    offered = {link.get_attribute("href") for link in window.page.locator("main section.card a").all()}
    assert asked <= offered
    window.page.get_by_role("main").get_by_role("link", name="收藏与最近").click()
    expect(window.page.locator("h1")).to_have_text("收藏与最近")


def test_on_a_phone_the_search_sign_leads_to_a_field_that_finds(open_window: OpenWindow) -> None:
    """The field of the top bar has no room there; what was sought stands in it, to be corrected."""
    window = open_window("sales.east1", size=SMALL)
    window.open("/customers/")
    page = window.page
    name = page.locator("main tbody .name a, main tbody a.name").first.inner_text()
    page.get_by_role("link", name="全局搜索").click()
    field = page.get_by_role("searchbox", name="全局搜索")
    expect(field).to_be_focused()
    field.fill(name)
    with page.expect_navigation():
        field.press("Enter")
    expect(page.locator("main section.card a", has_text=name).first).to_be_visible()
    expect(field).to_have_value(name)
