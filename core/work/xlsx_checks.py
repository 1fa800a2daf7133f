"""A spreadsheet is examined before it is read: unpacked piece by piece, nothing kept.

The reader trusts the file and would make a dense grid between the outermost cells: two cells in far corners, in a file of 2 kB, end the
whole process (calamine issue 693), and so does a false number of texts. So the true size of everything is counted first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat

from core.kernel.errors import BadInput, TooLarge
from core.kernel.words import msg
from core.work.rows import Limits

CHUNK = 1 << 20
WORKBOOK = "xl/workbook.xml"
BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError, EOFError, ValueError)
REFERENCE = re.compile(r"([A-Z]{1,6})(\d{1,12})")


def check_spreadsheet(path: Path, limits: Limits) -> None:
    """Refuse what is too large, lies about its size, or is no spreadsheet. Raises :class:`TooLarge` and :class:`BadInput`."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            for entry in entries:
                with archive.open(entry) as content:
                    _check_entry(entry.filename, content, limits)
    except BROKEN as error:
        raise damaged() from error


def damaged() -> BadInput:
    """The one sentence for every file that is not a sound spreadsheet."""
    return BadInput(msg("The file is damaged or not a spreadsheet. Please save it again as XLSX or CSV."))


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = {entry.filename for entry in entries}
    if len(names) != len(entries) or WORKBOOK not in names:
        raise damaged()
    unzipped = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > limits.zip_entries or unzipped > limits.unzipped_bytes or unzipped / packed > limits.zip_ratio:
        raise TooLarge(msg("The spreadsheet is too large when unpacked. Please split it or save it as CSV."))


def _check_entry(name: str, content: IO[bytes], limits: Limits) -> None:
    """Reading to the end makes Python compare size and checksum, so the sizes in the directory are true afterwards."""
    chunks = _chunks(content)
    if name.endswith((".xml", ".rels")):
        _Extent(limits).measure(chunks)
        return
    before = b""
    for chunk in chunks:
        if b"sheetData" in before + chunk:  # a sheet under the name of something that is not examined
            _refuse_foreign()
        before = chunk[-16:]


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


class _Extent:
    """Follows the rows and cells of a sheet as its reader will, and stops where they span too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._row = self._column = 0
        self._rows = self._columns = 1

    def measure(self, chunks: Iterator[bytes]) -> None:
        """Raises :class:`TooLarge`; :class:`BadInput` for a document type, UTF-16 and references that are none."""
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = lambda *_declaration: _refuse_foreign()
        for chunk in chunks:
            if b"\0" in chunk:
                _refuse_foreign()
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif kind == "c":
            self._row, self._column = self._place(attributes.get("r"))
        else:
            self._check_announced(kind, attributes)
            return
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self._rows * self._columns > self._limits.sheet_cells:
            _refuse_span()

    def _check_announced(self, kind: str, attributes: dict[str, str]) -> None:
        """The reader takes memory for as many texts as the file says it has, before it has seen one."""
        if kind == "sst" and max(int(attributes.get(name, 0)) for name in ("count", "uniqueCount")) > self._limits.sheet_cells:
            _refuse_span()

    def _place(self, reference: str | None) -> tuple[int, int]:
        if reference is None:
            return self._row, self._column + 1
        found = REFERENCE.fullmatch(reference.upper())
        if found is None:
            _refuse_foreign()
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        return int(found[2]), column


def _refuse_span() -> NoReturn:
    raise TooLarge(msg("The sheet spans too many cells. Please delete the empty rows and columns, or save it as CSV."))


def _refuse_foreign() -> NoReturn:
    raise BadInput(msg("The spreadsheet holds content that no spreadsheet program writes. Please save it again as XLSX or CSV."))
