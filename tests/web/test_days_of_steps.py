"""The bar of a record tells the days that were spent in each step, and says no verb that a button says already (R-198)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from core.audit.history import days_of
from core.kernel.clock import present, story
from plugins.sales.models import Stage
from plugins.sales.operations import advance_opportunity, lose_opportunity
from plugins.service import operations
from tests.plugins.conftest import trade
from tests.plugins.sales.conftest import SELLER, Shop, shop
from tests.plugins.service.conftest import AFTER_SALES, Service, service
from tests.world import Browser

__all__ = ["service", "shop", "trade"]
BEGAN = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten in the morning in Shanghai
NIGHT = timedelta(hours=15)  # one in the morning of the next day there


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    at = present() - timedelta(days=days)
    token = story.set(lambda: at)
    try:
        yield
    finally:
        story.reset(token)


def steps_of(browser: Browser, address: str) -> list[tuple[str, str, bool]]:
    """Label, note and whether it can be pressed, of each step."""
    bar = browser.get(address).text.partition('class="kg-stages"')[2].partition("</ol>")[0]
    found = re.findall(r'<span class="kg-cut">(.*?)</span><small>(.*?)</small>(</button>|</summary>)?', bar, re.DOTALL)
    return [(unescape(re.sub(r"<[^>]+>", "", label)).strip(), note, bool(pressed)) for label, note, pressed in found]


@pytest.mark.parametrize(
    ("stays", "days"),
    [
        ([], {}),
        ([("new", BEGAN)], {"new": 10}),
        ([("new", BEGAN), ("done", BEGAN + NIGHT)], {"new": 1, "done": 9}),
        ([("new", None), ("run", BEGAN)], {"run": 10}),
        ([("new", BEGAN), ("run", BEGAN + timedelta(days=2)), ("new", BEGAN + timedelta(days=5))], {"new": 7, "run": 3}),
    ],
)
def test_days_are_those_of_the_calendar_and_all_rounds_together(stays: list[tuple[str, datetime | None]], days: dict[str, int]) -> None:
    assert days_of(stays, date(2026, 3, 12)) == days


def test_what_has_passed_tells_its_days_and_the_present_its_day(service: Service, client_for: Callable[[str], Browser]) -> None:
    with days_ago(9):
        request = service.request()
    with days_ago(4):
        service.do(operations.assign_request, request, AFTER_SALES, handler=service.trade.employee(AFTER_SALES))
    service.do(operations.start_handling, request, AFTER_SALES)
    browser = client_for(AFTER_SALES)
    steps = steps_of(browser, f"/service-requests/{request.id}")
    assert [(label, note) for label, note, _ in steps[:4]] == [
        ("已受理", "5 天"), ("已分派", "4 天"), ("处理中", "第 1 天"), ("已处理", "未到")
    ]  # fmt: skip
    assert steps[3][2], "it can still be pressed"
    head = browser.get(f"/service-requests/{request.id}").text.partition('id="record-head"')[2].partition('role="tablist"')[0]
    shown = re.sub(r"<div class=\"kg-pop.*?</form>", "", head, flags=re.DOTALL)
    assert shown.count("处理完成") == 1, "the button alone says the verb"


def test_a_stage_tells_its_days_and_what_is_closed_the_day_of_its_end(shop: Shop, client_for: Callable[[str], Browser]) -> None:
    with days_ago(30):
        opportunity = shop.opportunity()
    with days_ago(10), shop.world.use_case(SELLER) as session:
        second = session.scalars(select(Stage.id).order_by(Stage.position)).all()[1]
        advance_opportunity(session, opportunity.id, None, stage=second)
    browser, address = client_for(SELLER), f"/opportunities/{opportunity.id}"
    first, second_step, third, *_ = steps_of(browser, address)
    assert first[1] == "20 天"
    assert second_step[1].startswith("第 11 天")
    assert third[1].startswith("成功率")
    with days_ago(3), shop.world.use_case(SELLER) as session:
        lose_opportunity(session, opportunity.id, None, reason="price")
    assert [note for _, note, _ in steps_of(browser, address)][:2] == ["20 天", "7 天"]
