"""On the way, with a phone: a follow-up is written where the customer is, and what waits for an approval is decided in two taps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import PHONE

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
VOICE = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42"


@pytest.mark.requirement("R-464")
def test_a_follow_up_with_a_photo_or_a_recording_is_written_on_a_phone(open_window: OpenWindow, house: House) -> None:
    page = open_window("sales.east1", size=PHONE).page
    page.goto(house.url("/calendar/"))
    for name, kind, content in (("现场.png", "image/png", PIXEL), ("语音.m4a", "audio/mp4", VOICE)):
        page.locator(".kg-tabbar a[href$='/customers/']").tap()
        page.locator("tbody tr", has_text="洽谈中").locator("a.name").first.tap()
        composer = page.locator("#composer")
        composer.locator("textarea").tap()
        page.keyboard.type(f"见附件{name}")
        question = composer.locator("input[type=file][id]")
        assert re.match(r"image/\*,audio/\*", question.get_attribute("accept") or ""), "the phone offers camera and recorder"
        with page.expect_file_chooser() as asked:
            question.tap()
        asked.value.set_files({"name": name, "mimeType": kind, "buffer": content})
        composer.locator("[data-submit]").click()
        entry = page.locator(".kg-tl li", has_text=f"见附件{name}")
        expect(entry).to_be_visible()
        entry.locator("a").first.tap()
        page.locator("[role=tab]", has_text="附件").tap()
        expect(page.locator(".kg-files")).to_contain_text(name)


@pytest.mark.requirement("R-062")
def test_an_approval_is_decided_in_two_taps_from_its_notice(open_window: OpenWindow, house: House) -> None:
    page = open_window("head.east", size=PHONE).page
    page.goto(house.url("/notices/"))
    notice = page.locator(".kg-noticeb", has_text="待您审批").first
    told = notice.locator(".kg-told").inner_text()
    notice.tap()
    page.wait_for_url("**/approvals/*")
    page.get_by_role("button", name="同意", exact=True).tap()
    page.wait_for_url("**/approvals/")
    said = page.locator(".kg-say, [data-toast]").first
    expect(said).to_contain_text("您已同意")
    title = said.inner_text().partition("「")[2].partition("」")[0] or said.inner_text().partition("“")[2].partition("”")[0]
    assert title
    assert title in told
    expect(page.locator("main").get_by_role("link", name=title)).to_have_count(0)
