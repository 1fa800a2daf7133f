"""The formats: CSV, XLSX and PDF behind one small door. Every writer takes rows as they come and keeps none of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from core.exports.cells import Cell
from core.exports.states import ExportFormat
from core.work.rejected_cells import defused

SHEET_ROWS = 1_000_000  # a sheet of Excel holds 1,048,576
CELL = 32_000  # characters that a cell of Excel holds, less what a mark takes


@dataclass(frozen=True)
class Sheet:
    """What stands around the rows: ``mark`` says who exported this, when and under which number."""

    title: str
    labels: Sequence[str]
    kinds: Sequence[str]
    mark: str


Row = Sequence[Cell]
DOUBTFUL = frozenset("'=+-@\t\r\n＝＋－＠")
"""How a cell begins that :func:`defused` has to look at."""


class Writer(Protocol):
    """Takes rows until it is closed; only then is the file whole."""

    def add(self, rows: Sequence[Row]) -> None:
        """Write ``rows`` below what is there."""

    def close(self) -> None:
        """Write what stands below the rows, and let the file go."""


class CsvWriter:
    """UTF-8 with the mark by which Excel knows it; the visible mark is the last line."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._file = io.TextIOWrapper(path.open("wb", buffering=1 << 20), encoding="utf-8-sig", newline="", write_through=False)
        self._rows = csv.writer(self._file)
        self._mark = sheet.mark
        self._rows.writerow([defused(label) for label in sheet.labels])

    def add(self, rows: Sequence[Row]) -> None:
        """Texts that a spreadsheet would run get an apostrophe; a number below nothing is none."""
        self._rows.writerows([[defused(cell) if cell.__class__ is str and cell[:1] in DOUBTFUL else cell for cell in row] for row in rows])

    def close(self) -> None:
        """End with the visible mark."""
        self._rows.writerow([defused(self._mark)])  # it begins with a name
        self._file.close()


class XlsxWriter:
    """Rows go to the disk at once; text is never a formula or a link, whatever it looks like."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(path.parent)}
        import xlsxwriter  # here: what writes a CSV file needs none of it

        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._sheet_of, self._count, self._line = sheet, 0, 0
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._head = self._book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
        self._small = self._book.add_format({"font_color": "#667085", "italic": True})
        self._book.set_properties({"comments": sheet.mark})
        self._page = self._begin()

    def _begin(self) -> Any:
        self._count += 1
        page = self._book.add_worksheet(f"{_sheet_name(self._sheet_of.title)}{self._count if self._count > 1 else ''}")
        page.set_footer(f"&L{self._sheet_of.mark.replace('&', '&&')[:200]}&R&P / &N")
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.repeat_rows(0)
        for place, kind in enumerate(self._sheet_of.kinds):
            page.set_column(place, place, WIDTHS.get(kind, 18))
        for place, label in enumerate(self._sheet_of.labels):
            page.write_string(0, place, label, self._head)
        self._line = 1
        return page

    def add(self, rows: Sequence[Row]) -> None:
        """Write each cell by its type; a further sheet begins where one is full."""
        for row in rows:
            if self._line > SHEET_ROWS:
                self._end_page()
                self._page = self._begin()
            page, line = self._page, self._line
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        page.write_string(line, place, cell if len(cell) <= CELL else cell[:CELL])
                elif isinstance(cell, Decimal):
                    page.write_number(line, place, cell, self._money if self._sheet_of.kinds[place] == "money" else None)
                elif isinstance(cell, date):
                    page.write_datetime(line, place, cell, self._day)
                else:
                    page.write_number(line, place, cell)
            self._line += 1

    def _end_page(self) -> None:
        self._page.write_string(self._line, 0, self._sheet_of.mark, self._small)

    def close(self) -> None:
        """End with the visible mark and put the parts together."""
        self._end_page()
        self._book.close()


WIDTHS: Mapping[str, int] = {"money": 14, "date": 12, "integer": 10, "quantity": 12, "moment": 17, "long_text": 40}


def _sheet_name(title: str) -> str:
    """At most 28 characters and none that Excel refuses."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:28] or "Sheet"


def _pdf(path: Path, sheet: Sheet) -> Writer:
    from core.exports.pdf import PdfWriter  # its library takes a fifth of a second to load

    return PdfWriter(path, sheet)


WRITERS: Mapping[ExportFormat, Callable[[Path, Sheet], Writer]] = {
    ExportFormat.CSV: CsvWriter,
    ExportFormat.XLSX: XlsxWriter,
    ExportFormat.PDF: _pdf,
}
