"""Files of rows: CSV and XLSX behind one door, read as a stream, every cell as text.

>>> table = open_table(Path("customers.csv"))
>>> for row in table.rows():
...     print(row.number, row.values["name"])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from core.kernel.errors import BadInput, TooLarge
from core.kernel.words import Message, msg
from core.work.csv_files import CsvFile
from core.work.rejected_cells import is_reason, mended
from core.work.rows import Limits, Problem, RawRow
from core.work.xlsx_files import XlsxFile

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class Table:
    """An open file of rows: ``columns`` as the file names them, ``length`` about how many rows (for a progress bar)."""

    def __init__(self, source: CsvFile | XlsxFile, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        header = next(source.rows(), None)
        if header is None:
            raise BadInput(msg("The file is empty. Please choose another."))
        if header[2] is not None:
            raise BadInput(header[2])
        names = [name.strip().lstrip("\ufeff") for name in header[1]]
        self._reason = next((place for place, name in enumerate(names) if is_reason(name)), None)
        self.columns = _checked(self._as_written(names))

    @property
    def length(self) -> int:
        """About how many rows there are, for a progress bar."""
        return max(0, self._source.length - 1)

    @property
    def was_rejected(self) -> bool:
        """Whether this is a file of rejected rows that comes back; its column of reasons is passed over."""
        return self._reason is not None

    def rows(self) -> Iterator[RawRow]:
        """Every row below the header that is not blank; one with the wrong number of cells carries its problem.

        Raises :class:`TooLarge` beyond the allowed number of rows.
        """
        for count, (number, found, problem) in enumerate(islice(self._source.rows(), 1, None), 1):
            if count > self._limits.rows:
                raise TooLarge(msg("The file has more than %(limit)s rows. Please split it.", limit=self._limits.rows))
            cells = self._as_written(found)
            if any(cells):
                yield self._row(number, cells, problem)

    def _as_written(self, cells: list[str]) -> list[str]:
        """In a file of rejected rows that comes back: without our reason and our apostrophes."""
        return cells if self._reason is None else [mended(cell) for cell in _without(cells, self._reason)]

    def _row(self, number: int, cells: list[str], problem: Message | None) -> RawRow:
        width = len(self.columns)
        reason = problem or self._wrong_width(cells, width)
        if reason is not None:
            return RawRow(number, {}, tuple(cells), (Problem(number, "", "", reason),))
        if len(cells) != width:
            cells = cells[:width]
        values = dict(zip(self.columns, cells, strict=True))
        return RawRow(number, values, tuple(cells), tuple(self._wrong_cells(number, values)))

    def _wrong_width(self, cells: list[str], width: int) -> Message | None:
        found = len(cells)
        if found < width:
            return msg("The row has %(found)s cells, the header %(width)s. Please add the missing ones.", found=found, width=width)
        if any(cells[width:]):
            return msg("The row has %(found)s cells, the header %(width)s. Please remove the surplus separator.", found=found, width=width)
        return None

    def _wrong_cells(self, number: int, values: dict[str, str]) -> Iterator[Problem]:
        most = self._limits.cell_characters
        for column, value in values.items():
            if len(value) > most:
                yield Problem(number, column, value, msg("The text is longer than %(limit)s characters. Please shorten it.", limit=most))
            elif "\0" in value:
                yield Problem(number, column, value, msg("The text holds a character that cannot be stored. Please type it again."))


def open_table(path: Path, limits: Limits | None = None, *, sheet: str | None = None, name: str = "") -> Table:
    """Open a CSV or XLSX file, told apart by its content; ``sheet`` names a sheet of a spreadsheet (default: the first).
    ``name`` is what the file is called, where ``path`` does not say it.

    Raises :class:`BadInput` with a sentence for a file that cannot be read, :class:`TooLarge` beyond ``limits``.
    """
    limits = limits or Limits()
    if not path.is_file():
        raise BadInput(msg("There is no file “%(name)s”.", name=path.name))
    if path.stat().st_size > limits.file_bytes:
        raise TooLarge(msg("The file is larger than %(limit)s MB. Please split it.", limit=limits.file_bytes // 1024 // 1024))
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == OLD_OFFICE:
        raise BadInput(msg("The spreadsheet is in the old XLS format or protected by a password. Please save it as XLSX or CSV."))
    if magic == ZIP:
        return Table(XlsxFile(path, limits, sheet), limits)
    if Path(name or path.name).suffix.lower() in {".xlsx", ".xlsm"}:
        raise BadInput(msg("The file is damaged or not a spreadsheet. Please save it again as XLSX or CSV."))
    return Table(CsvFile(path, limits), limits)


def _without(cells: list[str], place: int | None) -> list[str]:
    return cells if place is None else cells[:place] + cells[place + 1 :]


def _checked(names: list[str]) -> tuple[str, ...]:
    """Column names, without the nameless ones that trailing separators make; doubtful headers are refused."""
    while names and not names[-1]:
        names = names[:-1]
    if "" in names:
        raise BadInput(msg("Column %(place)s has no name in the first row. Please name it.", place=names.index("") + 1))
    double = [name for name, times in Counter(names).items() if times > 1]
    if double:
        raise BadInput(msg("The first row names a column twice: “%(names)s”. Please rename one.", names="”, “".join(double)))
    if not names:
        raise BadInput(msg("The file is empty. Please choose another."))
    return tuple(names)
