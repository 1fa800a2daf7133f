"""The command that imports: a job that it sees through itself, whose row feeds the bar and outlives a killed terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select

from core.commands import REFUSED, run
from core.kernel.acting import System, acting_as
from core.work.import_jobs import KIND, request_import
from core.work.import_runs import begin_run
from core.work.models import ImportRun, ImportState, Job, JobState
from plugins.customers.models import Customer
from tests.world import Site, World

PROFILE = Path("config/profiles/listed-companies.toml")
ROWS = "ts_code,name,area\n1.SZ,平安银行,深圳\n2.SZ,万科,火星\n3.SZ,国农科技,广东\n"
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(site: Site, capsys: pytest.CaptureFixture[str]) -> Command:
    """``command(file, "--json")`` imports the file by the profile of the exchanges; exit code and everything printed."""

    def call(file: Path, *arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(site.settings, ["import", str(file), "--profile", str(PROFILE), *arguments])
        said = capsys.readouterr()
        site.present = ""  # the command has written by connections of its own
        return code, said.out + said.err

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three companies, one of them in no province."""
    return written(tmp_path / "companies.csv")


def written(path: Path, text: str = ROWS) -> Path:
    """The rows as a file of the kind that its name says."""
    if path.suffix == ".csv":
        path.write_text(text, encoding="utf-8")
        return path
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(text.splitlines()):
            sheet.write_row(number, 0, line.split(","))
    return path


def states(world: World) -> list[tuple[JobState, int, int]]:
    """State and progress of every import job, oldest first."""
    with world.reading("leader") as session, acting_as(System("test")):
        jobs = session.scalars(select(Job).where(Job.kind == KIND).order_by(Job.id)).all()
    return [(job.state, job.done, job.total) for job in jobs]


def stored(world: World) -> list[tuple[str | None, str, str | None]]:
    """Code, name and region of the customers of the first company."""
    with world.reading("leader") as session:
        return [(one.code, one.name, one.region) for one in session.scalars(select(Customer).order_by(Customer.code))]


def customers(world: World) -> int:
    """How many customers the first company has."""
    with world.reading("leader") as session:
        return session.scalar(select(func.count(Customer.id))) or 0


@pytest.mark.requirement("R-475")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_import_is_a_job_whose_row_tells_how_far_it_is(world: World, command: Command, tmp_path: Path, kind: str) -> None:
    file = written(tmp_path / f"companies.{kind}")
    code, said = command(file)
    assert code == 1
    assert "created: 2, updated: 0, unchanged: 0, rejected: 1" in said
    assert f"companies.{kind}, row 3, column “area”, value “火星”" in said
    rejects = file.with_name("companies-rejected.csv")
    assert "万科" in rejects.read_text("utf-8-sig")
    assert states(world) == [(JobState.DONE, 3, 3)]
    assert stored(world) == [("1.SZ", "平安银行", "深圳"), ("3.SZ", "国农科技", "广东")]
    written(file, ROWS.replace("火星", "广东").replace("国农科技", "国华网安"))
    code, said = command(file)
    assert (code, "created: 1, updated: 1, unchanged: 1, rejected: 0" in said) == (0, True), said
    assert stored(world) == [("1.SZ", "平安银行", "深圳"), ("2.SZ", "万科", "广东"), ("3.SZ", "国华网安", "广东")]


def test_the_report_as_json_holds_what_the_run_has_kept(world: World, command: Command, file: Path) -> None:
    report = json.loads(command(file, "--json", "--dry-run")[1])
    assert (report["read"], report["created"], report["rejected_rows"]) == (3, 2, 1)
    assert [(problem["row"], problem["column"]) for problem in report["rejected"]] == [(3, "area")]
    assert customers(world) == 0


def test_rejected_rows_of_an_earlier_run_do_not_stay_when_the_file_was_mended(world: World, command: Command, file: Path) -> None:
    command(file)
    file.write_text(ROWS.replace("火星", "广东"), encoding="utf-8")
    assert command(file)[0] == 0
    assert not file.with_name("companies-rejected.csv").exists()


@pytest.mark.requirement("R-475")
def test_an_import_whose_terminal_was_killed_is_called_off_by_the_next_one(world: World, command: Command, file: Path) -> None:
    who = System("import", world.companies["qiheng"].id)
    with acting_as(who), world.keguan.database.transaction() as session, file.open("rb") as stream:
        killed = request_import(session, file.name, stream, PROFILE.read_text("utf-8"))
        begin_run(session, {"file_name": file.name, "sha256": "", "resource": "customers.customer", "dry_run": False, "job_id": killed})
        session.get_one(Job, killed).state = JobState.RUNNING
    assert command(file)[0] == 1
    assert [state for state, *_ in states(world)] == [JobState.CANCELLED, JobState.DONE]
    with acting_as(System("test")):
        runs = world.keguan.database.session().scalars(select(ImportRun.state).order_by(ImportRun.id)).all()
    assert runs == [ImportState.INTERRUPTED, ImportState.DONE]
    assert customers(world) == 2


def test_the_import_of_another_file_is_left_alone(world: World, command: Command, file: Path) -> None:
    who = System("import", world.companies["qiheng"].id)
    other = file.with_name("other.csv")
    other.write_text(ROWS.replace("平安银行", "别的银行"), encoding="utf-8")
    with acting_as(who), world.keguan.database.transaction() as session, other.open("rb") as stream:
        request_import(session, other.name, stream, PROFILE.read_text("utf-8"))
    command(file)
    assert [state for state, *_ in states(world)] == [JobState.QUEUED, JobState.DONE]


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [("a,b\n1,2\n", (), "lacks the columns"), (ROWS, ("--as", "auditor"), "roles do not allow"), ("", (), "The file is empty")],
)
def test_what_cannot_be_imported_is_one_sentence_and_changes_nothing(
    world: World, command: Command, tmp_path: Path, text: str, arguments: tuple[str, ...], sentence: str
) -> None:
    file = tmp_path / "companies.csv"
    file.write_text(text, encoding="utf-8")
    code, said = command(file, *arguments)
    assert code == REFUSED
    assert sentence in said
    assert said.count("\n") == 1
    assert customers(world) == 0


@pytest.mark.parametrize(("check", "data"), [("import_check", "listed-companies.csv"), ("business_check", "maven-crm")])
def test_a_check_with_the_real_data_fails_where_they_are_missing(tmp_path: Path, check: str, data: str) -> None:
    """The script alone in an empty place: it must not pass because there was nothing to look at."""
    place = tmp_path / "house" / "tests"
    place.mkdir(parents=True)
    script = shutil.copy(Path("tests") / f"{check}.py", place)
    here = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run([sys.executable, str(script)], env=here, capture_output=True, text=True, check=False)
    missing = tmp_path / "shared" / "data" / data
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"The real data are missing: {missing}\n")
