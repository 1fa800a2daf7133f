"""A change of a whole list goes on in the background: the page shows by itself how far it is, stops it, and takes back what was done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.kernel.acting import System, acting_as
from core.web.bulk import running
from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from tests.browser.conftest import OpenWindow
from tests.browser.house import House

NEW = "轨道交通"


class Slow:
    """A worker that does one portion each time it is allowed to."""

    def __init__(self, house: House) -> None:
        self.allowed, self.take, self.house = threading.Semaphore(0), running._take, house
        self.thread = threading.Thread(target=self._work, daemon=True)

    def one_portion(self, *arguments: Any) -> None:
        """In place of what does a portion."""
        self.allowed.acquire(timeout=60)
        self.take(*arguments)

    def _work(self) -> None:
        run_due_jobs(self.house.keguan.database, self.house.keguan.registry)
        self.house.keguan.database.release()

    def finish(self) -> None:
        """Let it go on to the end."""
        self.allowed.release(10_000)
        self.thread.join(60)


@pytest.fixture
def worker(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """One that waits, with portions of three records."""
    slow = Slow(house)
    monkeypatch.setattr(running, "PORTION", 3)
    monkeypatch.setattr(running, "_take", slow.one_portion)
    yield slow
    if slow.thread.is_alive():
        slow.finish()


def changed(house: House) -> int:
    """Customers that have the new value."""
    with acting_as(System("test")), Session(house.keguan.database.engine) as session:
        return session.scalar(select(func.count(Customer.id)).where(Customer.industry == NEW)) or 0


def test_the_page_shows_how_far_it_is_stops_it_and_takes_it_back(open_window: OpenWindow, house: House, worker: Slow) -> None:
    window = open_window("head.east")
    page = window.page
    before = changed(house)
    window.open("/customers/")
    page.locator("[data-pick]").first.check()
    page.locator("[data-pick-whole]").check()
    page.locator(".kg-bulk summary").first.click()
    page.locator('.kg-bulk [formaction*="field=industry"]').click()
    page.locator("dialog [name=industry]").fill(NEW)
    page.locator("dialog [data-submit]").click()
    expect(page.locator(".kg-progress progress")).to_be_visible()
    worker.thread.start()
    worker.allowed.release(2)
    expect(page.locator(".kg-progress [role=status]")).to_contain_text("6")
    share = int(page.locator(".kg-progress progress").get_attribute("value") or 0)
    assert 0 < share < 100
    page.locator("form[action$='/cancel'] button").click()
    expect(page.locator(".kg-progress")).to_have_count(0)
    worker.finish()
    assert before < changed(house) <= before + 9  # the portion that was under way is brought to its end
    page.reload()
    page.locator("form[action$='/undo'] button").click()
    expect(page.locator("h1")).to_be_visible()
    run_due_jobs(house.keguan.database, house.keguan.registry)
    house.keguan.database.release()
    assert changed(house) == before
