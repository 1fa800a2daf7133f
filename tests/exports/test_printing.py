"""One record on paper: through the gate, in the layout of its form, whatever people have typed into it."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.access.models import Role, ShareMode
from core.access.roles import set_grants
from core.audit.models import AuditRow
from core.exports import typesetting
from core.exports.models import ExportRequest
from core.exports.states import ExportState
from core.exports.typesetting import Case, Column, FontMissing, Form, Group, Row, Signed, Table, typeset
from core.kernel.errors import Forbidden, TooLarge
from plugins.customers.models import Customer
from plugins.customers.operations import share_customer
from tests.exports.conftest import Gate
from tests.world import Browser

Clients = Callable[[str], Browser]
MARKUP = '#eval("1+1") #read("/etc/passwd") #import "x.typ" *b* _i_ $x$ @ref <label> `c` = h \\ // /* [ ] { } "\'\u202e\x00\ud800'
PLAIN = Form("客户", "苏州机械厂", "启恒", "由张三导出", "zh", ("第 ", " 页，共 ", " 页"), (Group("资料", (Row("名称", "苏州机械厂"),)),))


def paper(pdf: bytes, folder: Path, *options: str) -> str:
    """What the PDF says, as its readers see it."""
    path = folder / "form.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", *options, str(path), "-"], check=True, capture_output=True).stdout.decode()


@pytest.fixture
def customer(gate: Gate) -> int:
    """The first customer of east."""
    with gate.world.reading("head.east") as session:
        return session.scalars(select(Customer.id).where(Customer.name == "苏州第3机械厂")).one()


def print_it(browser: Browser, customer: int, reason: str = "带去客户处核对") -> Any:
    return browser.post(f"/customers/{customer}/form", data={"reason": reason})


@pytest.mark.browser
@pytest.mark.requirement("R-062")
def test_the_font_is_inside_and_the_name_can_be_found(gate: Gate, client_for: Clients, customer: int, tmp_path: Path) -> None:
    said = paper(print_it(client_for("head.east"), customer).data, tmp_path)
    assert "苏州第3机械厂" in said
    assert "仅限内部使用" in said
    assert "待核实" in said, "a state is told in its word"
    fonts = subprocess.run(["pdffonts", str(tmp_path / "form.pdf")], check=True, capture_output=True).stdout.decode()
    (face,) = fonts.splitlines()[2:]
    assert "NotoSansSC" in face
    assert face.split()[-5:-2] == ["yes", "yes", "yes"], "embedded, as a subset, with its letters"


@pytest.mark.requirement("R-343", "R-444")
def test_a_print_is_an_export_with_reason_number_and_check_sum(gate: Gate, client_for: Clients, customer: int) -> None:
    answer = print_it(client_for("head.east"), customer)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with gate.world.reading("auditor") as session:
        one = session.scalars(select(ExportRequest)).one()
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "print")).all()
    assert (one.state, one.record_id, one.rows, one.reason) == (ExportState.FETCHED, customer, 1, "带去客户处核对")
    assert one.sha256 == hashlib.sha256(answer.data).hexdigest()
    assert one.sha256 in row.changes
    desk = client_for("head.east").get(f"/exports/{one.id}").text
    assert f'/customers/{customer}"' in desk  # by its name, with the way to it
    assert "单条记录" in desk


@pytest.mark.requirement("R-343", "R-444")
def test_who_may_change_a_record_prints_it_but_exports_no_list(gate: Gate, client_for: Clients, customer: int) -> None:
    seller = client_for("sales.east1")
    assert f"/customers/{customer}/form" in seller.get(f"/customers/{customer}").text
    answer = print_it(seller, customer)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    with gate.world.reading("auditor") as session:
        one = session.scalars(select(ExportRequest)).one()
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "print")).all()
    assert (one.asked_by_id, one.record_id, one.reason) == (gate.world.employees["sales.east1"].id, customer, "带去客户处核对")
    assert hashlib.sha256(answer.data).hexdigest() in row.changes
    assert "苏州第3机械厂" in client_for("auditor").get("/exports/").text, "it stands among the exports of the company"
    assert client_for("sales.east1").get("/exports/new/customers").status_code == 403
    with pytest.raises(Forbidden):
        gate.ask("sales.east1")


@pytest.mark.requirement("R-444")
def test_who_prints_but_exports_nothing_finds_what_was_printed_by_the_menu(client_for: Clients, customer: int) -> None:
    browser = client_for("sales.east1")
    assert 'href="/c/qiheng/exports/"' in browser.get("/").text
    print_it(browser, customer)
    assert "苏州第3机械厂" in browser.get("/exports/").text


@pytest.mark.requirement("R-444")
def test_nobody_prints_what_is_somebody_elses_or_only_to_be_read(gate: Gate, client_for: Clients, customer: int) -> None:
    colleague = client_for("sales.east2")
    assert print_it(colleague, customer).status_code == 404
    with gate.world.use_case("sales.east1") as session:
        share_customer(session, customer, None, employee=gate.world.employees["sales.east2"].id)
    for reader in (colleague, client_for("contracts")):
        assert f"/customers/{customer}/form" not in reader.get(f"/customers/{customer}").text
        refused = print_it(reader, customer)
        assert refused.status_code == 403
        assert refused.text.count("您可以申请包含此项的角色") == 1, "one sentence says why"
    assert print_it(client_for("head.west"), customer).status_code == 404
    assert print_it(client_for("head.east"), 987_654).status_code == 404
    with gate.world.reading("auditor") as session:
        assert session.scalars(select(ExportRequest)).all() == []
    with gate.world.use_case("sales.east1") as session:
        share_customer(session, customer, None, employee=gate.world.employees["sales.east2"].id, mode=ShareMode.WRITE)
    assert print_it(colleague, customer).status_code == 200, "what one may change one may print"


@pytest.mark.requirement("R-048", "R-444")
def test_printing_is_taken_away_without_the_right_to_change(gate: Gate, client_for: Clients, customer: int) -> None:
    with gate.world.use_case("security") as session:
        for role in session.scalars(select(Role).where(Role.preset.in_(["salesperson", "customer_manager"]))).all():
            set_grants(session, gate.world.keguan.registry, role.id, role.version, {("customers.customer", "print"): None})
    seller = client_for("sales.east1")
    page = seller.get(f"/customers/{customer}").text
    assert f"/customers/{customer}/edit" in page
    assert f"/customers/{customer}/form" not in page
    assert print_it(seller, customer).status_code == 403


@pytest.mark.requirement("R-343")
def test_prints_have_a_quota_of_their_own_and_need_a_reason(gate: Gate, client_for: Clients, customer: int) -> None:
    gate.set(prints_per_day=1, export_requests_per_day=1)
    head = client_for("head.east")
    refused = print_it(head, customer, "无")
    assert refused.status_code == 422
    assert "请简要说明数据的用途" in refused.text
    assert print_it(head, customer).status_code == 200
    assert "已打印" in print_it(head, customer).text
    assert gate.ask() > 0, "a print takes nothing from the exports of lists"


def test_without_its_font_a_print_says_so_and_nothing_is_half_done(
    gate: Gate, client_for: Clients, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> Any:
        raise FontMissing

    monkeypatch.setattr(typesetting, "_fonts", none)
    answer = print_it(client_for("head.east"), customer)
    assert answer.status_code == 503
    assert "打印所需的字体" in answer.text
    assert gate.stored(1).state is ExportState.STOPPED
    assert "字体" in client_for("head.east").get("/exports/1").text


@pytest.mark.browser
def test_what_people_type_is_text_and_never_markup(tmp_path: Path) -> None:
    row = Row(MARKUP[:20], MARKUP)
    table = Table(MARKUP, (Column(MARKUP), Column("金额", right=True)), ((MARKUP, "1.00"),), (MARKUP, "1.00"))
    case = Case(MARKUP, (Signed(MARKUP, MARKUP, MARKUP, MARKUP, MARKUP, MARKUP),))
    names = {"title": MARKUP, "name": MARKUP, "company": MARKUP, "mark": MARKUP}
    said = paper(typeset(replace(PLAIN, **names, groups=(Group(MARKUP, (row,)),), tables=(table,), cases=(case,))), tmp_path, "-raw")
    joined = "".join(said.split())
    assert joined.count("#read(") >= 14
    assert "root:" not in said
    assert "*b*_i_$x$@ref<label>`c`=h\\///*[]{}" in joined


@pytest.mark.browser
def test_long_texts_and_tables_go_on_over_pages_with_their_heads(tmp_path: Path) -> None:
    rows = tuple((f"零件{number}", "1,000.00") for number in range(300))
    text = "第一行\n" + "长" * 10_000 + "x" * 10_000
    long = replace(
        PLAIN,
        groups=(Group("资料", (Row("备注", text), Row("短", "a"), Row("电话", "0512"))),),
        tables=(Table("明细", (Column("名称"), Column("金额", right=True)), rows, ("合计", "300,000.00")),),
    )
    said = paper(typeset(long), tmp_path, "-layout")
    pages = said.split("\f")[:-1]
    assert len(pages) > 10
    assert said.count("长") == 10_000
    assert said.count("x") == 10_000, "what has no place to break breaks all the same"
    assert all("由张三导出" in page for page in pages)
    assert f"第 {len(pages)} 页，共 {len(pages)} 页" in " ".join(pages[-1].split())
    with_table = [page for page in pages if "零件" in page]
    assert len(with_table) > 5
    assert all("金额" in page for page in with_table), "the head of the table is repeated"
    with pytest.raises(TooLarge):
        typeset(replace(PLAIN, name="长" * typesetting.LONGEST))
