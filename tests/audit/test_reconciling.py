"""Records are what the trail says of them, over data as people make them; what is written past the program is found among it (R-354)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.alarms import STRANGERS, open_alarms
from core.audit.history import changes_of
from core.audit.models import AuditAlarm, AuditRow
from core.audit.reconciling import all_strangers
from core.kernel.acting import System, acting_as
from core.work.models import Notice
from core.work.trail_checks import check_chain, last_checks, problems_of
from plugins.customers.operations import add_contact
from tests.commands.test_commands import command
from tests.plugins.conftest import Trade, trade
from tests.scenarios.conftest import story, tellings, told_story
from tests.scenarios.story import Story
from tests.world import World, browser_for

__all__ = ["command", "story", "tellings", "told_story", "trade"]
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
RAW: Sequence[tuple[str, str]] = (
    ("UPDATE customers_contact SET phone = '13900000000' WHERE {one}", "changed_past customers_contact phone"),
    ("UPDATE customers_interaction SET at = '2024-01-01 00:00:00' WHERE {one}", "changed_past customers_interaction at"),
    ("UPDATE customers_customer SET last_contact_at = NULL WHERE {one}", "changed_past customers_customer last_contact_at"),
    ("UPDATE billing_notice SET buyer_account = '6222000000000000' WHERE {one}", "changed_past billing_notice buyer_account"),
    ("UPDATE contracts_contract SET title = 'x' WHERE {one}", "changed_past contracts_contract title"),
    ("UPDATE core_employee SET superior_id = 1 WHERE {one}", "changed_past core_employee superior_id"),
    ("DELETE FROM service_request WHERE {one}", "removed_past service_request"),
)
"""A statement about one record, and what has to be found by it."""
ONE = {
    "customers_customer": "id = (SELECT max(id) FROM customers_customer WHERE last_contact_at IS NOT NULL)",
    "core_employee": "id = (SELECT max(id) FROM core_employee WHERE superior_id IS NULL)",
    "billing_notice": "id = (SELECT max(id) FROM billing_notice WHERE buyer_account IS NOT NULL)",
}
FREE = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
    "postgresql": ("SET session_replication_role = replica", "SET session_replication_role = DEFAULT"),
}
"""What lets references be broken, and what ends it."""


def strangers(world: World) -> dict[str, Counter[str]]:
    """What is found, short enough to be read where it fails."""
    with acting_as(System("a test")), Session(world.keguan.database.engine) as session:
        found = all_strangers(session)
    return {table: Counter(f"{one.kind} {one.detail}" for one in problems) for table, problems in found.items()}


def past_the_program(world: World, *statements: str) -> None:
    """Raw SQL of somebody who has the database; references do not hinder him."""
    raw: Any = world.keguan.database.engine.raw_connection()  # of SQLite: no transaction is open, else it would not let references be
    before, after = FREE[world.keguan.database.engine.dialect.name]
    try:
        for statement in (before, *statements, after):
            cursor = raw.cursor()
            cursor.execute(statement)
            assert statement in (before, after) or cursor.rowcount == 1, statement
        raw.commit()
    finally:
        raw.close()


def copied(world: World, table: str, **other: str) -> str:
    """A raw INSERT of a second record like the first of ``table``, with ``other`` values."""
    columns = [column for column in columns_of(world, table) if column != "id"]
    told, values = ", ".join(f'"{column}"' for column in columns), ", ".join(other.get(column, f'"{column}"') for column in columns)
    return f"INSERT INTO {table} ({told}) SELECT {values} FROM {table} WHERE id = (SELECT min(id) FROM {table})"


def columns_of(world: World, table: str) -> list[str]:
    with world.keguan.database.engine.connect() as connection:
        return [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]


@SQLITE
@pytest.mark.requirement("R-354", "R-445")
def test_over_the_demonstration_exactly_what_was_written_past_the_program_is_found(
    demonstration: World, command: Callable[..., Any]
) -> None:
    """By the command as well, with code 1 and with one sentence for each."""
    world = demonstration
    assert strangers(world) == {}
    code, said = command("audit", "verify", "--records")
    assert code == 0, said
    wanted = []
    for statement, found in RAW:
        table = found.split()[1]
        one = ONE.get(table, f"id = (SELECT max(id) FROM {table})")
        past_the_program(world, statement.format(one=one))
        wanted.append(found)
    past_the_program(world, copied(world, "customers_interaction"))
    wanted.append("made_past customers_interaction")
    assert sorted(found for problems in strangers(world).values() for found in problems.elements()) == sorted(wanted)
    code, said = command("audit", "verify", "--records", "--json")
    told = [f"{one['kind']} {one['detail']}" for one in json.loads(said)["problems"]]
    assert (code, sorted(told)) == (1, sorted(wanted))
    code, said = command("audit", "verify", "--records")
    assert code == 1
    assert "customers_" not in said, "tables are called by what people call them"


@pytest.mark.requirement("R-354", "R-445")
def test_after_the_whole_story_the_records_are_what_the_trail_says(told_story: Story) -> None:
    assert strangers(told_story.world) == {}


@pytest.mark.requirement("R-354", "R-445")
def test_the_daily_check_compares_records_alarms_once_and_tells_the_auditors(
    world: World, trade: Trade, application: Any, command: Callable[..., Any]
) -> None:
    customer, company = trade.customer(), world.companies["qiheng"].id
    database = world.keguan.database
    check_chain(database, company)
    assert alarms(world) == []
    past_the_program(world, f"UPDATE customers_customer SET discount = 1 WHERE id = {customer.id}")
    for _ in range(2):
        check_chain(database, company)
    assert [(one.kind, one.chain) for one in alarms(world)] == [(STRANGERS, company)]
    with acting_as(System("a test")), Session(database.engine) as session:
        (check, *_) = last_checks(session, company)
        assert [(one.kind, one.number, one.detail) for one in problems_of(check)] == [
            ("changed_past", customer.id, "customers_customer discount")
        ]
        told = session.scalars(select(Notice).where(Notice.employee_id == world.employees["auditor"].id)).all()
    assert sum("past the program" in str(one.message) for one in told) == 1
    page = browser_for(application, world, "auditor").get("/trail/").text
    assert page.count("有记录与审计日志不符") == 1
    assert f"#{customer.id}" in page
    found = {slug: json.loads(command("audit", "verify", "--records", "--json", "--company", slug)[1])["found"] for slug in world.companies}
    assert found == {slug: int(slug == "qiheng") for slug in world.companies}
    past_the_program(world, f"UPDATE customers_customer SET discount = NULL WHERE id = {customer.id}")
    check_chain(database, company)
    assert alarms(world) == []


@SQLITE
@pytest.mark.requirement("R-354", "R-445")
def test_a_difference_that_was_explained_is_accepted_with_its_reason_and_the_next_one_is_seen(
    world: World, trade: Trade, command: Callable[..., Any]
) -> None:
    """What the trail said before stays to be read; personal values go beside the trail as ever."""
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        kept, gone = (add_contact(session, {"name": name, "customer": customer.id, "phone": "13900000001"}).id for name in ("甲", "乙"))
    past_the_program(world, f"UPDATE customers_contact SET phone = '13900000002', name = '丙' WHERE id = {kept}")
    past_the_program(world, f"DELETE FROM customers_contact WHERE id = {gone}", copied(world, "customers_customer", code="'X-1'"))
    assert sum(sum(problems.values()) for problems in strangers(world).values()) == 3
    code, said = command("audit", "accept", "--reason", "数据修复，工单 12", "--yes")
    assert (code, "3" in said) == (0, True), said
    assert strangers(world) == {}
    for slug in world.companies:
        assert command("audit", "verify", "--records", "--company", slug)[0] == 0
    with acting_as(System("a test")), Session(world.keguan.database.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.reason == "数据修复，工单 12").order_by(AuditRow.id)).all()
        assert [row.action for row in rows] == ["accept", "delete", "create", "records_accepted"]
        assert all(row.company_id == customer.company_id and row.who.startswith("system: terminal: ") for row in rows)
        assert not any("1390000" in row.changes or "丙" in row.changes for row in rows)
        before, after = changes_of(rows[0])["phone"]
        assert (before, after) == ("13900000001", "13900000002")
    past_the_program(world, f"UPDATE customers_contact SET phone = '13900000003' WHERE id = {kept}")
    assert strangers(world) == {"customers_contact": Counter({"changed_past customers_contact phone": 1})}


def alarms(world: World) -> list[AuditAlarm]:
    with Session(world.keguan.database.engine) as session:
        return open_alarms(session)
