"""From the first entry of a customer to a signed contract, as four people do it in their browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.hands import choose, field, open_verb, send
from tests.browser.windows import Window

NAME = "昆山澄湖精密机械有限公司"
RECORD = re.compile(r"/customers/(\d+)$")


@pytest.mark.requirement("R-151")
@pytest.mark.requirement("R-340")
def test_a_customer_is_entered_reviewed_followed_and_signed(open_window: OpenWindow) -> None:
    sales = open_window()
    sales.sign_in("sales.east1")
    address = enter_customer(sales)
    approve(open_window("head.east"), address)
    write_follow_up(sales, address)
    contract = draft_contract(sales, address)
    sign(open_window("contracts"), contract)


def enter_customer(sales: Window) -> str:
    """A salesperson enters the customer in the drawer and lands on its page; returns the path of the page."""
    sales.open("/customers/")
    page = sales.page
    page.locator(".kg-titlebar a.btn-primary[data-drawer]").click()
    form = page.locator("dialog[open] form")
    form.locator("[name=name]").press_sequentially(NAME)
    form.locator("[name=address]").fill("江苏省昆山市澄湖路 18 号")
    form.locator("[name=phone]").fill("0512-5577 1203")
    send(form)
    page.wait_for_url(RECORD)
    expect(page.locator("h1")).to_have_text(NAME)
    expect(page.locator(".kg-identity .kg-tag")).to_contain_text(["待核实"])
    return page.url.partition("/c/qiheng")[2]


def approve(head: Window, address: str) -> None:
    """The head of department approves and names who follows the customer."""
    assert head.open(address) == 200
    panel = open_verb(head, "同意")
    choose(panel, "owner", "苏晓晨")
    send(panel)
    expect(head.page.locator(".kg-identity .kg-tag")).to_contain_text(["洽谈中", "已批准"])


def write_follow_up(sales: Window, address: str) -> None:
    """The salesperson writes what was said, and sends it by Ctrl+Enter without leaving the page of the customer."""
    sales.open(address)
    composer = sales.page.locator("#composer")
    composer.locator("textarea").fill("崔工确认两台空压机的用气量，等正式报价。")
    composer.locator("textarea").press("Control+Enter")
    expect(sales.page.locator(".kg-tl .body").first).to_have_text("崔工确认两台空压机的用气量，等正式报价。")
    assert sales.page.url.partition("?")[0].endswith(address)


def draft_contract(sales: Window, address: str) -> str:
    """The salesperson drafts a contract of two lines; the browser adds up, and the server says the same."""
    page = sales.page
    sales.open(f"/contracts/add?customer={address.rpartition('/')[2]}")
    form = page.locator("main form[data-form]")
    form.locator("[name=title]").fill("澄湖精密空压站")
    expect(field(form, "customer").locator(".ts-control .item")).to_have_text(NAME)
    line(sales, 0, "螺杆空压机 75kW", "2", "186000.50")
    form.locator("[data-add]").click()
    line(sales, 1, "储气罐 3m³", "3", "9800")
    expect(form.locator("[data-total]")).to_contain_text("401,401.00")
    send(form)
    page.wait_for_url(re.compile(r"/contracts/\d+$"))
    expect(page.locator(".kg-figs")).to_contain_text("¥401,401.00")
    return page.url.partition("/c/qiheng")[2]


def line(sales: Window, number: int, name: str, quantity: str, price: str) -> None:
    for column, value in (("name", name), ("quantity", quantity), ("price", price)):
        sales.page.locator(f"[name=lines-{number}-{column}]").fill(value)


def sign(clerk: Window, contract: str) -> None:
    """The contract administrator signs; the number is given only now."""
    assert clerk.open(contract) == 200
    expect(clerk.page.locator("main")).not_to_contain_text("HT-")
    send(open_verb(clerk, "签订"))
    expect(clerk.page.locator(".kg-identity")).to_contain_text(re.compile(r"HT-\d{4}-\d{4}"))
    expect(clerk.page.locator(".kg-identity .kg-tag")).to_contain_text(["已生效"])


@pytest.mark.requirement("R-339")
def test_while_a_name_is_typed_possible_duplicates_are_shown(open_window: OpenWindow) -> None:
    sales = open_window("sales.west1")
    east = open_window("sales.east1")
    east.open("/customers/")
    taken = east.page.locator("tbody a.name").first.inner_text()
    sales.open("/customers/add")
    sales.page.locator("[name=name]").press_sequentially(taken, delay=10)
    hint = sales.page.locator("[data-field=name] .kg-hint")
    expect(hint).to_contain_text(taken)
    assert hint.locator("a").count() == 0, "a colleague's customer is named but not linked"


def test_a_form_with_errors_keeps_what_was_typed_and_says_what_to_mend(open_window: OpenWindow) -> None:
    sales = open_window("sales.east1")
    sales.open("/customers/")
    sales.page.locator(".kg-titlebar a.btn-primary[data-drawer]").click()
    form = sales.page.locator("dialog[open] form")
    form.locator("[name=address]").fill("上海市松江区")
    send(form)
    expect(field(form, "name").locator(".kg-err")).to_have_text("请您填写此项。")
    expect(form.locator("[name=address]")).to_have_value("上海市松江区")
    expect(form.locator("[name=name]")).to_be_focused()


def test_a_customer_is_entered_by_keys_alone_and_shown(open_window: OpenWindow) -> None:
    """From the list to the record without a pointer; a second press of the key that saves makes no second customer."""
    sales = open_window("sales.east1")
    sales.open("/customers/")
    create = sales.page.locator(".kg-titlebar a.btn-primary[data-drawer]")
    create.focus()
    sales.page.keyboard.press("Enter")
    form = sales.page.locator("dialog[open] form")
    expect(form.locator("[name=name]")).to_be_focused()
    sales.page.keyboard.type("键盘录入有限公司")
    for name, text in (("address", "苏州市"), ("phone", "0512-66880001")):
        for _ in range(60):
            if form.locator(f"[name={name}]").evaluate("(field) => field === document.activeElement"):
                break
            sales.page.keyboard.press("Tab")
        sales.page.keyboard.type(text)
    sales.page.keyboard.press("Control+Enter")
    sales.page.keyboard.press("Control+Enter")
    expect(sales.page.locator("h1")).to_have_text("键盘录入有限公司")
    sales.open("/customers/?q=键盘录入")
    expect(sales.page.locator("tbody a.name")).to_have_count(1)
