"""Nothing leaves but by the gate: asked for with a reason, approved by somebody else, once, within a day, as it was approved."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select, update

from core.access.models import Grant, Role
from core.approvals.operations import approve, reject
from core.approvals.queries import waiting_for
from core.audit.models import AuditRow
from core.exports.cells import PORTION, portions
from core.exports.folder import prints_of
from core.exports.making import fetch_file, make_file
from core.exports.models import ExportRequest
from core.exports.operations import refuse_export, withdraw_export
from core.exports.states import LISTS, ExportFormat, ExportState
from core.kernel.acting import FieldAccess, Scope, System, acting_as
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, NotFound
from core.work.handlers import job_handlers
from core.work.running import run_due_jobs
from core.work.schedules import enqueue_scheduled
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.exports.conftest import Gate
from tests.field_rights import state


def rewrite(gate: Gate, request_id: int, **values: object) -> None:
    """As somebody would who has the database."""
    engine = gate.world.keguan.database.engine
    with engine.begin() as connection:
        connection.execute(update(ExportRequest.__table__).where(ExportRequest.__table__.c.id == request_id).values(**values))


def let_heads_approve(gate: Gate) -> None:
    """Let heads decide as well as ask."""
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        role = session.scalars(select(Role).where(Role.preset == "department_head", Role.company_id == 1)).one()
        for verb in ("read", "approve"):
            session.add(Grant(company_id=1, role_id=role.id, resource="core.exports", verb=verb, scope=Scope.COMPANY))


@pytest.mark.requirement("R-343", "R-444")
def test_an_approved_export_is_downloaded_once_and_the_trail_names_who_what_why_and_the_file(gate: Gate) -> None:
    request_id = gate.ask(asked=(("order", "name"),), columns=("name", "owner", "state"))
    gate.approve(request_id)
    gate.make(request_id)
    fetched = gate.fetch(request_id)
    rows = list(csv.reader(fetched.path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 1 + 30 + 1
    assert f"#{request_id}" in rows[-1][0]
    with pytest.raises(Conflict, match="downloaded already"):
        gate.fetch(request_id)
    with gate.world.reading("auditor") as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "export")).one()
    said = json.loads(row.changes)
    stored = gate.stored(request_id)
    assert (row.who, said["rows"], said["reason"]) == (gate.world.employees["head.east"].name, 30, "年度对账用")
    assert said["sha256"] == stored.sha256
    assert len(stored.sha256) == 64


@pytest.mark.requirement("R-343")
def test_nobody_decides_on_an_own_wish_and_nobody_decides_without_the_right(gate: Gate) -> None:
    let_heads_approve(gate)
    other = gate.ask("head.east")
    with pytest.raises(Forbidden, match="requested yourself"):
        gate.approve(other, "head.east")
    for account in ("sales.east1", "security", "auditor", "admin"):
        with pytest.raises((Forbidden, NotFound)):
            gate.approve(other, account)
    assert gate.stored(other).state is ExportState.WAITING


@pytest.mark.requirement("R-444")
def test_without_the_right_to_export_nothing_is_even_asked_for(gate: Gate) -> None:
    with pytest.raises(Forbidden, match="Export"):
        gate.ask("sales.east1")
    with gate.world.reading("leader") as session:
        assert session.scalars(select(ExportRequest)).all() == []


@pytest.mark.requirement("R-444")
def test_the_file_of_a_head_holds_the_department_and_nothing_else(gate: Gate) -> None:
    text = gate.file(columns=("name",)).read_text(encoding="utf-8-sig")
    assert "苏州第1机械厂" in text
    assert "西安" not in text


def refuse(gate: Gate, one: int) -> None:
    with gate.world.use_case("leader") as session:
        refuse_export(session, one, 1, "没有必要")


def withdraw(gate: Gate, one: int) -> None:
    with gate.world.use_case("head.east") as session:
        withdraw_export(session, one, 1)


def late(gate: Gate, one: int) -> None:
    gate.approve(one)
    rewrite(gate, one, expires_at=now() - timedelta(minutes=1))


def changed(gate: Gate, one: int, **values: object) -> None:
    gate.approve(one)
    rewrite(gate, one, **values)


def robbed(gate: Gate, one: int) -> None:
    gate.approve(one)
    rob(gate)


def rob(gate: Gate) -> None:
    """Take the right to export customers away from everybody."""
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        for grant in session.scalars(select(Grant).where(Grant.verb == "export")):
            session.delete(grant)


def grown(gate: Gate, one: int) -> None:
    gate.approve(one)
    with gate.world.use_case("sales.east1") as session:
        create_customer(session, {"name": "新来的一家厂"})


def shrunk(gate: Gate, one: int) -> None:
    gate.approve(one)
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        session.delete(session.scalars(select(Customer).where(Customer.name == "苏州第0机械厂")).one())


BEFORE_A_FILE = {
    "not approved": (lambda gate, one: None, "not been approved"),
    "refused": (refuse, "was refused"),
    "withdrawn": (withdraw, "withdrawn"),
    "too late": (late, "is over"),
    "another filter": (lambda gate, one: changed(gate, one, asked=[["q", "西安"]]), "no longer those"),
    "further columns": (lambda gate, one: changed(gate, one, columns=["name", "owner", "remark"]), "no longer those"),
    "more rows": (lambda gate, one: changed(gate, one, rows=10_000), "no longer those"),
    "right taken away": (robbed, "do not let you export"),
    "a list that grew": (grown, "The list has grown"),
    "a list that shrank": (shrunk, "has fewer rows"),
}


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("case", BEFORE_A_FILE)
def test_there_is_no_file_but_one_clear_sentence_and_nothing_half_done(gate: Gate, case: str) -> None:
    happen, sentence = BEFORE_A_FILE[case]
    one = gate.ask()
    happen(gate, one)
    for take in (gate.make, gate.fetch):
        try:
            take(one)
        except KeguanError as error:
            said = str(error)
    assert gate.stored(one).sha256 == ""
    assert not gate.path(one).exists()
    with gate.world.act("head.east"), pytest.raises(KeguanError):
        fetch_file(gate.world.keguan.database, one)
    why = gate.stored(one).why
    assert sentence in said or (why is not None and sentence in str(why)), (said, why)


@pytest.mark.requirement("R-343")
def test_a_right_that_is_taken_after_the_file_was_made_keeps_the_file_inside(gate: Gate) -> None:
    one = gate.ask()
    gate.approve(one)
    gate.make(one)
    path = gate.path(one)
    assert path.is_file()
    rob(gate)
    with pytest.raises(Forbidden):
        gate.fetch(one)
    assert not path.exists()
    assert gate.stored(one).state is ExportState.STOPPED


def narrowed(gate: Gate) -> None:
    """The head may still export, but no longer the whole department."""
    with gate.world.keguan.database.engine.begin() as connection:
        mine = (Grant.__table__.c.resource == "customers.customer", Grant.__table__.c.verb == "export")
        assert connection.execute(update(Grant.__table__).where(*mine).values(scope=Scope.OWN)).rowcount


def covered(gate: Gate) -> None:
    """The head may still export, but no longer read where a customer is."""
    state(gate.world, "department_head", {("customers_customer", "address"): FieldAccess.NONE})


@pytest.mark.requirement("R-343", "R-442")
@pytest.mark.parametrize("less", [narrowed, covered])
def test_a_right_that_is_made_smaller_after_the_file_was_made_keeps_the_file_inside(gate: Gate, less: Callable[[Gate], None]) -> None:
    """What lies there was made with the rights of before: rows and fields that are no longer the person's to take."""
    one = gate.ask(columns=("name", "address"))
    gate.approve(one)
    gate.make(one)
    less(gate)
    with pytest.raises(Forbidden, match="after the file was made"):
        gate.fetch(one)
    assert not gate.path(one).exists()
    assert gate.stored(one).state is ExportState.STOPPED
    assert "after the file was made" in str(gate.stored(one).why)


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("form", LISTS)
def test_a_right_that_is_taken_while_the_file_is_being_made_ends_it(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, form: ExportFormat
) -> None:
    """Rights are looked at before each portion, a thousand rows in earnest and ten here."""
    monkeypatch.setattr("core.exports.cells.PORTION", 10)
    seen = []

    def robbing(*asked: Any) -> Iterator[Any]:
        for portion in portions(*asked):
            seen.append(len(portion[0]))
            if len(seen) == 2:
                with gate.world.keguan.database.engine.begin() as connection:
                    connection.execute(delete(Grant.__table__).where(Grant.__table__.c.verb == "export"))
            yield portion

    monkeypatch.setattr("core.exports.making.portions", robbing)
    one = gate.ask(form=form)
    gate.approve(one)
    with suppress(KeguanError):
        gate.make(one)
    assert seen == [10, 10]
    assert [path.suffix for path in gate.path(one).parent.iterdir()] in ([], [".prints"])
    assert gate.stored(one).state is ExportState.STOPPED
    assert "while the file was being made" in str(gate.stored(one).why)


def test_a_file_that_somebody_changed_is_not_handed_out(gate: Gate) -> None:
    one = gate.ask()
    gate.approve(one)
    gate.make(one)
    with gate.path(one).open("ab") as file:
        file.write("另一行".encode())
    with pytest.raises(Conflict, match="was changed"):
        gate.fetch(one)


@pytest.mark.requirement("R-343")
def test_somebody_else_can_neither_see_nor_fetch(gate: Gate) -> None:
    one = gate.ask()
    gate.approve(one)
    gate.make(one)
    with pytest.raises(NotFound):
        gate.fetch(one, "head.west")
    with pytest.raises(Forbidden, match="Only the person"):
        gate.fetch(one, "leader")
    with gate.world.act("leader"), pytest.raises(Forbidden):
        make_file(gate.world.keguan.database, one)


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("happen", [grown, shrunk])
def test_a_company_may_allow_a_change_of_the_list(gate: Gate, happen: Callable[[Gate, int], None]) -> None:
    gate.set(export_growth_percent=4)
    one = gate.ask()
    happen(gate, one)
    gate.make(one)
    assert gate.stored(one).sha256 != ""


@pytest.mark.requirement("R-343")
def test_quotas_hold_over_the_day(gate: Gate) -> None:
    gate.set(export_requests_per_day=2, export_rows_per_day=70)
    gate.ask()
    gate.ask()
    with pytest.raises(Conflict, match="2 exports today"):
        gate.ask()
    gate.set(export_requests_per_day=9)
    with pytest.raises(Conflict, match="10 of 70"):
        gate.ask()


@pytest.mark.requirement("R-343")
def test_a_quota_is_that_of_one_person_and_begins_anew_the_next_day(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one head has used up takes nothing from the other; and at midnight where the company works, whatever day it is in London."""
    gate.set(export_requests_per_day=1)
    gate.ask()
    with pytest.raises(Conflict, match="1 export today"):
        gate.ask()
    assert gate.ask("head.west") > 0
    with pytest.raises(Conflict, match="1 export today"):
        gate.ask("head.west")
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr("core.exports.quotas.today", lambda: tomorrow)
    assert gate.ask() > 0


@pytest.mark.requirement("R-343")
def test_the_desk_tells_what_is_left_of_the_day(gate: Gate, client_for: Any) -> None:
    gate.set(export_requests_per_day=7, export_rows_per_day=1_234, prints_per_day=43, export_files_per_day=61)
    gate.ask()
    for account, left in (
        ("head.east", "数据导出今日共76行数今日共1,2341,204记录的文件今日共6161打印今日共4343"),
        ("head.west", "77行数今日共1,2341,234记录的文件今日共6161打印今日共4343"),
    ):
        page = client_for(account).get("/exports/").text
        assert left in re.sub(r"<[^>]+>|\s", "", page), account


@pytest.mark.requirement("R-343", "R-444")
def test_what_nobody_fetches_within_a_day_is_gone_with_all_that_was_made_of_it(gate: Gate, client_for: Any) -> None:
    """The hourly job takes the file and the prints; what was fetched keeps its prints, by which it can be traced."""
    fetched, left, waiting = (gate.ask() for _ in range(3))
    for one in (fetched, left):
        gate.approve(one)
        gate.make(one)
    gate.fetch(fetched)
    stored = gate.stored(left)
    assert stored.expires_at is not None
    assert stored.decided_at is not None
    assert stored.expires_at - stored.decided_at == timedelta(hours=24)
    keguan, file, prints = gate.world.keguan, gate.path(left), prints_of(stored)
    hourly = {kind: one for kind, one in job_handlers(keguan.registry).items() if kind == "core.expire_exports"}
    for moment, there in ((timedelta(hours=23, minutes=59), True), (timedelta(hours=25, minutes=1), False)):
        with time_machine.travel(stored.decided_at + moment, tick=False):
            enqueue_scheduled(keguan.database, hourly)
            run_due_jobs(keguan.database, keguan.registry)
        assert (file.exists(), prints.exists()) == (there, there), moment
        assert gate.stored(left).state is (ExportState.READY if there else ExportState.EXPIRED)
    assert "已到期" in client_for("head.east").get(f"/exports/{left}").text
    assert gate.stored(waiting).state is ExportState.WAITING
    assert prints_of(gate.stored(fetched)).exists()
    with pytest.raises(Conflict):
        gate.fetch(left)


@pytest.mark.requirement("R-444")
def test_the_right_is_looked_at_again_every_thousand_rows() -> None:
    assert PORTION == 1_000


def test_what_a_company_holds_for_small_leaves_without_approval(gate: Gate) -> None:
    gate.set(export_without_approval_rows=30)
    one = gate.ask()
    assert gate.stored(one).state is ExportState.APPROVED
    assert gate.stored(one).decided_by_id is None


WRONG = {
    "no reason": ({"reason": "  "}, "reason"),
    "a path": ({"file_name": "../../etc/passwd"}, "file_name"),
    "a path of windows": ({"file_name": "a\\b"}, "file_name"),
    "hidden": ({"file_name": ".bashrc"}, "file_name"),
    "unknown column": ({"columns": ("name", "password")}, "columns"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_will_not_do_is_told_field_by_field(gate: Gate, case: str) -> None:
    wish, field = WRONG[case]
    with pytest.raises(BadInput) as told:
        gate.ask(**wish)
    assert list(told.value.fields) == [field]


def test_a_long_list_is_no_pdf(gate: Gate) -> None:
    gate.set(export_pdf_rows=100)
    with gate.world.use_case("sales.east1") as session:
        for number in range(80):
            create_customer(session, {"name": f"更多客户{number}"})
    with pytest.raises(BadInput) as told:
        gate.ask(form=ExportFormat.PDF)
    assert list(told.value.fields) == ["format"]


@pytest.mark.requirement("R-343")
def test_the_inbox_of_approvals_decides_as_the_desk_does(gate: Gate) -> None:
    """One engine decides about every kind of document; the export follows its chain and its case."""
    one, other = gate.ask(), gate.ask()
    with gate.world.use_case("leader") as session:
        cases = {case.record_id: case.id for case in session.scalars(waiting_for(gate.world.actor("leader")))}
        approve(session, cases[one])
        reject(session, cases[other], opinion="本月已导出过")
    assert (gate.stored(one).state, gate.stored(other).state) == (ExportState.APPROVED, ExportState.REFUSED)
    assert gate.stored(other).opinion == "本月已导出过"
    assert gate.stored(one).decided_by_id == gate.world.employees["leader"].id
    third = gate.ask()
    withdraw(gate, third)
    with gate.world.reading("leader") as session:
        assert session.scalars(waiting_for(gate.world.actor("leader"))).all() == []
