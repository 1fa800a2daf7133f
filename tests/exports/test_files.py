"""What is in a file: nothing that a spreadsheet runs, everything in the reader's words, and the way back to who let it out."""

from __future__ import annotations

import base64
import csv
import io
import json
import random
import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports.cells import Cell
from core.exports.files import WRITERS, Sheet
from core.exports.marks import Marker, as_written, marks_in, unmarked
from core.exports.states import LISTS, ExportFormat
from core.exports.tracing import trace_file
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from plugins.customers.operations import create_customer
from tests.exports.conftest import DANGEROUS, Gate

SHEET = Sheet("客户", ("名称", "金额"), ("text", "money"), "某人 于某日 导出")
KEY = b"k" * 32
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.mark.requirement("R-444")
@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.XLSX])
def test_no_cell_is_a_formula_for_a_spreadsheet(form: ExportFormat, tmp_path: Path) -> None:
    cells = [*DANGEROUS, *(f"{sign}cmd|' /C calc'!A0" for sign in "=+-@\t\r"), "'=1", "正常"]
    path = tmp_path / f"a.{form.value}"
    writer = WRITERS[form](path, SHEET)
    writer.add([(cell, -5) for cell in cells])
    writer.close()
    if form is ExportFormat.CSV:
        first = [row[0] for row in rows_of(path)[1:-1]]
        assert [cell for cell in first if cell[0] in "=+-@\t\r＝＋－＠"] == []
        assert [cell.removeprefix("'") if cell[1:2] in tuple("=+-@\t\r＝＋－＠'") else cell for cell in first][-1] == "正常"
    else:
        read = [row[0] for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]  # type: ignore[union-attr]
        assert {cell.data_type for cell in read} == {"s"}
        assert [str(cell.value) for cell in read][:3] == list(DANGEROUS[:3])


@pytest.mark.requirement("R-444")
@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.XLSX])
@pytest.mark.parametrize("who", ['=HYPERLINK("http://x","y")', "@SUM(A1)", "+8613900001111"])
def test_the_name_of_the_exporter_is_no_formula_in_the_visible_mark(who: str, form: ExportFormat, tmp_path: Path) -> None:
    """In Chinese the line begins with it."""
    path = tmp_path / f"a.{form.value}"
    writer = WRITERS[form](path, replace(SHEET, mark=f"{who} 于某日导出"))
    writer.add([("正常", 1)])
    writer.close()
    if form is ExportFormat.CSV:
        assert rows_of(path)[-1] == [f"'{who} 于某日导出"]
    else:
        cell = openpyxl.load_workbook(path).active["A3"]  # type: ignore[index]
        assert (cell.data_type, cell.value) == ("s", f"{who} 于某日导出")


@given(TEXTS, st.integers(1, 2**24 - 1))
def test_a_mark_names_its_export_and_vouches_for_no_other_words(said: str, number: int) -> None:
    said = unmarked(said)
    marker = Marker(KEY, number)
    found = list(marks_in(f"{said}{marker.of(said)[1]}"))
    assert [one for one, _ in found] == [number]
    assert marker.vouches_for(said, found[0][1])
    assert not Marker(b"x" * 32, number).vouches_for(said, found[0][1]) or said == ""
    assert not marker.vouches_for(f"{said}别", found[0][1])


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1,234.50", "1234.5"), ("2026/3/8", "2026-03-08"), ("2026-03-08", "2026-03-08"), ("¥80.00", "80"), ("苏州厂", "苏州厂"), ("0", "0")],
)
def test_what_a_spreadsheet_makes_of_a_cell_is_known_again(written: str, meant: str) -> None:
    assert as_written(written) == meant


@pytest.mark.requirement("R-447")
def test_a_pdf_says_who_and_when_on_every_page(gate: Gate) -> None:
    with gate.world.use_case("sales.east1") as session:
        for number in range(40):
            create_customer(session, {"name": f"另一家{number}号工厂"})
    path = gate.file(form=ExportFormat.PDF, columns=("name", "owner"))
    pages = pages_of(path.read_bytes())
    assert len(pages) > 1
    who = gate.world.employees["head.east"].name
    for said in pages:
        marks = [line for line in said if who in line and f"{today()}" in line]
        assert len(marks) == 2, "above and below"
        assert "For internal use only" in marks[0]


@pytest.mark.requirement("R-442", "R-444")
@pytest.mark.parametrize("form", LISTS)
def test_a_telephone_and_an_address_leave_under_their_masks(gate: Gate, form: ExportFormat) -> None:
    with gate.world.use_case("sales.east1") as session:
        create_customer(session, {"name": "苏州传声厂", "phone": "13987650001", "email": "secret@example.com"})
    file = gate.file(form=form, columns=("name", "phone", "email"), asked=(("q", "苏州传声厂"),))
    said = unmarked(said_in(file))
    assert "苏州传声厂" in said
    for shown, value in (("139****0001", "13987650001"), ("s****@example.com", "secret@example.com")):
        assert shown in said
        assert value not in said


def said_in(file: Path) -> str:
    """All texts of a file, whatever its format."""
    if file.suffix == ".csv":
        return "\n".join(cell for row in rows_of(file) for cell in row)
    if file.suffix == ".pdf":
        return "\n".join(text for page in pages_of(file.read_bytes()) for text in page)
    with zipfile.ZipFile(file) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))


def pages_of(data: bytes) -> list[list[str]]:
    """What each page of a PDF of ours says, text by text: its content is compressed, its letters are UTF-16."""
    found = []
    for packed in re.findall(rb"/ASCII85Decode /FlateDecode.*?stream\r?\n(.*?)endstream", data, re.DOTALL):
        content = zlib.decompress(base64.a85decode(b"<~" + packed.strip(), adobe=True))
        texts = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL)
        found.append([_unescaped(text).decode("utf-16-be", "replace") for text in texts])
    return found


def _unescaped(text: bytes) -> bytes:
    """The bytes of a PDF string: an octal number or a sign after a backslash stands for one byte."""
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(
        rb"\\([0-7]{1,3}|.)",
        lambda found: bytes([int(found[1], 8)]) if found[1][:1].isdigit() else named.get(found[1], found[1]),
        text,
        flags=re.DOTALL,
    )


class Leak:
    """What becomes of a file after it has left."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def half_the_columns_of_one_row(self, rows: list[list[str]]) -> list[list[str]]:
        """One row of the middle with half of its columns, in another order."""
        kept = sorted(self.random.sample(range(len(rows[0])), len(rows[0]) // 2))
        row = self.random.choice(rows[1:-1])
        return [[row[place] for place in kept]]

    def without_signs(self, rows: list[list[str]]) -> list[list[str]]:
        """Saved by a program that keeps no signs of no width."""
        return [[unmarked(cell) for cell in row] for row in rows]

    def in_gbk(self, rows: list[list[str]]) -> list[list[str]]:
        """Saved as the CSV of a Chinese Excel: what GBK does not know becomes a question mark."""
        return [[cell.encode("gbk", "replace").decode("gbk") for cell in row] for row in rows]


def saved(rows: list[list[str]], path: Path, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def traced(gate: Gate, path: Path) -> list[Any]:
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        return trace_file(session, path)


COLUMNS = ("name", "owner", "department", "state")


@pytest.mark.requirement("R-444")
@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.XLSX])
def test_one_row_with_half_its_columns_names_the_exporter(gate: Gate, form: ExportFormat, tmp_path: Path) -> None:
    mine, theirs = (gate.file(form=form, columns=COLUMNS) for _ in range(2))
    numbers = [int(path.stem) for path in (mine, theirs)]
    for number, path in zip(numbers, (mine, theirs), strict=True):
        if form is ExportFormat.XLSX:
            sheet = openpyxl.load_workbook(path).active
            rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]  # type: ignore[union-attr]
        else:
            rows = rows_of(path)
        for seed in range(8):
            leaked = saved(Leak(seed).half_the_columns_of_one_row(sorted(rows[:-1]) + rows[-1:]), tmp_path / "leak.csv")
            found = traced(gate, leaked)
            assert [one.number for one in found] == [number]
            assert found[0].who.startswith(gate.world.employees["head.east"].name)


@pytest.mark.requirement("R-444")
@pytest.mark.parametrize("way", ["without_signs", "in_gbk"])
def test_a_row_whose_marks_are_gone_is_found_by_its_prints(gate: Gate, way: str, tmp_path: Path) -> None:
    path = gate.file(columns=COLUMNS)
    leak = Leak(3)
    row = getattr(leak, way)(leak.half_the_columns_of_one_row(rows_of(path)))
    found = traced(gate, saved(row, tmp_path / "leak.csv", "gbk"))
    assert [(one.number, one.by) for one in found] == [(int(path.stem), "prints")]


def test_a_file_that_never_was_here_names_nobody(gate: Gate, tmp_path: Path) -> None:
    gate.file(columns=COLUMNS)
    assert traced(gate, saved([["别家公司", "某人"]], tmp_path / "other.csv")) == []


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**9), 10**9)), min_size=1, max_size=5))
def test_a_csv_reads_back_what_was_written_but_for_the_apostrophe(rows: list[tuple[Cell, Cell]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        writer = WRITERS[ExportFormat.CSV](path, SHEET)
        writer.add(rows)
        writer.close()
        read = rows_of(path)[1:-1]
    said = [[str(cell) for cell in row] for row in rows]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [[cell.removeprefix("'") for cell in row] for row in said]


def test_the_command_tells_it_as_json(gate: Gate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from click.testing import CliRunner

    from core.commands.exports import trace
    from core.commands.terminal import Terminal

    path = gate.file(columns=COLUMNS)
    terminal = Terminal(gate.world.keguan.settings)
    terminal.__dict__["keguan"] = gate.world.keguan
    result = CliRunner().invoke(trace, [str(path), "--json"], obj=terminal, standalone_mode=False)
    assert json.loads(result.output)[0]["number"] == int(path.stem)
