"""Rows of a spreadsheet, every cell as text. It is examined first: its reader trusts what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.rows import Limits
from core.work.xlsx_checks import check_spreadsheet, damaged


class XlsxFile:
    """One sheet of a spreadsheet file: the first one, or the one that is named."""

    def __init__(self, path: Path, limits: Limits, sheet: str | None = None) -> None:
        check_spreadsheet(path, limits)
        try:
            book = CalamineWorkbook.from_path(path)
            self.sheet = _sheet(book, sheet)
        except CalamineError as error:
            raise damaged() from error

    @property
    def length(self) -> int:
        """How many rows the sheet has, the blank ones included."""
        return self.sheet.total_height

    def rows(self) -> Iterator[tuple[int, list[str], None]]:
        """Number and text of the cells of every row that is not blank."""
        for number, row in enumerate(self.sheet.iter_rows(), 1):
            cells = [cell_text(value) for value in row]
            if any(cells):
                yield number, cells, None


def _sheet(book: CalamineWorkbook, name: str | None) -> CalamineSheet:
    if not book.sheet_names:
        raise BadInput(msg("The spreadsheet has no sheet."))
    if name is None:
        return book.get_sheet_by_index(0)
    if name not in book.sheet_names:
        raise BadInput(msg("There is no sheet “%(name)s”. The file has: %(names)s.", name=name, names=", ".join(book.sheet_names)))
    return book.get_sheet_by_name(name)


def cell_text(value: Any) -> str:
    """A cell as a person would type it: no '1.0' for a whole number, ISO dates, no midnight behind a date."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else ""


def _number_text(value: float) -> str:
    exact = Decimal(repr(value))
    return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")
