"""Who let these rows out? A file, or one row of it, leads back to its export: by signs, else by prints."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.exports.folder import prints_of
from core.exports.marks import NOTHING, PRINT, Marker, as_written, marks_in, unmarked
from core.exports.models import ExportRequest
from core.exports.stamping import rows_of_prints
from core.exports.terms import export_key
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Employee
from core.work.encodings import recognise
from core.work.rows import Limits
from core.work.tables import ZIP
from core.work.xlsx_files import XlsxFile

ENOUGH = 200  # rows of a file that are looked at for marks that were taken out


@dataclass(frozen=True)
class Trace:
    """One export that the rows point to. ``by`` is ``marks`` or ``prints``; ``rows`` how many of the rows looked at say so."""

    number: int
    who: str
    fetched_at: datetime | None
    file_name: str
    reason: str
    by: str
    rows: int
    looked_at: int


def trace_file(session: Session, path: Path) -> list[Trace]:
    """Exports that the rows of a CSV or XLSX file come from, the likeliest first; for the house, over companies.

    Marks name the export outright. Where none is left, prints name every export that held such a row, all of its filled cells.
    """
    rows = [row for row in _rows(path) if any(row)]
    by_marks = _by_marks(session, rows)
    if by_marks:
        return [_trace(session, number, "marks", count, len(rows)) for number, count in by_marks.most_common()]
    some = rows[:: max(1, len(rows) // ENOUGH)]
    return [_trace(session, number, "prints", count, len(some)) for number, count in _by_prints(session, some).most_common()]


def _by_marks(session: Session, rows: Sequence[Sequence[str]]) -> Counter[int]:
    found: Counter[int] = Counter()
    markers: dict[int, Marker | None] = {}
    for row in rows:
        named = {number for cell in row for number, mark in marks_in(cell) if _vouched(session, markers, number, cell, mark)}
        found.update(named)
    return found


def _vouched(session: Session, markers: dict[int, Marker | None], number: int, cell: str, mark: str) -> bool:
    if number not in markers:
        known = number > 0 and session.get(ExportRequest, number) is not None
        markers[number] = Marker(export_key(), number) if known else None
    marker = markers[number]
    return marker is not None and marker.vouches_for(unmarked(cell), mark)


def _by_prints(session: Session, rows: Sequence[Sequence[str]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for request in session.scalars(select(ExportRequest).order_by(ExportRequest.id)):
        path = prints_of(request)
        if path.is_file():
            marker, (width, prints) = Marker(export_key(), request.id), rows_of_prints(path.read_bytes())
            held = sum(_holds(prints, width, [_prints(marker, cell) for cell in row if cell.strip()]) for row in rows)
            if held:
                found[request.id] = held
    return found


def _prints(marker: Marker, cell: str) -> tuple[bytes, ...]:
    """What a cell may have been: as it stands, and as a number or day without its dress."""
    plain = unmarked(cell)
    return tuple(dict.fromkeys((marker.of(plain)[0], marker.of(as_written(plain))[0])))


def _holds(prints: bytes, width: int, cells: Sequence[tuple[bytes, ...]]) -> bool:
    """Whether one row of ``prints`` holds every one of ``cells``. A cell that is nowhere leads, so that most answers come at once."""
    if not cells:
        return False
    lead, *others = sorted(cells, key=lambda variants: any(one in prints for one in variants))
    for place in _places(prints, lead):
        row = prints[place // width * width :][:width]
        held = {row[at : at + PRINT] for at in range(0, width, PRINT)} - {NOTHING}
        if all(held.intersection(variants) for variants in others):
            return True
    return False


def _places(prints: bytes, variants: Sequence[bytes]) -> Iterator[int]:
    for one in variants:
        place = prints.find(one)
        while place >= 0:
            if place % PRINT == 0:
                yield place
            place = prints.find(one, place + 1)


def _trace(session: Session, number: int, by: str, rows: int, looked_at: int) -> Trace:
    request = session.get_one(ExportRequest, number)
    who = session.get_one(Employee, request.asked_by_id)
    return Trace(number, f"{who.name} ({who.number})", request.fetched_at, request.file_name, request.reason, by, rows, looked_at)


def _rows(path: Path) -> Iterator[list[str]]:
    """Rows of a CSV or XLSX file as text, headers and all; raises :class:`BadInput` for a file that cannot be read."""
    if not path.is_file():
        raise BadInput(msg("There is no file “%(name)s”.", name=path.name))
    with path.open("rb") as file:
        is_book = file.read(4) == ZIP
    if is_book:
        yield from (cells for _, cells, _ in XlsxFile(path, Limits()).rows())
        return
    with path.open("r", encoding=recognise(path).encoding, newline="") as file:
        yield from csv.reader(file)
