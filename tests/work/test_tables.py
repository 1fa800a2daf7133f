"""Files of rows are read as they come, and refused in one sentence when they cannot be."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from core.kernel.errors import BadInput, TooLarge
from core.work.rows import Limits, RawRow
from core.work.tables import open_table
from tests.data import make_dirty

DAY = date(2024, 3, 4)
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]


def csv_file(folder: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "customers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def rows_of(path: Path, **limits: int) -> list[RawRow]:
    return list(open_table(path, Limits(**limits)).rows())


def sheet_file(folder: Path, **sheets: list[list[object]]) -> Path:
    path = folder / "customers.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def zip_file(folder: Path, **entries: bytes) -> Path:
    path = folder / "customers.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return path


@pytest.mark.requirement("R-474")
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_rows(tmp_path: Path, encoding: str, separator: str) -> None:
    path = csv_file(tmp_path, "编号,名称\n1,华为\n2,𫝀🚀\n".replace(",", separator), encoding)
    table = open_table(path)
    assert table.columns == ("编号", "名称")
    assert [row.values for row in table.rows()] == [{"编号": "1", "名称": "华为"}, {"编号": "2", "名称": "𫝀🚀"}]


def test_the_line_that_states_the_separator_is_no_header(tmp_path: Path) -> None:
    table = open_table(csv_file(tmp_path, "sep=;\r\na;b,c\r\n1;2\r\n"))
    assert table.columns == ("a", "b,c")
    assert [(row.number, row.values) for row in table.rows()] == [(3, {"a": "1", "b,c": "2"})]


def test_a_table_can_be_read_twice_and_knows_about_how_long_it_is(tmp_path: Path) -> None:
    table = open_table(csv_file(tmp_path, "a,b\n" + "1,2\n" * 50))
    assert list(table.rows()) == list(table.rows())
    assert table.length == 50
    assert open_table(csv_file(tmp_path, "a,b\n1,2\n3,4")).length == 2  # nothing follows the last row


def test_rows_are_numbered_by_the_line_where_they_begin(tmp_path: Path) -> None:
    rows = rows_of(csv_file(tmp_path, 'a,b\r\n1,"x\ny"\n\n,\r2,z\n'))
    assert [(row.number, row.cells) for row in rows] == [(2, ("1", "x\ny")), (6, ("2", "z"))]


def test_damaged_utf8_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    good = "编号,名称\n1,华为技术\n2,中兴通讯\n".encode()
    with pytest.raises(BadInput, match="Line 2"):
        open_table(csv_file(tmp_path, good.replace("为".encode(), "为".encode()[:2])))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"a,b\xff\xff\n", "UTF-8 or GB18030"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-8 or GB18030"),
        ("a,\ud800\n".encode("utf-8", "surrogatepass"), "UTF-8"),
        (b"a,,c\n1,2,3\n", "Column 2 has no name"),
        (b"a,b,a\n1,2,3\n", "names a column twice: “a”"),
        (b'a,"b\n1,2\n', "quotation mark"),
        (b"\xd0\xcf\x11\xe0 old office", "old XLS format"),
        (b"PK\x03\x04 no zip at all", "damaged or not a spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        open_table(csv_file(tmp_path, content))


def test_a_missing_file_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^There is no file “nothing\.csv”\.$"):
        open_table(tmp_path / "nothing.csv")


def test_ragged_rows_are_reported_and_the_others_read(tmp_path: Path) -> None:
    rows = rows_of(csv_file(tmp_path, "a,b,\n1\n1,2,3\n1,2,,\n1,2\n"))
    assert [str(row.problems[0].reason) if row.problems else row.values for row in rows] == [
        "The row has 1 cells, the header 2. Please add the missing ones.",
        "The row has 3 cells, the header 2. Please remove the surplus separator.",
        {"a": "1", "b": "2"},
        {"a": "1", "b": "2"},
    ]


def test_a_lone_quotation_mark_costs_one_row_only(tmp_path: Path) -> None:
    rows = rows_of(csv_file(tmp_path, 'a,b\n1,"x\n2,y\n3,"z"\n4,"q" w\n5,"last\n'))
    assert [(row.number, bool(row.problems)) for row in rows] == [(2, True), (3, False), (4, False), (5, True), (6, True)]
    assert rows[0].cells == ('1,"x',)
    assert rows[2].values == {"a": "3", "b": "z"}


def test_an_endless_line_is_reported_and_never_held_whole(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\n1," + "x" * 8_000_000 + "\n2,y\n")
    tracemalloc.start()
    rows = rows_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "longer than 100000 characters" in str(rows[0].problems[0].reason)
    assert rows[1].values == {"a": "2", "b": "y"}
    assert peak < 8_000_000


def test_nul_and_over_long_cells_are_reported_with_their_column(tmp_path: Path) -> None:
    rows = rows_of(csv_file(tmp_path, "a,b\n1,x\0y\nlonger,2\n"), cell_characters=5)
    assert [(row.problems[0].row, row.problems[0].column) for row in rows] == [(2, "b"), (3, "a")]


def test_reading_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\n" + "1,华为技术有限公司\n" * 100_000)
    table = open_table(path)
    tracemalloc.start()
    assert sum(1 for _row in table.rows()) == 100_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("limits", [{"rows": 2}, {"file_bytes": 10}, {"broken_rows": 1}])
def test_more_than_the_limits_is_refused_as_too_large(tmp_path: Path, limits: dict[str, int]) -> None:
    path = csv_file(tmp_path, 'a,b\n1,2\n3,"4\n5,"6\n')
    with pytest.raises(TooLarge):
        rows_of(path, **limits)


def test_a_spreadsheet_gives_text_as_a_person_would_type_it(tmp_path: Path) -> None:
    path = sheet_file(tmp_path, 客户=[["编号", "值"], [5.0, 0.1], [1e20, True], [DAY, datetime(2024, 3, 4, 9, 30)], [], ["x", time(9, 30)]])
    assert [(row.number, row.cells) for row in rows_of(path)] == [
        (2, ("5", "0.1")),
        (3, ("100000000000000000000", "true")),
        (4, ("2024-03-04", "2024-03-04 09:30:00")),
        (6, ("x", "09:30:00")),
    ]


def test_a_sheet_can_be_named_and_a_wrong_name_lists_the_sheets(tmp_path: Path) -> None:
    path = sheet_file(tmp_path, 空=[], 第二页=[["a"], ["1"]])
    assert open_table(path, sheet="第二页").columns == ("a",)
    with pytest.raises(BadInput, match=r"There is no sheet “别的”\. The file has: 空, 第二页\."):
        open_table(path, sheet="别的")


def test_an_xlsx_name_on_other_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "customers.xlsx"
    path.write_bytes(b"code,name\n1,2\n")
    with pytest.raises(BadInput, match="damaged or not a spreadsheet"):
        open_table(path)


def test_a_zip_bomb_is_refused_by_ratio_size_and_number_of_entries(tmp_path: Path) -> None:
    bomb = zip_file(tmp_path, xl__bomb=b"0" * 5_000_000)
    with pytest.raises(TooLarge, match="too large when unpacked"):
        open_table(bomb)
    with pytest.raises(TooLarge, match="too large when unpacked"):
        open_table(bomb, Limits(zip_ratio=10**6, unzipped_bytes=10**6))
    with pytest.raises(TooLarge, match="too large when unpacked"):
        open_table(bomb, Limits(zip_ratio=10**6, zip_entries=1))


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    content = bytearray(zip_file(tmp_path, xl__bomb=b"0" * 5_000_000).read_bytes())
    true, false = (5_000_000).to_bytes(4, "little"), (5_000).to_bytes(4, "little")
    path = csv_file(tmp_path, bytes(content).replace(true, false))
    with pytest.raises(BadInput, match="damaged or not a spreadsheet"):
        open_table(path)


def test_two_cells_in_far_corners_do_not_burst_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "corners.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    with pytest.raises(TooLarge, match="too many cells"):
        open_table(path)


FAR = [
    '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>',
    '<row r="1"><c x="&gt;>" r="A1"/><x:c xmlns:x="y" r="zzz999999"/></row>',
    '<row r="1"><c r="&#88;FD9999999"/></row>',
    '<row r="99999999999">' + "<c/>" * 500 + "</row>",
    '<row r="50000"><c/><!-- <row r="1"> -->' + "<c/>" * 500 + "</row>",
    '<row r="1"><c r="A13999999999"/></row>',
]


@pytest.mark.parametrize("rows", FAR)
def test_no_way_of_writing_a_far_cell_passes_by_the_examination(tmp_path: Path, rows: str) -> None:
    path = zip_file(tmp_path, xl__any=f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode())
    with pytest.raises(TooLarge, match="too many cells"):
        open_table(path)


def test_a_false_number_of_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="too many cells"):
        open_table(zip_file(tmp_path, xl__sharedStrings=b'<sst count="0" uniqueCount="+4294967295"></sst>'))


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
        b'<worksheet><c r="9Z"/></worksheet>',
        '<worksheet><c r="XFD9"/></worksheet>'.encode("utf-16"),
    ],
)
def test_what_no_spreadsheet_program_writes_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match="no spreadsheet program writes"):
        open_table(zip_file(tmp_path, xl__worksheets__sheet1=content))


def test_a_sheet_under_another_kind_of_name_is_refused(tmp_path: Path) -> None:
    path = zip_file(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/picture.png", b"<worksheet><sheetData/></worksheet>")
    with pytest.raises(BadInput, match="no spreadsheet program writes"):
        open_table(path)


def test_broken_xml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="damaged"):
        open_table(zip_file(tmp_path, xl__worksheets__sheet1=b"<worksheet><c"))


def test_an_archive_without_a_workbook_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", b"<office/>")
    with pytest.raises(BadInput, match="damaged or not a spreadsheet"):
        open_table(csv_file(tmp_path, buffer.getvalue()))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_dirty_file_is_read_to_its_end_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    rows = rows_of(csv_file(tmp_path, make_dirty.text(), encoding))
    assert len(rows) == make_dirty.ROWS
    broken = {"long cell", "NUL", "lone quotation mark", "too few cells", "too many cells"}
    kinds = [kind for kind, _text in make_dirty.rows()]
    assert {kind for kind, row in zip(kinds, rows, strict=True) if row.problems} == broken
    assert all(kind in broken or not row.problems for kind, row in zip(kinds, rows, strict=True))


def test_the_dirty_file_is_the_one_that_its_maker_writes() -> None:
    assert make_dirty.FILE.read_bytes() == make_dirty.text().encode()
    used = {kind for kind, _text in make_dirty.rows()} - {""}
    assert used == set(make_dirty.KINDS)
    assert re.search(r"[^\r]\n", make_dirty.text())
