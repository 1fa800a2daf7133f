"""Two people edit one record."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.examples import first_id
from tests.browser.hands import send


def test_the_second_editor_sees_both_values_and_chooses(open_window: OpenWindow) -> None:
    sales, head = open_window("sales.east1"), open_window("head.east")
    number = first_id(sales, "/customers/")
    for one in (sales, head):
        one.open(f"/customers/{number}/edit")
        assert one.page.locator("main [name=industry]").count() == 1
    head.page.locator("main [name=industry]").fill("轨道交通信号")
    send(head.page.locator("main form[data-form]"))
    expect(head.page.locator("aside.kg-stack")).to_contain_text("轨道交通信号")

    sales.page.locator("main [name=industry]").fill("船舶配套")
    send(sales.page.locator("main form[data-form]"))
    both = sales.page.locator(".kg-conflict")
    expect(both).to_contain_text("船舶配套")
    expect(both).to_contain_text("轨道交通信号")
    expect(sales.page.locator("main [name=industry]")).to_have_value("船舶配套")

    both.locator("input[value=yours]").check()
    send(sales.page.locator("main form[data-form]"))
    expect(sales.page.locator("aside.kg-stack")).to_contain_text("船舶配套")
