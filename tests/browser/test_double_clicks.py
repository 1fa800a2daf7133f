"""Who clicks twice saves once: every kind of button that saves, and the way back afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.web.bulk.models import BulkRun
from plugins.customers.models import Customer, Interaction
from plugins.sales.models import Opportunity
from tests.browser.conftest import OpenWindow
from tests.browser.hands import started
from tests.browser.house import House
from tests.browser.tour import first_id

NAME = "苏州连点两次有限公司"


def stored(house: House, asked: Any) -> int:
    """One number from the database."""
    with Session(house.keguan.database.engine) as session:
        return int(session.scalar(asked) or 0)


@pytest.mark.requirement("R-484")
def test_a_new_record_is_made_once_also_after_the_way_back(open_window: OpenWindow, house: House) -> None:
    page = open_window("sales.east1").page
    page.goto(house.url("/customers/"))
    page.locator(".kg-titlebar a.btn-primary").click()
    form = page.locator("dialog[open] form")
    started(form)
    for name, text in (("name", NAME), ("address", "苏州市"), ("phone", "0512-66881234")):
        form.locator(f"[name={name}]").fill(text)
    page.wait_for_load_state("networkidle")
    form.locator("[data-submit]").dblclick()
    expect(page.locator("h1")).to_have_text(NAME)
    made = select(func.count(Customer.id)).where(Customer.name == NAME)
    assert stored(house, made) == 1
    page.go_back()
    expect(page.locator("#list")).to_be_visible()
    page.go_forward()
    expect(page.locator("h1")).to_have_text(NAME)
    assert stored(house, made) == 1


@pytest.mark.requirement("R-484")
def test_a_change_and_a_follow_up_are_saved_once(open_window: OpenWindow, house: House) -> None:
    window = open_window("sales.east1")
    page, number = window.page, int(str(first_id(window, "/customers/")))
    version = select(Customer.version).where(Customer.id == number)
    before = stored(house, version)
    window.open(f"/customers/{number}")
    page.locator("#record-head a[href$='/edit']").click()
    form = page.locator("dialog[open] form")
    started(form)
    form.locator("[name=industry]").fill("轨道交通")
    form.locator("[data-submit]").dblclick()
    expect(page.locator("aside.kg-stack")).to_contain_text("轨道交通")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert stored(house, version) == before + 1

    window.open("/")
    page.locator("main .kg-list a[href*='/customers/']").first.click()
    page.locator("#composer textarea").fill("连点两次的跟进。")
    page.locator("#composer [data-submit]").dblclick()
    expect(page.locator(".kg-tl .body", has_text="连点两次的跟进。")).to_have_count(1)
    assert stored(house, select(func.count(Interaction.id)).where(Interaction.content == "连点两次的跟进。")) == 1


@pytest.mark.requirement("R-484")
def test_a_step_is_taken_once(open_window: OpenWindow, house: House) -> None:
    window = open_window("sales.east1")
    page = window.page
    window.open("/")
    page.locator("main .kg-list a[href*='/opportunities/']").first.click()
    expect(page.locator(".kg-stages")).to_be_visible()
    number = int(page.url.rpartition("/")[2])
    version = select(Opportunity.version).where(Opportunity.id == number)
    before = stored(house, version)
    page.locator(".kg-stages li:not([aria-current]) button").last.dblclick()
    expect(page.locator("[data-toast]")).to_contain_text("推进阶段")
    assert stored(house, version) == before + 1


@pytest.mark.requirement("R-484")
def test_many_records_are_changed_once(open_window: OpenWindow, house: House) -> None:
    window = open_window("head.east")
    page, runs = window.page, select(func.count(BulkRun.id))
    before = stored(house, runs)
    window.open("/customers/?order=-id")
    for number in range(2):
        page.locator("[data-pick]").nth(number).check()
    page.locator(".kg-bulk summary").first.click()
    page.locator('.kg-bulk [formaction*="field=industry"]').click()
    page.locator("dialog [name=industry]").fill("船舶配套")
    page.locator("dialog [data-submit]").dblclick()
    expect(page.locator("tr[data-at] td[data-cell=industry]").first).to_have_text("船舶配套")
    assert stored(house, runs) == before + 1
