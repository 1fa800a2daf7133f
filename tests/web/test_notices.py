"""Notices as their receiver meets them: a sentence, the way to the record it speaks of, and read once it was opened."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.kernel.acting import System, acting_as
from core.kernel.words import msg
from core.operations import demo
from core.work.models import Notice
from core.work.notices import notify
from tests.plugins.conftest import Trade
from tests.world import Browser, World

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_RECORD = {
    "core/work/running.py",  # a failed job has no page of its own
    "core/exports/reading.py",  # who reads unusually much is no record
    "core/web/sign_in_log.py",  # somebody is told that wrong passwords were typed; his or her own account is no record
    "core/approvals/operations/seating.py",  # a security administrator is told that a chain stands still, and may not see its case
}
Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


def told(world: World, account: str, url: str) -> int:
    """A notice that leads the person to ``url``; its id."""
    person = world.employees[account]
    with acting_as(System("test", person.company_id)), world.keguan.database.transaction() as session:
        return notify(session, person.id, msg("The customer %(name)s was shared with you.", name="恒锐"), url).id


def unread(world: World, account: str) -> list[int]:
    """Ids of the notices that the person has not opened."""
    with world.reading(account) as session:
        return list(session.scalars(select(Notice.id).where(Notice.read_at.is_(None))))


def test_opening_a_notice_leads_to_its_record_and_marks_it_as_read(client_for: Clients, world: World, trade: Trade) -> None:
    customer = trade.customer("sales.east1")
    notice = told(world, "sales.east1", f"/customers/{customer.id}")
    browser = client_for("sales.east1")
    page = browser.get("/notices/").text
    assert f'action="/c/qiheng/notices/{notice}/read"' in page
    answer = browser.post(f"/notices/{notice}/read")
    assert (answer.status_code, answer.location) == (303, f"/c/qiheng/customers/{customer.id}")
    assert browser.get(answer.location).status_code == 200
    assert notice not in unread(world, "sales.east1")
    assert f'<a class="kg-noticeb" href="/c/qiheng/customers/{customer.id}">' in browser.get("/notices/").text


def test_looking_at_the_list_or_the_bell_marks_nothing_as_read(client_for: Clients, world: World) -> None:
    notice = told(world, "sales.east1", "")
    browser = client_for("sales.east1")
    browser.get("/notices/")
    bell = browser.get("/notices/", headers={"HX-Request": "true", "HX-Target": "bell-list"}).text
    assert "恒锐" in bell
    assert "<html" not in bell
    assert browser.get(f"/notices/{notice}/read").status_code in (404, 405)
    assert notice in unread(world, "sales.east1")


def test_a_notice_of_a_record_that_one_does_not_see_any_more_is_a_sentence_without_a_way(
    client_for: Clients, world: World, trade: Trade
) -> None:
    hidden = trade.customer("sales.west1")
    notice = told(world, "sales.east1", f"/customers/{hidden.id}")
    browser = client_for("sales.east1")
    answer = browser.post(f"/notices/{notice}/read")
    assert answer.location == "/c/qiheng/notices/"
    page = browser.get("/notices/").text
    assert "已不再对您开放" in page
    assert f"/customers/{hidden.id}" not in page


def test_a_notice_of_a_module_that_is_off_or_of_no_record_leads_nowhere(client_for: Clients, world: World) -> None:
    for url in ("/customers/999999", "/nowhere/1", "/customers/", "/notices/9999999999999999999"):
        notice = told(world, "sales.east1", url)
        assert client_for("sales.east1").post(f"/notices/{notice}/read").location == "/c/qiheng/notices/"


def test_nobody_opens_the_notice_of_a_colleague(client_for: Clients, world: World) -> None:
    notice = told(world, "sales.east1", "/customers/1")
    for account in ("head.east", "security", "sales2"):
        assert client_for(account).post(f"/notices/{notice}/read").status_code == 404
    assert notice in unread(world, "sales.east1")


def test_every_place_that_tells_somebody_something_names_the_record_it_speaks_of() -> None:
    without = [f"{path}:{call.lineno}" for path, call in notifying() if not names_record(call) and path not in WITHOUT_RECORD]
    assert without == []


def test_notices_of_the_demonstration_lead_their_receivers_to_records_and_are_read_but_for_the_newest(
    client_for: Clients, demonstration: World
) -> None:
    world = demonstration
    with acting_as(System("test")):
        found = list(world.keguan.database.session().scalars(select(Notice).order_by(Notice.created_at, Notice.id)))
    new = Counter(notice.employee_id for notice in found if notice.read_at is None)
    assert found
    assert set(new.values()) <= {1, demo.NEW_NOTICES}
    for account, person in world.employees.items():
        page = client_for(account).get("/notices/").text
        shown = re.findall(r'class="kg-noticeb" href="/c/[a-z]+(/[^"]+)"', page)
        mine = [notice.url for notice in reversed(found) if notice.employee_id == person.id and notice.read_at]
        assert shown == mine[: len(shown)]
        assert len(shown) == min(len(mine), 50 - new[person.id])


def notifying() -> list[tuple[str, ast.Call]]:
    """Every call of ``notify`` in the product, by file."""
    files = [path for folder in ("core", "plugins") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        (str(path.relative_to(ROOT)), node)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "notify"
    ]


def names_record(call: ast.Call) -> bool:
    """Whether the call hands over an address that is not empty."""
    given = call.args[3] if len(call.args) > 3 else next((one.value for one in call.keywords if one.arg == "url"), None)
    return given is not None and not (isinstance(given, ast.Constant) and not given.value)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_notices_stand_under_the_days_on_which_they_came_the_latest_first(client_for: Clients, world: World) -> None:
    ids = [told(world, "sales.east1", "") for _ in range(3)]
    with acting_as(System("test", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        for days, number in zip((40, 1, 0), ids, strict=True):
            notice = session.get(Notice, number)
            assert notice is not None
            notice.created_at -= timedelta(days=days)
    page = client_for("sales.east1").get("/notices/").text
    headings = re.findall(r'class="kg-noticeday">([^<]*)<', page)
    assert len(headings) == 3
    assert headings[0].startswith("今天")
    assert headings[1].startswith("昨天")
    assert not headings[2].startswith(("今天", "昨天"))
    assert re.findall(r"/notices/(\d+)/read", page) == [str(number) for number in reversed(ids)]
