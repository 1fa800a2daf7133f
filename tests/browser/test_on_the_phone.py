"""A follow-up is written on a phone with words that are recorded and a photo that is taken there; both become its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.acting import System, acting_as
from core.work.models import Attachment
from tests.browser.hands import choose, started
from tests.browser.house import House
from tests.browser.windows import FLAGS, PHONE, window

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def hearing(browser: Browser) -> Iterator[Browser]:
    """A Chromium whose microphone is made up and allowed."""
    one = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    )
    yield one
    one.close()


def test_words_and_a_picture_come_along_with_the_follow_up(hearing: Browser, house: House) -> None:
    with window(hearing, house, "sales.east1", PHONE, "light", "zh_CN") as on_the_way:
        page = on_the_way.page
        page.goto(house.url("/"))
        page.locator(".kg-tabbar .plus").click()
        form = page.locator("form[data-form][data-guard]").first
        started(form)
        choose(form, "customer", "精")
        form.locator("textarea[name=content]").fill("客户要求下周三前给出方案")
        form.locator("input[capture=environment]").set_input_files({"name": "现场.png", "mimeType": "image/png", "buffer": PICTURE})
        record = form.locator("[data-voice] button")
        record.click()
        expect(record).to_have_attribute("aria-pressed", "true")
        expect(record).to_contain_text("0:01")
        record.click()
        expect(form.locator("[data-field=file] [data-chosen]")).to_contain_text("录音-")
        expect(form.locator("[data-field=file] [data-chosen]")).to_contain_text("现场.png")
        form.locator("[data-submit]").click()
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main")).to_contain_text("客户要求下周三前给出方案")
        told, verbs = page.locator("[data-toast]").bounding_box(), page.locator(".kg-verbs").bounding_box()
        assert told is not None
        assert verbs is not None
        assert told["y"] + told["height"] <= verbs["y"]  # what has just been done does not lie over what can be done next
    with acting_as(System("test")), Session(house.keguan.database.engine) as session:
        kept = session.scalars(select(Attachment).where(Attachment.table_name == "customers_interaction").order_by(Attachment.id)).all()
        assert {one.media_type for one in kept[-2:]} in ({"image/png", "audio/webm"}, {"image/png", "audio/mp4"})
        assert all(one.size > 0 for one in kept[-2:])
