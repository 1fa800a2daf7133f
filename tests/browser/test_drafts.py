"""Nothing that was typed is lost: a closed window, a session that has ended, two people at one record."""

from __future__ import annotations

from urllib.parse import unquote

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.examples import first_id
from tests.browser.hands import send, sign_in_again
from tests.browser.windows import Window

FORM, NAME = "main form[data-form]", "main [name=name]"


def _type(window: Window, text: str) -> None:
    window.open("/customers/add")
    window.page.locator(NAME).fill(text)
    expect(window.page.locator("[data-draft]")).to_have_text("草稿已存")


def test_a_draft_is_offered_when_the_form_opens_again_and_goes_with_sign_out(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    _type(window, "草稿客户")
    window.page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it leaves
    window.open("/customers/")
    window.open("/customers/add")
    expect(window.page.locator(NAME)).to_have_value("")
    window.page.locator(".kg-draft button", has_text="恢复").click()
    expect(window.page.locator(NAME)).to_have_value("草稿客户")
    window.open("/customers/")
    window.page.evaluate("document.querySelector('[data-leaves]').requestSubmit()")
    window.page.wait_for_url("**/sign-in*")
    assert window.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('kg-draft:'))") == []


def test_what_was_typed_survives_a_session_that_has_ended(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    with window.page.expect_response(lambda answer: "会话结束时的客户" in unquote(answer.url)):  # the hint at duplicates has come
        _type(window, "会话结束时的客户")
    window.context.clear_cookies()
    send(window.page.locator(FORM))
    expect(window.page.locator("main")).to_contain_text("刚才填写的内容会恢复")
    sign_in_again(window, "sales.east1")
    expect(window.page.locator(NAME)).to_have_value("会话结束时的客户")
    window.page.locator("main [name=address]").fill("苏州市")
    window.page.locator("main [name=phone]").fill("0512-66880000")
    send(window.page.locator(FORM))
    expect(window.page.locator("h1")).to_have_text("会话结束时的客户")
    window.open("/customers/add")
    expect(window.page.locator(".kg-draft")).to_have_count(0)


def test_a_conflict_in_a_drawer_is_resolved_field_by_field(open_window: OpenWindow) -> None:
    sales, head = open_window("sales.east1"), open_window("head.east")
    number = first_id(sales, "/customers/")
    sales.open(f"/customers/{number}")
    sales.page.locator(".kg-verbs a[data-drawer]", has_text="修改").click()
    drawer = sales.page.locator("#drawer form")
    expect(drawer.locator("[name=industry]")).to_be_visible()
    head.open(f"/customers/{number}/edit")
    for name, text in (("industry", "轨道交通"), ("website", "https://example.com/theirs")):
        head.page.locator(f"main [name={name}]").evaluate("(field, text) => { field.value = text; }", text)
    send(head.page.locator(FORM))
    expect(head.page.locator("aside.kg-stack")).to_contain_text("轨道交通")

    for name, text in (("industry", "船舶配套"), ("website", "https://example.com/mine")):
        drawer.locator(f"[name={name}]").evaluate("(field, text) => { field.value = text; }", text)
    send(drawer)
    both = sales.page.locator("#drawer .kg-conflict")
    expect(both).to_contain_text("船舶配套")
    expect(both).to_contain_text("轨道交通")
    both.locator("input[name=choose-industry][value=theirs]").check()
    both.locator("input[name=choose-website][value=yours]").check()
    send(sales.page.locator("#drawer form"))
    expect(sales.page.locator("aside.kg-stack")).to_contain_text("轨道交通")
    sales.open(f"/customers/{number}/edit")
    expect(sales.page.locator("main [name=website]")).to_have_value("https://example.com/mine")


def test_the_lines_of_a_document_come_back_with_its_draft(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    window.open("/orders/add")
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())
    cells = page.locator("main .kg-lines tbody tr input.form-control:visible")
    expect(cells.first).to_be_visible()
    name = cells.first.get_attribute("name")
    cells.first.fill("第一行的备注")
    expect(page.locator("[data-draft]")).to_have_text("草稿已存")
    window.open("/orders/")
    window.open("/orders/add")
    page.locator(".kg-draft button", has_text="恢复").click()
    expect(page.locator(f"main [name='{name}']")).to_have_value("第一行的备注")


def test_what_is_typed_in_a_second_tab_of_one_form_does_not_take_away_what_stands_in_the_first(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    _type(window, "第一个标签页的客户")
    other = window.context.new_page()
    other.goto(window.house.url("/customers/add"))
    other.locator(NAME).fill("第二个标签页的客户")
    expect(other.locator("[data-draft]")).to_have_text("草稿已存")
    expect(window.page.locator(NAME)).to_have_value("第一个标签页的客户")
    other.close()
    window.page.on("dialog", lambda dialog: dialog.accept())
    window.open("/customers/add")
    window.page.locator(".kg-draft button", has_text="恢复").click()
    expect(window.page.locator(NAME)).to_have_value("第二个标签页的客户")
    window.open("/customers/add")
    window.page.locator(".kg-draft button").last.click()
    window.page.locator(".kg-draft button", has_text="恢复").click()
    expect(window.page.locator(NAME)).to_have_value("第一个标签页的客户")
