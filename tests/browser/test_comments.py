"""What is written under a timeline: a colleague is called by @, and a picture comes out of the clipboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenWindow
from tests.browser.examples import first_id
from tests.browser.windows import Window

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAF/gL+3MxZ5wAAAABJRU5ErkJggg=="
PASTE = """(area, picture) => {
  const held = new DataTransfer();
  held.items.add(new File([Uint8Array.from(atob(picture), (one) => one.charCodeAt(0))], "image.png", { type: "image/png" }));
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}"""


def _comment(window: Window) -> Locator:
    """The open place for a comment on a contract of the account."""
    window.open(f"/contracts/{first_id(window, '/contracts/')}")
    folded = window.page.locator("details.kg-comment:not([open]) > summary")
    if folded.count():
        folded.click()
    form = window.page.locator("form.kg-comp[action*='comment']")
    expect(form).to_be_visible()
    return form


def test_a_colleague_is_called_by_the_keyboard_and_told(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    form = _comment(window)
    area = form.locator("textarea")
    area.press_sequentially("请 @陆", delay=20)
    expect(window.page.locator(".kg-people [role=option]").first).to_be_visible()
    area.press("Enter")
    expect(area).to_have_value("请 @陆东升 ")
    area.press_sequentially("看一下付款条件", delay=5)
    form.locator("[data-submit]").click()
    expect(window.page.locator(".kg-tl .body", has_text="看一下付款条件").first).to_be_visible()

    head = open_window("head.east")
    head.open("/notices/")
    head.page.locator("main .kg-notices li", has_text="苏晓晨 提到了您").first.locator("a, button").first.click()
    expect(head.page.locator(".kg-tl .body", has_text="看一下付款条件").first).to_be_visible()


def test_who_was_taken_out_of_the_text_again_is_not_told(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    form = _comment(window)
    area = form.locator("textarea")
    area.press_sequentially("@陆", delay=20)
    expect(window.page.locator(".kg-people [role=option]").first).to_be_visible()
    area.press("Enter")
    expect(form.locator("[name=mentioned]")).to_have_count(1)
    area.fill("自己先看一遍")
    with window.page.expect_request(lambda request: request.method == "POST") as sent:
        form.locator("[data-submit]").click()
    assert "mentioned" not in (sent.value.post_data or "")
    expect(window.page.locator(".kg-tl .body", has_text="自己先看一遍").first).to_be_visible()


def test_a_pasted_picture_comes_along_with_a_comment(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    form = _comment(window)
    form.locator("textarea").fill("铭牌照片")
    form.locator("textarea").evaluate(PASTE, PICTURE)
    expect(form.locator("[data-chosen]")).to_contain_text(".png")
    form.locator("[data-submit]").click()
    told = window.page.locator(".kg-tl li", has_text="铭牌照片").first
    expect(told.locator("a[href*='/files/']").first).to_be_visible()


@pytest.mark.parametrize("many", [1, 2])
def test_pasted_pictures_come_along_with_a_follow_up(open_window: OpenWindow, many: int) -> None:
    window = open_window("sales.east1")
    window.open("/customers/")
    window.page.locator("tbody tr", has_text="洽谈中").locator("a.name").first.click()
    form = window.page.locator("#composer")
    form.locator("textarea").fill(f"现场看过，附图 {many} 张")
    for _ in range(many):
        form.locator("textarea").evaluate(PASTE, PICTURE)
    expect(form.locator("[data-field=file] [data-chosen], [data-chosen]").first).to_contain_text(".png")
    assert form.locator("input[type=file]:not([hidden]):not([capture])").evaluate("one => one.files.length") == many
    form.locator("[data-submit]").click()
    expect(window.page.locator(".kg-tl .body", has_text=f"附图 {many} 张").first).to_be_visible()
