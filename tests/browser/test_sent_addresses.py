"""What a list shows lies in its address: sent to a colleague, it asks the same of what that colleague may see (R-049)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.acting import acting_as
from core.organisation.models import Company
from core.switchboard.actors import resolve_actor
from plugins.customers.models import Customer
from plugins.customers.rules import CustomerState
from tests.browser.conftest import OpenWindow
from tests.browser.house import COMPANY, House
from tests.browser.using_lists import total

SENDER, COLLEAGUE = "head.east", "sales.east1"


def _seen(house: House, account: str) -> set[str]:
    """Customers in negotiation that the person sees, by their addresses."""
    with _reading(house, account) as session:
        rows = session.scalars(select(Customer.id).where(Customer.state == CustomerState.NEGOTIATING))
        return {f"/customers/{one}" for one in rows}


@contextmanager
def _reading(house: House, account: str) -> Iterator[Session]:
    """A session that sees what the person sees."""
    with Session(house.keguan.database.engine) as plain:
        company = plain.scalar(select(Company.id).where(Company.slug == COMPANY))
    assert company is not None
    with acting_as(resolve_actor(house.keguan.database.identity(), house.user_id(account), company)):
        yield house.keguan.database.session()
    house.keguan.database.release()


def _shown(page: Page) -> set[str]:
    links = page.locator("#list a[href*='/customers/']").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    return {found[0] for link in links if (found := re.search(r"/customers/\d+$", link or ""))}


@pytest.mark.requirement("R-049")
def test_a_view_that_is_sent_shows_a_colleague_the_same_question_and_only_own_rows(open_window: OpenWindow, house: House) -> None:
    mine, theirs = _seen(house, SENDER), _seen(house, COLLEAGUE)
    assert theirs, "the colleague has some"
    assert theirs < mine, "the head sees more"
    sender = open_window(SENDER).page
    sender.goto(house.url("/customers/"))
    quick = sender.locator("#filters details[data-filter]", has=sender.locator("summary", has_text="状态"))
    quick.locator("summary").click()
    quick.locator("label", has_text="洽谈中").click()
    with sender.expect_navigation(url=re.compile("state=negotiating")):
        quick.locator("button[type=submit]").click()
    sender.locator("#list th a", has_text="客户名称").click()
    sender.wait_for_url(re.compile("order="))
    assert total(sender) == len(mine)
    address = sender.url

    colleague = open_window(COLLEAGUE).page
    colleague.goto(address)
    for said in ("state", "order"):
        assert f"{said}=" in urlsplit(colleague.url).query
    expect(colleague.locator("#filters input[name=state][value=negotiating]")).to_be_checked()
    assert total(colleague) == len(theirs)
    assert _shown(colleague) <= theirs
    for shape in ("board", "cards", "chart"):
        answer = colleague.goto(address.replace("/customers/?", f"/customers/{shape}?"))
        assert answer is not None
        assert answer.status == 200
        assert _shown(colleague) <= theirs, shape
        names = colleague.locator("main").inner_text()
        assert not [name for name in _names(house, mine - theirs) if name in names], shape


def _names(house: House, paths: set[str]) -> list[str]:
    ids = [int(path.rsplit("/", 1)[1]) for path in paths]
    with _reading(house, SENDER) as session:
        return list(session.scalars(select(Customer.name).where(Customer.id.in_(ids))))
