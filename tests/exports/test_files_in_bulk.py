"""All files of a record, or of picked records, leave as one ZIP through the gate: just these, once, and none that one may not see."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from core.access.models import Grant
from core.audit.models import AuditRow
from core.exports.making import fetch_file, make_file
from core.exports.models import ExportRequest
from core.exports.packing import Names, list_name
from core.exports.sources import all_sources
from core.exports.states import ExportFormat, ExportState
from core.exports.tracing import trace_file
from core.kernel.acting import System, acting_as
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError
from core.work.attachments import attach, detach
from core.work.file_store import file_store
from core.work.models import Attachment
from core.work.running import run_due_jobs
from plugins.customers.models import Customer
from tests.exports.conftest import Gate
from tests.exports.test_doors import download
from tests.world import Browser, World

Clients = Callable[[str], Browser]
PAIRS = (("合同.txt", "甲"), ("合同.TXT", "乙"), ("=cmd().txt", "丙"))


def customer(gate: Gate, account: str = "head.east", name: str = "苏州第1机械厂") -> int:
    """The id of a customer that ``account`` sees."""
    with gate.world.reading(account) as session:
        return int(session.scalars(select(Customer.id).where(Customer.name == name)).one())


def add(gate: Gate, account: str, record_id: int, name: str, said: str) -> int:
    """Attach a file as ``account``."""
    with gate.world.use_case(account) as session:
        return attach(session, session.get_one(Customer, record_id), name, io.BytesIO(said.encode())).id


@pytest.fixture
def two(gate: Gate) -> list[int]:
    """Two customers of the east with files of the same names, and one of the west with a file that does not concern the east."""
    ids = [customer(gate, name="苏州第1机械厂"), customer(gate, name="苏州第2机械厂")]
    for record_id in ids:
        for name, said in PAIRS:
            add(gate, "sales.east1", record_id, name, f"{said}{record_id}")
    add(gate, "sales.west1", customer(gate, "leader", "西安不外传厂"), "绝密.txt", "西安")
    return ids


def wish(ids: list[int], **more: Any) -> dict[str, Any]:
    return {"source": "customers-files", "form": ExportFormat.ZIP, "asked": (("picked", ".".join(map(str, ids))),), **more}


def opened(gate: Gate, ids: list[int]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(gate.file(**wish(ids)).read_bytes()))


@pytest.mark.requirement("R-343", "R-444")
def test_the_files_of_one_record_leave_as_they_are_with_a_list_that_names_them(gate: Gate, two: list[int]) -> None:
    found = opened(gate, two[:1])
    assert found.namelist() == [list_name(), "合同.txt", "合同 (2).txt", "=cmd().txt"]
    assert found.read("合同 (2).txt").decode() == f"乙{two[0]}"
    rows = list(csv.reader(found.read(list_name()).decode("utf-8-sig").splitlines()))
    assert [row[0].rstrip("\u200b\u200c\u200d\u2060") for row in rows[1:-1]] == ["合同.txt", "合同 (2).txt", "'=cmd().txt"]
    who = gate.world.employees["head.east"].name
    assert who in rows[-1][0]
    assert who.encode() in found.comment
    assert all("苏州第1机械厂" in row[1] and len(row[6]) == 64 for row in rows[1:-1])


@pytest.mark.requirement("R-343")
def test_files_of_several_records_lie_in_a_folder_each(gate: Gate, two: list[int]) -> None:
    folders = {name.split("/")[0] for name in opened(gate, two).namelist()[1:]}
    assert len(folders) == 2
    assert all("苏州" in one for one in folders)


@pytest.mark.requirement("R-343", "R-441")
def test_what_one_may_not_see_is_not_in_it_however_it_is_asked_for(gate: Gate, two: list[int]) -> None:
    west = customer(gate, "leader", "西安不外传厂")
    assert not any("绝密" in name for name in opened(gate, [*two, west]).namelist())
    with pytest.raises(Conflict, match="no files"):
        gate.ask(**wish([west]))
    with pytest.raises(Forbidden, match="Export"):
        gate.ask("sales.east1", **wish(two))


@pytest.mark.requirement("R-444")
def test_the_trail_says_what_left_of_which_records_and_the_list_names_who_took_it(gate: Gate, two: list[int]) -> None:
    one = gate.ask(**wish(two))
    gate.approve(one)
    gate.make(one)
    with zipfile.ZipFile(gate.fetch(one).path) as whole:
        beside = gate.path(one).with_name("list.csv")
        beside.write_bytes(whole.read(list_name()))
    with gate.world.reading("auditor") as session:
        rows = session.execute(select(AuditRow.table_name, AuditRow.record_id, AuditRow.changes).where(AuditRow.action == "export")).all()
    stored = gate.stored(one)
    assert {(row.table_name, row.record_id) for row in rows if row.record_id} == {("customers_customer", one) for one in two}
    assert any(stored.sha256 in row.changes for row in rows)
    assert all(stored.contents in row.changes for row in rows if row.record_id)
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        assert [found.number for found in trace_file(session, beside)] == [one]


def added(gate: Gate, ids: list[int]) -> None:
    add(gate, "sales.east1", ids[0], "后来.txt", "后来")


def removed(gate: Gate, ids: list[int]) -> None:
    with gate.world.use_case("sales.east1") as session, acting_as(System("test", 1)):
        first = session.scalars(select(Attachment.id).where(Attachment.record_id == ids[0]).limit(1)).one()
    with gate.world.use_case("sales.east1") as session:
        detach(session, first)


def handed_away(gate: Gate, ids: list[int]) -> None:
    """Somebody in the west has the record now."""
    west = gate.world.employees["sales.west1"]
    with gate.world.keguan.database.engine.begin() as connection:
        values = {"owner_id": west.id, "department_id": west.department_id}
        connection.execute(update(Customer.__table__).where(Customer.__table__.c.id == ids[0]).values(**values))


def robbed(gate: Gate, ids: list[int]) -> None:
    with gate.world.keguan.database.engine.begin() as connection:
        connection.execute(delete(Grant.__table__).where(Grant.__table__.c.verb == "export"))


def rewritten(gate: Gate, ids: list[int]) -> None:
    """As somebody would who has the database: the digest of another set of files."""
    with gate.world.keguan.database.engine.begin() as connection:
        connection.execute(update(ExportRequest.__table__).values(contents="0" * 64))


def lost(gate: Gate, ids: list[int]) -> None:
    """A file in the store says something else now."""
    with acting_as(System("test", 1)), gate.world.keguan.database.transaction() as session:
        digest = session.scalars(select(Attachment.sha256).where(Attachment.record_id == ids[0]).limit(1)).one()
    file_store().path(1, digest).write_bytes(b"another")


AFTER_APPROVAL = {
    "a file more": (added, "added or removed"),
    "a file less": (removed, "added or removed"),
    "a record handed away": (handed_away, "no longer see"),
    "the right taken away": (robbed, "do not let you export"),
    "another set of files": (rewritten, "no longer those"),
    "a file that was changed in the store": (lost, "missing from the store or was changed"),
}


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("case", AFTER_APPROVAL)
def test_after_approval_just_these_files_leave_or_none(gate: Gate, two: list[int], case: str) -> None:
    happen, sentence = AFTER_APPROVAL[case]
    one = gate.ask(**wish(two))
    gate.approve(one)
    happen(gate, two)
    with pytest.raises(KeguanError, match=sentence):
        gate.make(one)
    assert list(gate.path(one).parent.glob("*.zip*")) == []
    with pytest.raises(KeguanError):
        gate.fetch(one)


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("case", ["a record handed away", "the right taken away"])
def test_what_is_taken_away_after_the_file_was_made_keeps_it_inside(gate: Gate, two: list[int], case: str) -> None:
    one = gate.ask(**wish(two))
    gate.approve(one)
    gate.make(one)
    AFTER_APPROVAL[case][0](gate, two)
    with gate.world.act("head.east"), pytest.raises(KeguanError):
        fetch_file(gate.world.keguan.database, one)
    assert gate.stored(one).state is ExportState.STOPPED
    assert not gate.path(one).exists()


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("case", ["a record handed away", "the right taken away"])
def test_what_is_taken_away_while_the_files_are_packed_ends_it(
    gate: Gate, two: list[int], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    seen: list[int] = []
    one = gate.ask(**wish(two))
    gate.approve(one)

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if done == 2:
            AFTER_APPROVAL[case][0](gate, two)

    with gate.world.act("head.east"), suppress(KeguanError):
        make_file(gate.world.keguan.database, one, progress)
    assert gate.stored(one).state is ExportState.STOPPED
    assert list(gate.path(one).parent.glob("*.zip*")) == []
    if case == "the right taken away":
        assert seen == [0, 1, 2]


@pytest.mark.requirement("R-343")
def test_files_have_a_quota_of_their_own_and_a_size(gate: Gate, two: list[int]) -> None:
    gate.set(export_files_per_day=8)
    gate.ask(**wish(two))
    with pytest.raises(Conflict, match="may export 2 of 8"):
        gate.ask(**wish(two))
    gate.ask(source="customers", asked=(("q", "苏州"),))
    gate.set(export_files_per_day=500, export_files_megabytes=1)
    big = io.BytesIO(b"x" * (1024 * 1024 + 1))
    with gate.world.use_case("sales.east1") as session:
        attach(session, session.get_one(Customer, two[0]), "大.txt", big)
    with pytest.raises(Conflict, match="larger than 1 MB"):
        gate.ask(**wish(two))


def test_a_few_files_need_nobody_where_the_company_says_so(gate: Gate, two: list[int]) -> None:
    gate.set(export_files_without_approval=3)
    assert gate.stored(gate.ask(**wish(two[:1])), "head.east").state is ExportState.APPROVED
    assert gate.stored(gate.ask(**wish(two))).state is ExportState.WAITING


def test_a_list_does_not_leave_as_a_zip_nor_files_as_a_list(gate: Gate, two: list[int]) -> None:
    for wrong in ({"source": "customers", "form": ExportFormat.ZIP}, {**wish(two), "form": ExportFormat.CSV}):
        with pytest.raises(BadInput) as told:
            gate.ask(**wrong)
        assert list(told.value.fields) == ["format"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["甲.txt", "甲.TXT", "甲.txt"], ["甲.txt", "甲 (2).txt", "甲 (3).txt"]),
        (["甲 (2).txt", "甲.txt", "甲.txt"], ["甲 (2).txt", "甲.txt", "甲 (3).txt"]),
        (["甲", "甲"], ["甲", "甲 (2)"]),
    ],
)
def test_two_files_of_one_name_are_told_apart(names: list[str], told: list[str]) -> None:
    taken = Names()
    assert [taken.free(name) for name in names] == told


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("wrong", ["../../etc/passwd", "..\\..\\x.bat", "/abs.txt", "C:\\x.txt", "..", "con.txt", "a\n\u202eb.txt"])
def test_a_stored_name_with_path_characters_stays_inside_the_folder(gate: Gate, two: list[int], wrong: str) -> None:
    """As an old row might have it that no upload would make any more."""
    with gate.world.keguan.database.engine.begin() as connection:
        first = select(Attachment.__table__.c.id).where(Attachment.__table__.c.record_id == two[0]).limit(1).scalar_subquery()
        connection.execute(update(Attachment.__table__).where(Attachment.__table__.c.id == first).values(name=wrong))
    names = opened(gate, two[:1]).namelist()
    assert len(set(names)) == 4
    assert not any(
        part in ("", "..", "con.txt") or "\\" in part or "\u202e" in part or "\n" in part for n in names for part in n.split("/")
    )


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_memory_is_bounded_however_large_the_files_are(gate: Gate, two: list[int]) -> None:
    for number in range(4):
        with gate.world.use_case("sales.east1") as session:
            content = io.BytesIO(bytes([97 + number]) * (12 * 1024 * 1024))
            attach(session, session.get_one(Customer, two[0]), f"{number}.txt", content)
    one = gate.ask(**wish(two[:1]))
    gate.approve(one)
    tracemalloc.start()
    gate.make(one)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert gate.path(one).stat().st_size > 48 * 1024 * 1024
    assert peak < 12 * 1024 * 1024, peak


@pytest.mark.requirement("R-343")
def test_from_the_record_and_from_picked_rows_to_the_zip(gate: Gate, two: list[int], client_for: Clients) -> None:
    head, leader, seller = client_for("head.east"), client_for("leader"), client_for("sales.east1")
    page = head.get(f"/customers/{two[0]}?tab=files").text
    assert f"/exports/new/customers-files?picked={two[0]}" in page
    assert "customers-files" not in seller.get(f"/customers/{two[0]}?tab=files").text
    bare = customer(gate, name="苏州第3机械厂")
    nothing = head.get(f"/exports/new/customers-files?picked={bare}").text
    assert "在您的权限内，这些记录没有可以导出的文件" in nothing
    assert "1 KB" not in nothing
    picked = head.post("/customers/bulk/files", data={"id": [f"{one}-1" for one in two]})
    assert picked.status_code == 200, picked.text
    assert "6 个" in picked.text
    assert "苏州第1机械厂" in picked.text
    form = {"reason": "供年度对账", "format": "zip", "asked": f"picked={two[0]}.{two[1]}"}
    answer = head.post("/exports/new/customers-files", data=form)
    assert answer.status_code == 303, answer.text
    one = "/exports/" + answer.headers["Location"].rsplit("/", 1)[1]
    assert "苏州第2机械厂" in leader.get(one).text
    assert leader.post(f"{one}/approve", data={"version": "1"}).status_code == 303
    status, data, name = download(head, one)
    assert (status, name.startswith("attachment")) == (200, True)
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 7
    assert head.post(f"{one}/download").status_code == 409


@pytest.mark.requirement("R-343")
def test_rest_asks_for_files_too_and_a_large_zip_is_made_by_a_worker(
    gate: Gate, two: list[int], token_client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.exports.making.AT_ONCE_SIZE", 1)
    head, leader = token_client_for("head.east"), token_client_for("leader")
    sent = {"list": "customers-files", "reason": "接口取文件", "format": "zip", "filters": {"picked": str(two[0])}}
    made = head.post("/api/v1/exports/", json=sent)
    assert (made.status_code, made.json["result"]["rows"]) == (201, 3), made.text
    one = f"/api/v1/exports/{made.json['id']}"
    leader.post(f"{one}/approve", json={"version": 1})
    assert head.post(f"{one}/download", json={}).status_code == 202
    run_due_jobs(gate.world.keguan.database, gate.world.keguan.registry)
    assert download(head, one)[0] == 200


def test_every_noun_with_files_lets_them_out_by_its_declaration_alone(world: World) -> None:
    nouns = [noun for noun in world.keguan.nouns.by_path.values() if noun.files]
    assert len(nouns) > 10
    assert {f"{noun.path}-files" for noun in nouns} == {key for key, one in all_sources().items() if one.formats == (ExportFormat.ZIP,)}
