"""Signing in with two steps, as a person does it: the app scans, the code opens, a recovery code helps, the language stays."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.second_steps import answered, begun, code_of, give_factor
from tests.browser.windows import PHONE
from tests.world import PASSWORD

PERSON = "service"


def enter_password(page: Page, house: House, leads_to: str = "") -> None:
    page.goto(f"{house.address}/account/sign-in{f'?next={leads_to}' if leads_to else ''}")
    page.locator("[name=username]").fill(PERSON)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/sign-in/code")


@pytest.mark.requirement("R-440")
def test_somebody_sets_it_up_and_signs_in_with_the_code_and_once_with_a_recovery_code(open_window: OpenWindow, house: House) -> None:
    mine = open_window(PERSON)
    assert begun(mine, PERSON) == 200
    secret = mine.page.locator("#secret").text_content() or ""
    expect(mine.page.locator("svg.kg-qr")).to_be_visible()
    assert answered(mine.page, code_of(secret)) == 200
    codes = mine.page.locator("#recovery-codes li").all_text_contents()
    assert len(codes) == 10
    mine.page.get_by_role("link", name="我已妥善保存").click()
    expect(mine.page.locator("main")).to_contain_text("未使用的恢复码：10 个")

    give_factor(house, PERSON, secret.replace(" ", ""))  # as if minutes had gone by: the code of now is good once more
    door = open_window().page
    enter_password(door, house, "/c/qiheng/service-requests/")
    door.locator("[name=code]").fill("000000")
    door.keyboard.press("Enter")
    expect(door.locator(".kg-say.bad")).to_contain_text("验证码不正确")
    door.locator("[name=code]").fill(code_of(secret))
    door.keyboard.press("Enter")
    door.wait_for_url("**/c/qiheng/service-requests/?view=open")


def test_on_a_phone_the_language_is_chosen_at_the_door_and_stays(open_window: OpenWindow, house: House) -> None:
    give_factor(house, PERSON)
    page = open_window(size=PHONE).page
    page.goto(f"{house.address}/account/sign-in")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    page.locator("[name=username]").fill(PERSON)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Two-step verification")
    page.locator("[name=code]").fill(code_of())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/c/"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
