"""A file of rows becomes records: counted, resumable, undone when only tried, and told to its importer alone."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import signal
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from core.audit.models import AuditRow
from core.kernel.acting import Acting, Actor, System, acting_as
from core.kernel.errors import BadInput, Forbidden, NotFound
from core.work.attachments import attachments_of, open_attachment
from core.work.import_jobs import request_import, run_of_job
from core.work.imports import Imported, ImportOrder, run_import
from core.work.mapping import load_profile
from core.work.models import ImportRun, ImportState, Job, JobState
from core.work.profiles import Profile, profile_from
from core.work.running import run_due_jobs
from tests.work.conftest import count
from tests.work.probe import Client

if TYPE_CHECKING:
    from tests.work.conftest import Office

ROOT = Path(__file__).parents[2]
PROFILE_TEXT = """
resource = "probe.client"
key = ["code"]
review = "approved"
[columns.code]
from = ["code", "编号"]
[columns.name]
from = ["name", "名称"]
required = true
max = 40
[columns.listed_on]
from = ["listed"]
convert = "date"
[constants]
kind = "company"
"""


def profile(text: str = PROFILE_TEXT) -> Profile:
    import tomllib

    return profile_from(tomllib.loads(text))


def written(path: Path, rows: list[list[str]], header: tuple[str, ...] = ("code", "name", "listed")) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def many(number: int) -> list[list[str]]:
    return [[f"K{n}", f"Client {n}", "2026-03-24"] for n in range(number)]


def imported(office: Office, path: Path, who: Acting = None, **options: Any) -> Imported:
    who = who or office.ann
    assert isinstance(who, Actor | System)
    return run_import(office.database, office.registry, ImportOrder(path, profile(), **options), who)


def totals(done: Imported) -> tuple[int, ...]:
    report = done.report
    assert report.balanced
    return (report.read, report.created, report.updated, report.unchanged, report.rejected_rows)


def digest(office: Office) -> list[tuple[Any, ...]]:
    """Everything that the clients say, in order, without row numbers and times."""
    columns = (Client.company_id, Client.code, Client.name, Client.listed_on, Client.kind, Client.review, Client.owner_id)
    with acting_as(System("test")):
        found = office.database.session().execute(select(*columns).order_by(Client.company_id, Client.code)).all()
    office.database.release()
    return [tuple(row) for row in found]


def state(office: Office) -> str:
    """One sum over every column of every client and over what the trail has of each, without row numbers and times."""
    lasting = [column for column in Client.__table__.columns if column.name not in ("id", "created_at", "updated_at")]
    told = (Client.code, AuditRow.employee_id, AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.changes)
    with acting_as(System("test")):
        session = office.database.session()
        clients = session.execute(select(*lasting).order_by(Client.company_id, Client.code)).all()
        of_client = (AuditRow.table_name == Client.__tablename__) & (AuditRow.record_id == Client.id)
        trail = session.execute(select(*told).join(AuditRow, of_client).order_by(Client.company_id, Client.code, AuditRow.id)).all()
    office.database.release()
    assert len(trail) >= len(clients) > 0
    return hashlib.sha256(repr((clients, trail)).encode()).hexdigest()


def begin_anew(office: Office) -> None:
    """Throw all clients away, and what the trail has of them."""
    with office.database.engine.begin() as connection:
        connection.execute(delete(AuditRow.__table__).where(AuditRow.table_name == Client.__tablename__))  # type: ignore[arg-type]
        connection.execute(delete(Client.__table__))  # type: ignore[arg-type]


@pytest.mark.requirement("R-475")
def test_the_same_file_again_changes_nothing(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "clients.csv", many(1203))
    assert totals(imported(office, path)) == (1203, 1203, 0, 0, 0)
    before = digest(office)
    assert before[0][1:] == ("K0", "Client 0", date(2026, 3, 24), "company", "approved", office.ann_id)
    assert totals(imported(office, path)) == (1203, 0, 0, 1203, 0)
    assert digest(office) == before


def test_a_changed_row_updates_and_an_empty_cell_empties_nothing(office: Office, tmp_path: Path) -> None:
    imported(office, written(tmp_path / "1.csv", many(3)))
    assert totals(imported(office, written(tmp_path / "2.csv", [["K1", "New name", ""], ["K2", "Client 2", ""]]))) == (2, 0, 1, 1, 0)
    assert [(row[2], row[3]) for row in digest(office)][1:] == [("New name", date(2026, 3, 24)), ("Client 2", date(2026, 3, 24))]


def test_renamed_and_shuffled_columns_need_no_code(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "1.csv", [["Client 1", "x", "K1"]], header=("名称", "其他", "编号"))
    assert totals(imported(office, path)) == (1, 1, 0, 0, 0)


def test_every_rejected_row_says_where_and_why_and_can_be_mended(office: Office, tmp_path: Path) -> None:
    rows = [["K1", "good", ""], ["K2", "unwanted", ""], ["K3", "", ""], ["K4", "bad day", "2026-02-31"], ["K1", "again", ""], ["K5", "x"]]
    done = imported(office, written(tmp_path / "clients.csv", rows))
    assert totals(done) == (6, 1, 0, 0, 5)
    said = [(problem.row, problem.column, problem.value) for problem in done.report.rejected]
    assert said == [(3, "name", "unwanted"), (4, "name", ""), (5, "listed", "2026-02-31"), (6, "code", "K1"), (7, "", "")]
    assert done.rejects == tmp_path / "clients-rejected.csv"
    text = done.rejects.read_text("utf-8-sig").replace("unwanted", "wanted").replace("2026-02-31", "2026-02-28")
    mended = tmp_path / "mended.csv"
    mended.write_text(text, encoding="utf-8")
    assert totals(imported(office, mended))[1:3] == (2, 1)


def test_one_row_that_breaks_its_batch_costs_only_itself(office: Office, tmp_path: Path) -> None:
    rows = many(700)
    rows[333][1] = "explosion"
    done = imported(office, written(tmp_path / "1.csv", rows))
    assert totals(done) == (700, 699, 0, 0, 1)
    assert [(problem.row, str(problem.reason)) for problem in done.report.rejected] == [(335, "This name explodes.")]


def test_a_row_that_contradicts_what_one_may_not_see_is_rejected_without_telling_more(office: Office, tmp_path: Path) -> None:
    imported(office, written(tmp_path / "1.csv", many(2)), office.bob)
    done = imported(office, written(tmp_path / "2.csv", many(3)))
    assert totals(done) == (3, 1, 0, 0, 2)
    assert "contradicts a record that exists already" in str(done.report.rejected[0].reason)
    assert [row[-1] for row in digest(office)] == [office.bob_id, office.bob_id, office.ann_id]


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "1.csv", [*many(600), ["K600", "unwanted", ""]])
    dry = imported(office, path, dry_run=True)
    assert count(office, Client) == 0
    assert totals(dry) == totals(imported(office, path)) == (601, 600, 0, 0, 1)


def test_an_import_needs_the_right_the_module_and_a_company(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "1.csv", many(1))
    with pytest.raises(Forbidden):
        imported(office, path, office.chief)
    with pytest.raises(BadInput, match="one company"):
        imported(office, path, System("test"))
    office.switch(on=False)
    for who in (office.ann, System("test", office.company_id)):
        with pytest.raises(NotFound, match="takes imports"):
            imported(office, path, who)
    assert count(office, ImportRun) == count(office, Client) == 0


def test_a_file_that_cannot_be_used_is_refused_before_anything_is_written(office: Office, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="lacks the columns"):
        imported(office, written(tmp_path / "1.csv", [["1", "2", "3"]], header=("a", "b", "c")))
    assert count(office, ImportRun) == 0


def test_the_run_is_counted_and_seen_by_its_importer_alone(office: Office, tmp_path: Path) -> None:
    done = imported(office, written(tmp_path / "clients.csv", [*many(2), ["K9", "unwanted", ""]]))
    for who, sees in ((office.ann, True), (office.bob, False), (office.chief, False)):
        with acting_as(who):
            run = office.database.session().scalar(select(ImportRun).where(ImportRun.id == done.run_id))
            assert (run is not None) == sees
        office.database.release()
    with acting_as(office.ann):
        run = office.database.session().get_one(ImportRun, done.run_id)
    assert (run.state, run.read, run.created, run.rejected, run.file_name) == (ImportState.DONE, 3, 2, 1, "clients.csv")
    assert "Nobody wants this name." in run.report


def asked(office: Office, content: bytes, name: str = "clients.csv", who: Actor | None = None) -> int:
    with acting_as(who or office.ann), office.database.transaction() as session:
        return request_import(session, name, io.BytesIO(content), PROFILE_TEXT)


def test_an_import_runs_as_a_job_and_its_bar_is_fed_by_the_job_row(office: Office) -> None:
    content = "\n".join(["code,name", *(f"K{n},Client {n}" for n in range(1100)), "K2000,unwanted", ""]).encode()
    job_id = asked(office, content)
    heard: list[tuple[int, int]] = []
    run_due_jobs(office.database, office.registry, only=job_id, on_progress=lambda done, total: heard.append((done, total)))
    assert heard == [(500, 1101), (1000, 1101), (1101, 1101)]
    with acting_as(office.ann):
        session = office.database.session()
        job = session.get_one(Job, job_id)
        assert (job.state, job.done, job.total) == (JobState.DONE, 1101, 1101)
        run = run_of_job(session, job_id)
        assert (run.state, run.created, run.rejected) == (ImportState.DONE, 1100, 1)
        [rejects] = attachments_of(session, run)
        assert rejects.name == "clients.csv"  # no word in the worker's language: the trail says the name to everybody
        assert "unwanted" in open_attachment(session, rejects.id)[1].read_text("utf-8-sig")
    office.database.release()
    with acting_as(office.chief):
        session = office.database.session()
        with pytest.raises(NotFound):
            open_attachment(session, rejects.id)
        with pytest.raises(NotFound):
            run_of_job(session, job_id)


def test_an_import_job_of_somebody_without_the_right_fails_with_a_sentence(office: Office) -> None:
    job_id = asked(office, b"code,name\n1,A\n", who=office.chief)
    run_due_jobs(office.database, office.registry)
    with acting_as(office.chief):
        job = office.database.session().get_one(Job, job_id)
    assert job.state is JobState.FAILED
    assert job.error == Forbidden().message
    assert count(office, Client) == 0


@pytest.mark.parametrize("name", ["clients.csv", "clients.xlsx"])
def test_a_broken_file_fails_its_job_once_with_its_sentence(office: Office, name: str) -> None:
    job_id = asked(office, b"\x80\xff\x80\xff" * 50, name)
    run_due_jobs(office.database, office.registry)
    with acting_as(office.ann):
        job = office.database.session().get_one(Job, job_id)
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert "not text in UTF-8" in str(job.error)


def test_a_profile_that_cannot_be_used_is_refused_when_the_import_is_asked_for(office: Office) -> None:
    with acting_as(office.ann), pytest.raises(BadInput), office.database.transaction() as session:
        request_import(session, "a.csv", io.BytesIO(b"code\n"), "resource = [")
    assert count(office, Job) == 0


@pytest.mark.requirement("R-475")
def test_an_import_killed_ten_times_half_way_ends_as_if_it_had_not_been(office: Office, tmp_path: Path) -> None:
    """Real kills of a real process, at different moments between the first and the last batch."""
    path = written(tmp_path / "clients.csv", many(5000))
    who = office.ann
    assert totals(imported(office, path)) == (5000, 5000, 0, 0, 0)
    uninterrupted = state(office)
    begin_anew(office)
    kills = 0
    for attempt in range(10):
        kills += killed(office, path, who, after=500 * (attempt % 5) + 250)
    assert kills == 10
    done = imported(office, path)
    assert done.report.created + done.report.unchanged == 5000
    assert 0 < done.report.unchanged < 5000
    assert state(office) == uninterrupted
    with acting_as(office.ann):
        states = office.database.session().scalars(select(ImportRun.state).order_by(ImportRun.id)).all()
    assert states == [ImportState.DONE, *[ImportState.INTERRUPTED] * 10, ImportState.DONE]


def killed(office: Office, path: Path, who: Actor, after: int) -> bool:
    """Import in a process of its own that is killed inside a batch once ``after`` rows have been read; whether it was killed."""
    office.database.release()
    office.database.engine.dispose()
    child = os.fork()
    if child == 0:
        office.database.engine.dispose(close=False)
        from tests.work import probe

        seen = [0]
        write = probe.write_clients

        def write_and_die(session: Any, rows: Any) -> Any:
            outcomes = write(session, rows)
            session.flush()
            seen[0] += len(rows)
            if seen[0] > after:
                os.kill(os.getpid(), signal.SIGKILL)
            return outcomes

        target = office.registry.at_start("crm_imports")[0][1]
        object.__setattr__(target, "write", write_and_die)
        try:
            imported(office, path, who)
        finally:
            os._exit(3)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def test_the_profile_of_the_exchanges_can_be_bound_to_any_target(tmp_path: Path) -> None:
    assert load_profile(ROOT / "config/profiles/listed-companies.toml").resource == "customers.customer"
