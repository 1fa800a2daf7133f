"""Rejected rows go back to the person who can mend them: complete, harmless to open, and ready to be fed again."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import openpyxl
import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from core.kernel.words import msg
from core.work.mapping import Converted, SeenKeys, bind, load_profile
from core.work.rejected_cells import REASON_NAMES, defused, is_reason, mended
from core.work.rejects import KEPT, RejectedRows, Report
from core.work.rows import Problem, RawRow
from core.work.tables import open_table
from tests.data import make_dirty

ROOT = Path(__file__).parents[2]
LISTED = ROOT / "config/profiles/listed-companies.toml"
FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''=1", "=cmd|' /C calc'!A0"]
REASON = msg("This cell must not be empty.")


def fed(path: Path, rejects: Path) -> tuple[Report, list[Converted]]:
    """Read ``path`` as an import does, with every good row counted as created."""
    table = open_table(path)
    binding = bind(load_profile(LISTED), table.columns)
    seen = SeenKeys(binding)
    report, good = Report(), []
    with RejectedRows(rejects, table.columns) as out:
        for row in table.rows():
            report.read += 1
            outcome = binding.convert(row)
            double = seen.problem(outcome) if isinstance(outcome, Converted) else None
            if isinstance(outcome, list) or double is not None:
                problems = outcome if isinstance(outcome, list) else [double]
                report.reject(problems)
                out.write(row, problems)
            else:
                report.created += 1
                good.append(outcome)
    return report, good


def written(path: Path, *rows: tuple[str, ...], columns: tuple[str, ...] = ("a", "b")) -> Path:
    with RejectedRows(path, columns) as out:
        for cells in rows:
            out.write(RawRow(2, {}, cells), [Problem(2, "a", cells[0], REASON)])
    return path


def test_rejected_rows_carry_their_reason_first_and_every_cell_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path / "rejected.csv", ("", "x\ny"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["Reason for rejection", "a", "b"], ["a: This cell must not be empty.", "", "x\ny"]]


def test_a_mended_row_is_accepted_with_the_same_profile_and_the_column_of_reasons_passed_over(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("ts_code,name,list_date\n1,甲,2004-02-31\n2,乙,2004-02-28\n", encoding="utf-8")
    report, good = fed(source, tmp_path / "rejected.csv")
    assert (report.read, report.created, report.rejected_rows, report.balanced) == (2, 1, 1, True)
    rejected = tmp_path / "rejected.csv"
    rejected.write_text(rejected.read_text(encoding="utf-8-sig").replace("02-31", "02-29"), encoding="utf-8-sig")
    report, good = fed(rejected, tmp_path / "again.csv")
    assert (report.read, report.created) == (1, 1)
    assert good[0].values["name"] == "甲"
    assert not (tmp_path / "again.csv").exists()


def test_what_nobody_mended_is_rejected_again_with_every_cell_as_it_was(tmp_path: Path) -> None:
    first, good = fed(make_dirty.FILE, tmp_path / "first.csv")
    again, accepted = fed(tmp_path / "first.csv", tmp_path / "again.csv")
    assert len(good) == first.created == first.read - first.rejected_rows
    # Of the rows whose key stood in the first file already, one is good in a file of their own; an import finds the customer known.
    assert [row.key for row in accepted] == [("600000.SH",)]
    assert again.rejected_rows == first.rejected_rows - 1
    before = [row.cells for row in open_table(tmp_path / "first.csv").rows()]
    before.remove(next(cells for cells in before if cells[0] == "600000.SH"))
    assert [row.cells for row in open_table(tmp_path / "again.csv").rows()] == before


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_runs_as_a_formula_and_all_are_read_back(cell: str, tmp_path: Path) -> None:
    assert defused(cell)[0] == "'"
    assert mended(defused(cell)) == cell
    path = written(tmp_path / "rejected.csv", (cell, "x"), columns=("=a", "b"))
    table = open_table(path)
    assert table.was_rejected
    assert table.columns == ("=a", "b")
    assert [row.cells for row in table.rows()] == [(cell, "x")]


def test_apostrophes_of_an_ordinary_file_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("a,b\n'=1,2\n", encoding="utf-8")
    assert [row.cells for row in open_table(path).rows()] == [("'=1", "2")]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=4).filter(any), min_size=1))
def test_any_cells_come_back_as_they_were(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "rejected.csv", *map(tuple, rows))
        assert [row.cells for row in open_table(path).rows()] == [tuple(row[:2]) if not any(row[2:]) else tuple(row) for row in rows]


def test_an_import_that_breaks_off_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"

    def killed() -> None:
        with RejectedRows(path, ("a",)) as out:
            out.write(RawRow(2, {}, ("x",)), [Problem(2, "a", "x", REASON)])
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        killed()
    assert list(tmp_path.iterdir()) == []


def test_the_report_says_totals_then_file_row_column_value_and_reason() -> None:
    report = Report(read=1_234, created=1_000, updated=200, unchanged=32)
    report.reject([Problem(7, "名称", "", REASON), Problem(7, "", "", msg("The file is empty. Please choose another."))])
    report.reject([Problem(9, "名称", "x" * 500, REASON)])
    assert report.balanced
    lines = [str(line) for line in report.lines("customers.csv")]
    assert lines[0] == "Rows read: 1,234; created: 1,000, updated: 200, unchanged: 32, rejected: 2."
    assert lines[1] == "customers.csv, row 7, column “名称”, value “”: This cell must not be empty."
    assert lines[2] == "customers.csv, row 7: The file is empty. Please choose another."
    assert "x" * 200 in lines[3]
    assert "x" * 201 not in lines[3]


def test_the_report_survives_json_and_can_be_said_again_in_another_language() -> None:
    report = Report(read=1)
    report.reject([Problem(7, "a", "x", msg("The text is longer than %(limit)s characters. Please shorten it.", limit=20))])
    data = json.loads(json.dumps(report.as_dict()))
    assert data["rejected_rows"] == 1
    problem = data["rejected"][0]
    assert str(msg(problem["message"], **problem["params"])) == problem["reason"]


def test_a_report_of_a_bad_file_stays_small_and_still_counts_every_row() -> None:
    report = Report(read=5 * KEPT)
    for number in range(5 * KEPT):
        report.reject([Problem(number, "a", "", REASON)])
    assert report.rejected_rows == 5 * KEPT
    assert len(report.rejected) == KEPT
    assert "file of rejected rows" in str(report.lines("x.csv")[-1])


def test_the_column_of_reasons_is_known_in_both_languages() -> None:
    with (ROOT / "core/translations/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        chinese = read_po(file)["Reason for rejection"]
    assert chinese is not None
    assert {"Reason for rejection", chinese.string} == REASON_NAMES
    assert all(map(is_reason, REASON_NAMES))


def test_a_spreadsheet_program_sees_no_formula(tmp_path: Path) -> None:
    path = written(tmp_path / "rejected.csv", *((cell, "x") for cell in FORMULAS))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            sheet.append(row)
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row)
