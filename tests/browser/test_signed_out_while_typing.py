"""A session that has ended takes nothing away that somebody is typing, wherever it is typed: it stands there again after signing in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from plugins.customers.models import Customer
from plugins.customers.operations import change_customer
from plugins.sales.operations import change_opportunity
from tests.browser.conftest import OpenWindow
from tests.browser.examples import first_id
from tests.browser.hands import open_verb, send, sign_in_again
from tests.browser.house import House
from tests.browser.windows import PHONE, WIDE, Window
from tests.world import look_around

TEXT = "对方改用离心机，明年再谈；请别让我写第二遍。"
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
KEPT = "Object.values(sessionStorage).filter((one) => one.includes('values'))"


def _open_deal(window: Window) -> None:
    window.open("/opportunities/?state=open")
    window.page.locator("#list tbody a.name").first.click()
    expect(window.page.locator("#record-head")).to_be_visible()


def _losing(window: Window) -> Locator:
    """What losing an opportunity asks, answered."""
    _open_deal(window)
    panel = _asked(window)
    panel.locator("[name=note]").fill(TEXT)
    return panel


def _asked(window: Window) -> Locator:
    panel = open_verb(window, "输单")
    panel.locator("select[name=reason]").evaluate("one => one.tomselect.setValue([...one.options].find((each) => each.value).value)")
    return panel


def _talked_to(window: Window) -> str:
    """The page of a customer about whom follow-ups are written."""
    window.open("/customers/")
    window.page.locator("tbody tr", has_text="洽谈中").locator("a.name").first.click()
    expect(window.page.locator("#composer textarea")).to_be_visible()
    return window.page.url


def _industry(page: Page) -> Locator:
    return page.locator("aside .kg-fields > div", has=page.locator("dt", has_text="行业"))


@SIZES
def test_the_panel_of_a_verb_opens_again_with_its_text(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window("sales.east1", size=size)
    panel = _losing(window)
    page, address = window.page, window.page.url
    chosen = panel.locator("[data-field=reason] .item").inner_text()
    window.context.clear_cookies()
    send(panel)
    expect(page.locator("main")).to_contain_text("刚才填写的内容会恢复")
    sign_in_again(window, "sales.east1")
    page.wait_for_url(address)
    again = page.locator("details[open] form.kg-panel:visible")
    expect(again.locator("[name=note]")).to_have_value(TEXT)
    expect(again.locator("[data-field=reason] .item")).to_have_text(chosen)
    expect(again).to_contain_text("您刚才填写的内容已恢复")
    send(again)
    expect(page.locator("#record-head")).to_contain_text("输单")
    assert page.evaluate(KEPT) == []


@SIZES
def test_a_field_in_its_place_asks_again_with_its_text(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window("sales.east1", size=size)
    number = first_id(window, "/customers/")
    window.open(f"/customers/{number}")
    page, address = window.page, window.page.url
    if size == PHONE:
        page.locator(".kg-askfields").click()
    _industry(page).locator(".pen").click()
    page.locator("[data-here-form] [name=industry]").fill("船舶配套")
    window.context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("刚才填写的内容会恢复")
    sign_in_again(window, "sales.east1")
    page.wait_for_url(address)
    question = page.locator("[data-here-form] [name=industry]")
    expect(question).to_be_visible()
    expect(question).to_have_value("船舶配套")
    question.press("Enter")
    expect(page.locator("[data-here-form]")).to_have_count(0)
    expect(_industry(page)).to_contain_text("船舶配套")
    assert page.evaluate(KEPT) == []


def test_a_cell_of_a_list_asks_again_with_its_text(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/customers/?order=id")
    page, address = window.page, window.page.url
    cell = page.locator("#list tbody tr").nth(1).locator("td[data-cell=industry]")
    cell.dblclick()
    cell.locator("[name=industry]").fill("船舶配套")
    window.context.clear_cookies()
    page.keyboard.press("Enter")
    sign_in_again(window, "sales.east1")
    page.wait_for_url(address)
    expect(cell.locator("[name=industry]")).to_have_value("船舶配套")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("船舶配套")


def test_who_only_looks_further_is_asked_to_sign_in_and_finds_what_was_typed(open_window: OpenWindow) -> None:
    """A tab of the record is opened after the session has ended, with a follow-up half written."""
    window = open_window("sales.east1")
    page, address = window.page, _talked_to(window)
    page.locator("#composer textarea").fill(TEXT)
    window.context.clear_cookies()
    page.locator("#tab-history").click()
    expect(page.locator("main")).to_contain_text("刚才填写的内容会恢复")
    sign_in_again(window, "sales.east1")
    page.wait_for_url(lambda url: url.startswith(address))
    expect(page.locator("#composer textarea")).to_have_value(TEXT)


@SIZES
def test_a_follow_up_stands_again_where_it_was_written(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window("sales.east1", size=size)
    page, address = window.page, _talked_to(window)
    page.locator("#composer textarea").fill(TEXT)
    window.context.clear_cookies()
    page.locator("#composer [data-submit]").click()
    sign_in_again(window, "sales.east1")
    page.wait_for_url(address)
    expect(page.locator("#composer textarea")).to_have_value(TEXT)
    page.locator("#composer [data-submit]").click()
    expect(page.locator(".kg-tl .body", has_text=TEXT)).to_be_visible()
    expect(page.locator("#composer textarea")).to_have_value("")
    expect(page.locator(".kg-draft")).to_have_count(0)


def test_a_comment_comes_back_unfolded(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    _talked_to(window)
    page = window.page
    page.locator(".kg-comment > summary").click()
    page.locator(".kg-comment textarea").fill(TEXT)
    window.context.clear_cookies()
    page.locator(".kg-comment [data-submit]").click()
    sign_in_again(window, "sales.east1")
    expect(page.locator(".kg-comment textarea")).to_be_visible()
    expect(page.locator(".kg-comment textarea")).to_have_value(TEXT)


def test_an_opinion_on_an_approval_stands_again_below_it(open_window: OpenWindow) -> None:
    window = open_window("head.east")
    window.open("/notices/")
    page = window.page
    page.locator(".kg-noticeb", has_text="待您审批").first.click()
    page.wait_for_url("**/approvals/*")
    page.locator(".kg-decide textarea").fill(TEXT)
    window.context.clear_cookies()
    page.get_by_role("button", name="退回修改", exact=True).click()
    sign_in_again(window, "head.east")
    expect(page.locator(".kg-decide textarea")).to_have_value(TEXT)
    page.get_by_role("button", name="退回修改", exact=True).click()
    page.wait_for_url("**/approvals/")
    expect(page.locator(".kg-say, [data-toast]").first).to_be_visible()


def test_rows_and_what_is_asked_about_them_are_there_again(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/customers/?order=id")
    page, address = window.page, window.page.url
    for place in (0, 2):
        page.locator("[data-pick]").nth(place).check()
    _ask_about_industry(page)
    page.locator("dialog [name=industry]").fill("船舶配套")
    window.context.clear_cookies()
    page.locator("dialog [data-submit]").click()
    sign_in_again(window, "sales.east1")
    page.wait_for_url(address)
    expect(page.locator("[data-picked]")).to_contain_text("2")
    assert page.locator("[data-pick]").evaluate_all("all => all.flatMap((one, place) => one.checked ? [place] : [])") == [0, 2]
    _ask_about_industry(page)
    expect(page.locator("dialog [name=industry]")).to_have_value("船舶配套")


def _ask_about_industry(page: Page) -> None:
    page.locator(".kg-bulk summary").first.click()
    page.locator('.kg-bulk [formaction*="field=industry"]').click()


def test_a_drawer_comes_again_as_its_page_with_what_it_was_opened_for(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/customers/?order=id")
    page = window.page
    page.locator("a[data-drawer][href*='/customers/add']:visible").first.click()
    form = page.locator("#drawer form")
    form.locator("[name=name]").fill("会话结束时的客户")
    window.context.clear_cookies()
    form.locator("[data-submit]").click()
    expect(page.locator("main")).to_contain_text("刚才填写的内容会恢复")
    sign_in_again(window, "sales.east1")
    expect(page.locator("main [name=name]")).to_have_value("会话结束时的客户")


def test_nobody_else_who_signs_in_sees_the_text(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    panel = _losing(window)
    page, address = window.page, window.page.url
    window.context.clear_cookies()
    send(panel)
    sign_in_again(window, "head.east")
    page.wait_for_url(address)
    expect(page.locator("#record-head")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert TEXT not in page.content()
    assert page.evaluate(KEPT) == []
    assert TEXT not in str(page.locator("input, textarea").evaluate_all("all => all.map((one) => one.value)"))


def test_a_password_is_never_kept(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/account/password")
    page = window.page
    for name in ("current", "new", "again"):
        page.locator(f"main [name={name}]").fill("plain-sailing-8642")
    page.locator("main [data-reveal]").first.click()
    expect(page.locator("main [name=current]")).to_have_attribute("type", "text")
    window.context.clear_cookies()
    send(page.locator("main form"))
    expect(page.locator("main")).to_contain_text("登录")
    assert "8642" not in page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")


def test_text_whose_place_is_gone_is_given_back_to_be_used_elsewhere(open_window: OpenWindow) -> None:
    window, other = open_window("sales.east1"), open_window("sales.east1")
    panel = _losing(window)
    page, address = window.page, window.page.url
    window.context.clear_cookies()
    send(panel)
    other.page.goto(address)
    send(_asked(other))
    expect(other.page.locator("#record-head")).to_contain_text("输单")
    sign_in_again(window, "sales.east1")
    page.wait_for_url(address)
    bar = page.locator("[data-lost]")
    expect(bar).to_contain_text("原填写位置已不存在")
    expect(bar).to_contain_text(TEXT)
    bar.locator("button").click()
    page.reload()
    expect(page.locator("#record-head")).to_be_visible()
    expect(page.locator("[data-lost]")).to_have_count(0)


def test_what_the_server_failed_to_take_is_there_after_going_back(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    panel = _losing(window)
    page, address = window.page, window.page.url
    panel.locator("[name=csrf_token]").evaluate("one => { one.value = 'of another session'; }")
    send(panel)
    expect(page.locator("[data-trouble]")).to_be_visible()
    page.goto(address)
    expect(page.locator("details[open] form.kg-panel:visible [name=note]")).to_have_value(TEXT)


def test_what_comes_back_does_not_write_over_what_others_have_changed_since(open_window: OpenWindow, house: House) -> None:
    """The text is there again with the version that it was typed over, so that the server asks."""
    window = open_window("sales.east1")
    number = first_id(window, "/customers/")
    window.open(f"/customers/{number}")
    page = window.page
    _industry(page).locator(".pen").click()
    page.locator("[data-here-form] [name=industry]").fill("船舶配套")
    window.context.clear_cookies()
    page.keyboard.press("Enter")
    with look_around(house.keguan).use_case("head.east") as session:
        change_customer(session, number, None, {"industry": "轨道交通"})
    sign_in_again(window, "sales.east1")
    question = page.locator("[data-here-form]")
    expect(question.locator("[name=industry]")).to_have_value("船舶配套")
    question.locator("[name=industry]").press("Enter")
    expect(question).to_contain_text("轨道交通")
    with look_around(house.keguan).reading("head.east") as session:
        assert session.get_one(Customer, number).industry == "轨道交通"


def test_a_verb_that_is_refused_opens_again_with_what_was_typed(open_window: OpenWindow, house: House) -> None:
    window = open_window("sales.east1")
    panel = _losing(window)
    number = int(window.page.url.partition("?")[0].rpartition("/")[2])
    with look_around(house.keguan).use_case("head.east") as session:
        change_opportunity(session, number, None, {"title": "同事刚刚改过的商机"})
    send(panel)
    again = window.page.locator("details[open] form.kg-panel:visible")
    expect(again.locator("[name=note]")).to_have_value(TEXT)
    send(again)  # the page has been read as it is now
    expect(window.page.locator("#record-head")).to_contain_text("输单")


def test_what_was_given_up_does_not_come_back(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    number = first_id(window, "/customers/")
    window.open(f"/customers/{number}")
    page = window.page
    page.route("**/field/industry", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    _industry(page).locator(".pen").click()
    page.locator("[data-here-form] [name=industry]").fill("船舶配套")
    page.keyboard.press("Enter")
    expect(page.locator(".kg-toast")).to_contain_text("服务器没有应答")
    page.keyboard.press("Escape")
    expect(page.locator("[data-here-form]")).to_have_count(0)
    page.unroute("**/field/industry")
    window.complaints.clear()  # what was cut off on purpose
    page.reload()
    expect(_industry(page)).to_be_visible()
    assert page.evaluate(KEPT) == []
    expect(page.locator("[data-here-form]")).to_have_count(0)
