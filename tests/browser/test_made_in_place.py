"""A record that a form needs and that is not there yet is made over the form, which keeps its text and comes back with it chosen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.hands import choose, field, started
from tests.browser.windows import PHONE, WIDE


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
def test_a_contact_is_made_while_an_opportunity_is_written(open_window: OpenWindow, size: tuple[int, int]) -> None:
    window = open_window("sales.east1", size=size)
    page = window.page
    window.open("/opportunities/add")
    form = page.locator("form[data-form][data-guard]").first
    started(form)
    field(form, "title").locator("input").fill("二期空压站改造")
    page.locator("[data-field=customer] .ts-control").click()
    page.locator("[data-field=customer] .ts-dropdown .option").first.click()
    customer = page.locator("[data-field=customer] .ts-control .item").inner_text()

    page.locator("[data-field=contact] [data-create-for]").click()
    over = page.locator("#over dialog[open] form")
    started(over)
    expect(field(over, "customer").locator(".ts-control .item")).to_have_text(customer)
    over.locator("[data-submit]").click()
    expect(over.locator("[data-field=name] .kg-err")).to_be_visible()
    expect(page.locator("#over [hx-get][data-create-for]")).to_have_count(0)
    for one in page.locator("#over [data-create-for]").all():
        expect(one).to_have_accessible_name(re.compile("（新标签页）$"))
    field(over, "name").locator("input").fill("顾晓岚")
    over.locator("[data-submit]").click()
    expect(page.locator("#over dialog")).to_have_count(0)
    expect(page.locator("[data-field=contact] .ts-control .item")).to_have_text("顾晓岚")
    expect(field(form, "title").locator("input")).to_have_value("二期空压站改造")
    assert len(page.context.pages) == 1

    form.locator("[data-submit]").click()
    expect(page.locator("h1")).to_contain_text("二期空压站改造")
    window.open("/contacts/add")
    expect(page.locator(".kg-draft")).to_have_count(0)


def test_leaving_what_lies_above_keeps_what_lies_below(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    page = window.page
    window.open("/opportunities/")
    page.locator("a[data-drawer][href*='/opportunities/add']:visible").first.click()
    below = page.locator("#drawer dialog[open] form")
    started(below)
    field(below, "title").locator("input").fill("一句还没有保存的话")
    below.locator("[data-field=customer] [data-create-for]").click()
    over = page.locator("#over dialog[open] form")
    field(over, "name").locator("input").fill("打算放弃的客户")
    page.keyboard.press("Escape")
    expect(over.locator(".kg-leave")).to_be_visible()
    over.locator(".kg-leave .btn").last.click()
    expect(page.locator("#over dialog")).to_have_count(0)
    expect(field(below, "title").locator("input")).to_have_value("一句还没有保存的话")
    choose(below, "customer", "精")
