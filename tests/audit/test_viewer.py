"""The auditor asks the trail: who saw or changed X, what did Y do, by time, person, kind, action and record (R-054, R-445)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from core.audit.alarms import UNREACHABLE, raise_alarm
from core.audit.models import AuditRow
from core.audit.reads import note_read
from core.audit.searching import Search, find_rows, rows_asked
from core.kernel.clock import now, today
from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer
from tests.plugins.conftest import Trade, trade
from tests.world import Browser, World, browser_for

__all__ = ["trade"]


@pytest.fixture
def browser(application: Flask, world: World) -> Browser:
    return browser_for(application, world, "auditor")


def _customer(world: World, trade: Trade) -> Customer:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"discount": "95", "city": "无锡"})
    with world.reading("leader") as session:
        note_read(session, "unmask", Customer, [customer.id], subject=str(customer), field="phone")
    return customer


def _rows(page: str) -> int:
    return page.count('href="/c/qiheng/audit-rows/') if "<tbody" in page else 0


@pytest.mark.requirement("R-445")
def test_who_saw_or_changed_a_record_and_what_a_person_did(world: World, trade: Trade, browser: Browser) -> None:
    customer = _customer(world, trade)
    page = browser.get(f"/audit-rows/?record=customers_customer:{customer.id}").text
    assert {"苏晓晨", world.employees["leader"].name} <= set(re.findall(r"苏晓晨|" + world.employees["leader"].name, page))
    page = browser.get(f"/audit-rows/?who={world.employees['leader'].id}&action=unmask").text
    assert str(customer) in page
    assert "查看了完整内容" in page
    assert str(customer) in browser.get(f"/audit-rows/?q={str(customer)[:4]}").text


def _shown(browser: Browser, asked: str) -> set[int]:
    answer = browser.get(f"/audit-rows/?{asked}&size=100")
    assert answer.status_code == 200
    return {int(number) for number in re.findall(r'href="/c/qiheng/audit-rows/(\d+)"', answer.text)}


@pytest.mark.requirement("R-054", "R-445")
def test_the_filters_by_time_and_by_kind_find_exactly_what_they_should(world: World, trade: Trade, browser: Browser) -> None:
    early, between = now() - timedelta(days=5), today() - timedelta(days=3)
    span = f"at_from={between - timedelta(days=5)}&at_to={between}"
    with time_machine.travel(early, tick=False):
        customer = _customer(world, trade)
        trade.contract(customer=customer)
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"city": "常州"})
    with Session(world.keguan.database.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.company_id == customer.company_id)).all()
        told = {row.id: (row.at.date() < between, row.table_name) for row in rows if row.at.date() >= between - timedelta(days=5)}
    tables = {table for before, table in told.values() if before}
    assert {"customers_customer", "contracts_contract"} <= tables
    assert _shown(browser, span) == {one for one, (before, _) in told.items() if before}
    for kind in ("customers_customer", "contracts_contract"):
        of_kind = {one for one, (_, table) in told.items() if table == kind}
        assert _shown(browser, f"kind={kind}") == of_kind
        for asked, wanted in ((span, True), (f"at_from={between}", False)):
            assert _shown(browser, f"kind={kind}&{asked}") == {one for one in of_kind if told[one][0] is wanted}
    assert _shown(browser, f"kind=customers_customer&at_from={between}"), "the change of today"
    both = {one for one, (before, table) in told.items() if before and table in ("customers_customer", "contracts_contract")}
    assert _shown(browser, f"kind=customers_customer&kind=contracts_contract&{span}") == both


@pytest.mark.parametrize(
    "asked", ["who=999999", "kind=contracts_contract", "action=unmask&kind=core_role", "at_to=2020-01-01", "record=customers_customer:999"]
)
def test_what_matches_nothing_says_so(world: World, trade: Trade, browser: Browser, asked: str) -> None:
    _customer(world, trade)
    answer = browser.get(f"/audit-rows/?{asked}")
    assert (answer.status_code, _rows(answer.text)) == (200, 0)


@pytest.mark.parametrize("asked", ["who=x", "at_from=never", "before=yesterday", "record=customers_customer:x", f"before={10**18 - 1}-1"])
def test_a_question_that_nobody_can_ask_is_refused_in_one_sentence(browser: Browser, asked: str) -> None:
    assert browser.get(f"/audit-rows/?{asked}").status_code == 400


@pytest.mark.parametrize(("refused", "told"), [("/working-days/", "工作日历"), ("/audit-rows/", "审计日志")])
def test_a_refused_page_is_told_by_its_name_in_the_menu(
    application: Flask, world: World, browser: Browser, refused: str, told: str
) -> None:
    assert browser_for(application, world, "sales.east1").get(refused).status_code == 403
    page = browser.get("/audit-rows/?action=refused").text
    body = page[page.index("<tbody") : page.index("</tbody>")]
    assert told in body
    assert "页面" in body
    assert "–" not in body  # a column in which no row says anything is left out
    assert '<span class="kg-tag bad">被拒绝：查看</span>' in body
    assert refused.strip("/") not in re.sub(r'(href|data-at)="[^"]*"', "", body)
    cards = browser.get("/audit-rows/cards").text
    assert told in cards
    assert f"GET {refused}" not in cards
    [row] = re.findall(r'/audit-rows/(\d+)"', body)[:1]
    assert f"GET {refused}" in browser.get(f"/audit-rows/{row}").text  # the row itself says exactly what was asked for


@pytest.mark.requirement("R-054")
def test_a_row_is_told_with_labels_and_values_as_people_read_them(world: World, trade: Trade, browser: Browser) -> None:
    customer = _customer(world, trade)
    with Session(world.keguan.database.engine) as session:
        asked = select(AuditRow.id).where(AuditRow.record_id == customer.id, AuditRow.action == "update")
        row = session.scalars(asked.where(AuditRow.table_name == "customers_customer")).one()
    page = browser.get(f"/audit-rows/{row}").text
    assert "<ins>95</ins>" in page
    assert "<ins>无锡</ins>" in page
    assert "{" not in page.split("<main")[1].split("</main>")[0]


def test_pages_turn_by_place_and_lose_or_double_no_row(world: World) -> None:
    with world.use_case("leader") as session:
        for number in range(25):
            note_read(session, "search", subject=f"{number}")
    seen: list[int] = []
    search = Search(size=7)
    with world.reading("auditor") as session:
        while True:
            rows, more = find_rows(session, search)
            seen += [row.id for row in rows]
            if not more:
                break
            search = Search(size=7, before=(rows[-1].at, rows[-1].id))
        everything = session.scalars(select(AuditRow.id)).all()
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(everything)


PLANS = {
    "who": Search(people=[1]),
    "action": Search(actions=["unmask"]),
    "kind": Search(tables=["customers_customer"]),
    "record": Search(record=("customers_customer", 1)),
    "subject": Search(subject="苏州"),
    "time": Search(since=datetime.now(UTC) - timedelta(days=1)),
    "nothing": Search(),
}


@pytest.mark.requirement("R-445")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", PLANS)
def test_every_question_is_answered_by_an_index(world: World, name: str) -> None:
    asked = rows_asked(PLANS[name]).where(AuditRow.company_id == 1)
    said = str(asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with world.keguan.database.engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {said}".replace(":", "\\:"))))
    assert "USING INDEX" in plan
    assert "SCAN core_audit_row" not in plan


@pytest.mark.requirement("R-445")
def test_alarms_stand_in_red_where_the_auditor_looks(world: World, browser: Browser) -> None:
    with Session(world.keguan.database.engine) as session:
        raise_alarm(session, UNREACHABLE, 0, "no such host")
        session.commit()
    for address in ("/trail/", "/audit-rows/"):
        assert "外部锚点无法访问" in browser.get(address).text


def test_the_auditor_has_the_trail_checked(world: World, browser: Browser) -> None:
    assert "尚未校验过" in browser.get("/trail/").text
    assert browser.post("/trail/check").status_code == 303
    assert browser.post("/trail/check").status_code == 303, "a second one while the first waits asks for nothing more"
    assert "正在校验" in browser.get("/trail/").text
    run_due_jobs(world.keguan.database, world.keguan.registry)
    assert "与写入时一致" in browser.get("/trail/").text


def test_nobody_else_reads_the_trail_of_the_company(world: World, application: Flask) -> None:
    for account in ("sales.east1", "admin", "security"):
        browser = browser_for(application, world, account)
        for address in ("/trail/", "/audit-rows/", "/audit-rows/people"):
            assert browser.get(address).status_code == 403, (account, address)


def test_the_calendar_of_the_trail_shows_the_newest_rows_of_a_day_and_of_a_full_month(
    world: World, trade: Trade, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _customer(world, trade)
    rows = [int(one) for one in re.findall(r'/audit-rows/(\d+)"', browser.get("/audit-rows/?view=all").text)]
    newest = sorted(dict.fromkeys(rows), reverse=True)
    entry = re.search(r'kg-cut">(.*?)<small>(.*?)</small>', browser.get("/audit-rows/calendar").text)
    assert entry is not None
    assert "：" in entry[1], entry[0]  # who, and what was done
    assert not entry[2].startswith("#"), entry[0]
    for shown in (4, 2):  # as many as a day of the month has room for, then as many as the whole page
        page = browser.get("/audit-rows/calendar").text.partition("<main")[2]
        assert list(dict.fromkeys(int(one) for one in re.findall(r'/audit-rows/(\d+)"', page))) == newest[:shown]
        monkeypatch.setattr("core.web.list_days.MOST", 2)


def test_a_refusal_says_which_step_was_tried(application: Flask, world: World, browser: Browser) -> None:
    clerk = browser_for(application, world, "invoicing")
    assert [clerk.get("/customers/add").status_code, clerk.post("/roles/add", data={}).status_code] == [403, 403]
    page = browser.get("/audit-rows/?action=refused").text
    assert ("被拒绝：新建" in page, page.count('kg-tag bad">被拒绝')) == (True, 2)
