"""A file comes in on pages: handed in, mapped, tried, let in, reported; each step by the people who may, in sentences they understand."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.extension.exchange import Task
from core.kernel.acting import System, acting_as
from core.kernel.clock import local, now
from core.work import import_cleaning
from core.work.attachments import remove_orphans
from core.work.import_jobs import rejected_rows
from core.work.models import ImportRun
from core.work.running import run_due_jobs
from core.work.tables import open_table
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.world import Browser, World

Clients = Callable[[str], Browser]
NEW = "/imports/new/customers.customer"
ROWS = "客户代码\t公司名称\t所属行业\t备注\nW-1\t甲科技有限公司\t\t老客户\nW-2\t乙科技有限公司\t\t\n"
CHOSEN = re.compile(r'<select class="form-select[^"]*" name="(field-\d+)".*?</select>', re.DOTALL)
PICKED = re.compile(r'<option value="([^"]*)" selected>')


def handed_in(browser: Browser, rows: str = ROWS, target: str = NEW) -> str:
    """The address of the file after the first step."""
    answer = browser.post(target, data={"rows": rows})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/map")


def guessed(answer: TestResponse) -> dict[str, str]:
    """What the page of columns proposes, as its form would send it."""
    found = {name[1]: PICKED.search(name[0]) for name in CHOSEN.finditer(answer.text)}
    fields = {name: picked[1] if picked else "" for name, picked in found.items()}
    key = re.search(r'name="key" value="([^"]+)"[^>]* checked', answer.text)
    assert key is not None, answer.text
    return {**fields, "key": key[1]}


def work(world: World) -> None:
    """What a worker would do meanwhile."""
    run_due_jobs(world.keguan.database, world.keguan.registry)


def tried(browser: Browser, world: World, file: str, **more: str) -> TestResponse:
    """The page after the try, everything taken as proposed."""
    sent = guessed(browser.get(f"{file}/map")) | more
    assert browser.post(f"{file}/map", data=sent).status_code == 303
    work(world)
    return browser.get(file)


def let_in(browser: Browser, world: World, file: str) -> TestResponse:
    assert browser.post(f"{file}/commit").status_code == 303
    work(world)
    return browser.get(file)


def counts(answer: TestResponse) -> list[str]:
    return re.findall(r'class="kg-fig".*?<b>([^<]+)</b>', answer.text)


@pytest.mark.requirement("R-475")
def test_pasted_rows_are_mapped_tried_let_in_and_reported(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    assert "/imports/new/customers.customer" in browser.get("/customers/").text
    file = handed_in(browser)
    page = browser.get(f"{file}/map")
    assert guessed(page) == {"field-0": "code", "field-1": "name", "field-2": "industry", "field-3": "note", "key": "code"}
    assert "老客户" in page.text
    page = tried(browser, world, file)
    assert counts(page) == ["2", "2", "0", "0", "0"]
    with world.reading("leader") as session:
        assert session.scalars(select(Customer).where(Customer.code.in_(["W-1", "W-2"]))).all() == []
    page = let_in(browser, world, file)
    assert counts(page) == ["2", "2", "0", "0", "0"]
    assert f"{file}/records/created" in page.text
    listed = browser.get(f"{file}/records/created").text
    assert "甲科技有限公司" in listed
    assert "乙科技有限公司" in listed
    with world.reading("sales.east1") as session:
        found = session.scalars(select(Customer).where(Customer.code == "W-1")).one()
        assert (found.owner_id, str(found.review.value), found.note) == (world.employees["sales.east1"].id, "pending", "老客户")
    past = browser.get("/imports/").text
    assert file in past
    assert "粘贴的数据" in past
    assert "2 条" in browser.get("/notices/").text
    again = handed_in(browser)
    assert counts(tried(browser, world, again)) == ["2", "0", "0", "2", "0"]


def test_a_file_goes_through_every_step_in_english(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    assert browser.post("/account/language", data={"language": "en"}).status_code == 303
    assert "Drop a file here, or choose one" in browser.get(NEW).text
    file = handed_in(browser, "Customer code,Customer name\nE-1,Alpha Ltd\n")
    assert "Match existing records by" in browser.get(f"{file}/map").text
    assert "Would be created" in tried(browser, world, file).text
    assert "The whole file has been read." in let_in(browser, world, file).text


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("xl/workbook.xml", b"0" * 40_000_000)
BAD = {
    "nothing": ("leer.csv", b"", 422, "文件是空的"),
    "header alone": ("kopf.csv", "客户代码,客户名称\n".encode(), 422, "列名下面没有数据行"),
    "column twice": ("a.csv", "代码,代码\n1,2\n".encode(), 422, "重复"),
    "no text": ("a.csv", b"\x00\x01" * 100, 422, "UTF-8"),
    "no spreadsheet": ("a.xlsx", b"code,name\n1,2\n", 422, "已损坏"),
    "old spreadsheet": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, 422, "XLS"),
    "zip bomb": ("a.xlsx", BOMB.getvalue(), 413, "解压"),
    "no name": ("..", b"code,name\n1,2\n", 422, ""),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_refused_in_a_sentence(client_for: Clients, case: str) -> None:
    name, content, status, sentence = BAD[case]
    answer = client_for("sales.east1").post(NEW, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
    assert 'role="alert"' in answer.text


def test_a_file_in_gb18030_is_read(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    content = "客户代码,客户名称\nG-1,丙科技有限公司\n".encode("gb18030")
    answer = browser.post(NEW, data={"file": (io.BytesIO(content), "../老系统.csv")}, content_type="multipart/form-data")
    file = answer.headers["Location"].removesuffix("/map")
    assert "老系统.csv" in browser.get(f"{file}/map").text
    assert counts(tried(browser, world, file)) == ["1", "1", "0", "0", "0"]


def test_ragged_rows_and_bad_cells_are_told_with_row_column_and_reason(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser, "客户代码,客户名称,上市日期\nR-1,好公司,2026-02-01\nR-2,坏公司,2026-02-31\nR-3\nR-1,又一个,\n")
    page = tried(browser, world, file)
    assert counts(page) == ["4", "1", "0", "0", "3"]
    for said in ("2026-02-31", "日历中没有这一天", "请您补"):
        assert said in page.text


@pytest.mark.requirement("R-340")
def test_rejected_rows_come_back_to_be_mended_and_fed_again(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser, "客户代码,客户名称,上市日期\nM-1,好公司,\nM-2,=坏公司,2026-02-31\n")
    tried(browser, world, file)
    page = let_in(browser, world, file)
    assert counts(page) == ["2", "1", "0", "0", "1"]
    answer = browser.get(f"{file}/rejected")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert unquote(answer.headers["Content-Disposition"]).endswith("-未导入.csv")
    mended = answer.get_data().decode("utf-8-sig").replace("2026-02-31", "2026-02-28")
    answer.close()
    assert "M-1" not in mended
    again = browser.post(NEW, data={"file": (io.BytesIO(mended.encode("utf-8-sig")), "改好.csv")}, content_type="multipart/form-data")
    second = again.headers["Location"].removesuffix("/map")
    assert counts(tried(browser, world, second)) == ["1", "1", "0", "0", "0"]
    let_in(browser, world, second)
    with world.reading("sales.east1") as session:
        assert session.scalars(select(Customer.name).where(Customer.code == "M-2")).one() == "=坏公司"


def test_a_wrong_mapping_is_refused_beside_what_is_wrong_with_it(client_for: Clients) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser)
    sent = guessed(browser.get(f"{file}/map"))
    for wrong, sentence in (
        ({"field-1": "code"}, "已对应此字段"),
        ({"field-0": ""}, "请您为它选择对应的列"),
        ({"field-1": "company_id"}, ""),
        ({"key": "name"}, "请您选择如何匹配"),
    ):
        answer = browser.post(f"{file}/map", data=sent | wrong)
        assert answer.status_code == 422, wrong
        assert sentence in answer.text, wrong
    assert browser.post(f"{file}/commit").headers["Location"].endswith("/map")  # nothing was tried, so nothing comes in


@pytest.mark.requirement("R-035")
def test_who_may_not_import_finds_no_way_in(client_for: Clients, world: World) -> None:
    for account in ("contracts", "service", "admin"):
        browser = client_for(account)
        assert browser.get(NEW).status_code in (403, 404), account
        assert browser.post(NEW, data={"rows": ROWS}).status_code in (403, 404), account
        assert browser.get(f"{NEW}/blank").status_code in (403, 404), account
    assert "/imports/new/" not in client_for("contracts").get("/customers/").text
    assert client_for("leader").get("/imports/new/customers.customer").status_code == 403
    assert client_for("sales.east1").get("/imports/new/customers.nothing").status_code == 404


def test_a_file_is_seen_by_whoever_handed_it_in_alone(client_for: Clients, world: World) -> None:
    own, other = client_for("sales.east1"), client_for("head.east")
    file = handed_in(own)
    tried(own, world, file)
    for path in ("", "/map", "/rejected", "/records/created"):
        assert other.get(f"{file}{path}").status_code == 404, path
    for path in ("/map", "/commit", "/cancel", "/discard"):
        assert other.post(f"{file}{path}").status_code == 404, path


@pytest.mark.requirement("R-341")
def test_a_colleagues_customer_is_neither_changed_nor_told(client_for: Clients, world: World) -> None:
    code, name = "WEST-1", "西部隐秘有限公司"
    with world.use_case("sales.west1") as session:
        create_customer(session, {"code": code, "name": name})
    browser = client_for("sales.east1")
    file = handed_in(browser, f"客户代码,客户名称\n{code},换个名字有限公司\n")
    page = tried(browser, world, file)
    assert counts(page) == ["1", "0", "0", "0", "1"]
    assert name not in page.text
    page = let_in(browser, world, file) if f"{file}/commit" in page.text else page
    with world.reading("leader") as session:
        assert session.scalars(select(Customer.name).where(Customer.code == code)).one() == name


def test_day_and_author_of_the_old_system_are_kept(client_for: Clients, world: World) -> None:
    browser = client_for("head.east")
    author = world.employees["sales.east2"]
    file = handed_in(browser, f"客户代码,客户名称,负责人,创建时间,创建人\nO-1,旧客户,sales.east1,2019-05-06,{author.name}\n")
    assert counts(tried(browser, world, file)) == ["1", "1", "0", "0", "0"]
    let_in(browser, world, file)
    with world.reading("leader") as session:
        found = session.scalars(select(Customer).where(Customer.code == "O-1")).one()
        assert local(found.created_at).date() == date(2019, 5, 6)
        assert (found.entered_by_id, found.owner_id) == (author.id, world.employees["sales.east1"].id)


def test_a_mapping_is_kept_for_colleagues_offered_again_and_deleted(client_for: Clients, world: World) -> None:
    browser, colleague = client_for("sales.east1"), client_for("sales.east2")
    rows = "Nr\tWho\nK-1\t丁公司\n"
    file = handed_in(browser, rows)
    page = browser.get(f"{file}/map")
    assert guessed(page)["field-0"] == ""
    sent = {"field-0": "code", "field-1": "name", "key": "code", "name": "老系统"}
    assert browser.post(f"{file}/map", data=sent).status_code == 303
    theirs = handed_in(colleague, rows)
    page = colleague.get(f"{theirs}/map")
    assert guessed(page)["field-0"] == "code"
    address = re.search(r'href="([^"]+/map\?profile=\d+)"', page.text)
    assert address is not None
    chosen = colleague.get(address[1])
    assert 'value="老系统"' in chosen.text
    drop = re.search(r'action="([^"]+/mappings/\d+/drop)"', chosen.text)
    assert drop is not None
    assert client_for("contracts").post(drop[1]).status_code == 403
    assert colleague.post(drop[1]).status_code == 303
    assert "老系统" not in colleague.get(f"{theirs}/map").text


def test_the_blank_form_explains_every_column_and_is_read_back(client_for: Clients, tmp_path: Path) -> None:
    browser = client_for("sales.east1")
    answer = browser.get(f"{NEW}/blank")
    path = tmp_path / "blank.xlsx"
    path.write_bytes(answer.get_data())
    columns = open_table(path).columns
    assert {"客户编号", "客户名称", "录入日期"} <= set(columns)
    explained = list(open_table(path, sheet="填写说明").rows())
    assert [row.cells[0] for row in explained] == list(columns)
    assert any("企业客户" in row.cells[4] for row in explained)
    file = handed_in(browser, "\t".join(columns) + "\n" + "\t".join("X-1" if name == "客户编号" else "" for name in columns))
    assert all(guessed(browser.get(f"{file}/map")).values())


def test_an_import_is_called_off_and_gone_on_with(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser)
    tried(browser, world, file)
    assert browser.post(f"{file}/commit").status_code == 303
    assert "hx-trigger" in browser.get(file).text
    assert browser.post(f"{file}/cancel").status_code == 303
    work(world)
    page = browser.get(file)
    assert "已取消" in page.text
    assert browser.post(f"{file}/cancel").status_code == 409
    assert counts(let_in(browser, world, file)) == ["2", "2", "0", "0", "0"]
    assert browser.post(f"{file}/commit").status_code == 409


def test_a_file_that_is_not_wanted_any_more_is_discarded(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser)
    assert file in browser.get("/imports/").text
    assert browser.post(f"{file}/discard").status_code == 303
    assert browser.get(file).status_code == 404


def test_whoever_looks_after_imports_reads_counts_and_no_rows(client_for: Clients, world: World) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser)
    tried(browser, world, file)
    let_in(browser, world, file)
    page = client_for("admin").get("/imports/").text
    assert "粘贴的数据" in page
    assert file not in page
    assert client_for("admin").get(file).status_code == 404
    assert "粘贴的数据" not in client_for("sales.east2").get("/imports/").text


def test_what_was_handed_in_is_thrown_away_after_its_time(client_for: Clients, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = client_for("sales.east1")
    file = handed_in(browser, "客户代码,客户名称,上市日期\nT-1,公司甲,\nT-2,公司乙,2026-02-31\n")
    tried(browser, world, file)
    let_in(browser, world, file)
    later = now()
    monkeypatch.setattr(import_cleaning, "now", lambda: later.replace(year=later.year + 1))
    company = world.companies["qiheng"].id
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        assert import_cleaning.remove_old_imports(session, _task(company)) == 1
        remove_orphans(session, company)
    page = browser.get(file)
    assert counts(page) == ["2", "1", "0", "0", "1"]
    assert "公司乙" not in page.text
    assert browser.get(f"{file}/rejected").status_code == 404
    with world.reading("sales.east1") as session:
        run = session.scalars(select(ImportRun).where(ImportRun.dry_run.is_(False))).one()
        assert rejected_rows(session, run) is None


def _task(company: int) -> Task:
    return Task(1, "core.remove_old_imports", company, {}, frozenset(), lambda done, total: None)
