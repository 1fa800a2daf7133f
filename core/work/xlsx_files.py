"""Rows of a spreadsheet. A file made to burst the memory is refused before anything of it is held."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from core.kernel.errors import BadInput, TooLarge
from core.kernel.words import msg
from core.work.rows import Limits

WORKBOOK = "xl/workbook.xml"
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError)
CHUNK = 1 << 20
OVERLAP = 64
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
FOREIGN = re.compile(rb"""<!DOCTYPE|<!ENTITY|\x00|\br\s*=\s*["'][A-Z0-9]*&""")
"""What no spreadsheet program writes into its XML, and what could hide an entity or the true size of a sheet."""


class XlsxFile:
    """One sheet of a spreadsheet file: the first one, or the one that is named."""

    def __init__(self, path: Path, limits: Limits, sheet: str | None = None) -> None:
        check_zip(path, limits)
        try:
            book = CalamineWorkbook.from_path(path)
            self.sheet = _sheet(book, sheet)
        except CalamineError as error:
            raise BadInput(msg("The file is damaged or not a spreadsheet. Please save it again as XLSX or CSV.")) from error

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


def check_zip(path: Path, limits: Limits) -> None:
    """Unzip ``path`` piece by piece without keeping it, and refuse what is too large, lies about its size, or is no zip.

    Raises :class:`TooLarge` and :class:`BadInput`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            for entry in entries:
                with archive.open(entry) as content:
                    _check_entry(entry.filename, content, limits)
    except BROKEN_ZIP as error:
        raise BadInput(msg("The file is damaged or not a spreadsheet. Please save it again as XLSX or CSV.")) from error


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = {entry.filename for entry in entries}
    if len(names) != len(entries) or WORKBOOK not in names:
        raise BadInput(msg("The file is damaged or not a spreadsheet. Please save it again as XLSX or CSV."))
    unzipped = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > limits.zip_entries or unzipped > limits.unzipped_bytes or unzipped / packed > limits.zip_ratio:
        raise TooLarge(msg("The spreadsheet is too large when unpacked. Please split it or save it as CSV."))


def _check_entry(name: str, content: IO[bytes], limits: Limits) -> None:
    """Reading to the end makes Python compare size and checksum, so the sizes in the directory are true afterwards."""
    is_xml = name.endswith((".xml", ".rels"))
    is_sheet = is_xml and "sheet" in name.rpartition("/")[2].lower()
    rows = columns = 1
    tail = b""
    while chunk := content.read(CHUNK):
        seen = tail + chunk
        if is_xml and FOREIGN.search(seen):
            raise BadInput(msg("The spreadsheet holds content that no spreadsheet program writes. Please save it again as XLSX or CSV."))
        if is_sheet:
            for letters, digits in REFERENCE.findall(seen):
                rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
        if rows * columns > limits.sheet_cells:
            raise TooLarge(msg("The sheet spans too many cells. Please delete the empty rows and columns, or save it as CSV."))
        tail = seen[-OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


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
