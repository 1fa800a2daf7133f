"""Files of records in one ZIP: each streamed from the store, looked at before it is packed, told in a list that lies beside them."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.field_rights import UNSEEN, knows_name
from core.database.fields import Field
from core.exports.cells import Cell
from core.exports.files import CsvWriter, Sheet
from core.exports.leaving import FileOut
from core.exports.marks import Marker
from core.exports.sources import Source
from core.exports.stamping import Stamper
from core.kernel.acting import actor
from core.kernel.clock import local
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.organisation.models import Employee
from core.work.file_names import clean_name, extension
from core.work.file_store import CHUNK, file_store

LONGEST_FOLDER = 60  # characters
TOLD = (
    Field("text", msg("File in the ZIP")),
    Field("text", msg("Record")),
    Field("text", msg("File name")),
    Field("text", msg("Added by")),
    Field("text", msg("Added at")),
    Field("integer", msg("Size in bytes")),
    Field("text", msg("Check sum (SHA-256)")),
)
"""Columns of the list of files."""


@dataclass(frozen=True)
class Parcel:
    """Where the ZIP goes, with the visible mark and the marker of its export; the prints of the list of files go to ``prints``."""

    path: Path
    mark: str
    marker: Marker
    prints: IO[bytes]


@dataclass(frozen=True)
class Packed:
    """A file with its name in the ZIP and what its record is called, as far as whoever exports may know."""

    file: FileOut
    name: str
    record: str


def pack(session: Session, source: Source, files: Sequence[FileOut], parcel: Parcel, allow: Callable[[int], None]) -> None:
    """Write the ZIP. ``allow(number)`` is asked before each file, with how many are packed: what it raises ends the packing.

    Raises :class:`Conflict` for a file that the store has no longer, or no longer as it was. Memory is bounded: a file is copied in pieces.
    """
    packed = list(_named(session, source, files))
    with zipfile.ZipFile(parcel.path, "w", zipfile.ZIP_STORED, allowZip64=True) as whole:
        whole.comment = parcel.mark.encode()[:65_535]
        _tell(session, whole, packed, parcel)
        for number, one in enumerate(packed):
            allow(number)
            _copy(whole, one)


def _tell(session: Session, whole: zipfile.ZipFile, packed: Sequence[Packed], parcel: Parcel) -> None:
    """The list of files: safe to open in a spreadsheet, marked and printed as every export is."""
    beside = parcel.path.with_name(f"{parcel.path.name}.list")
    sheet = Sheet(str(msg("List of files")), [str(one.label) for one in TOLD], [one.kind for one in TOLD], parcel.mark)
    people = _people(session, [one.file for one in packed])
    try:
        with closing(CsvWriter(beside, sheet)) as writer:
            stamper = Stamper(parcel.marker, TOLD, parcel.prints, signs=True)
            rows = [_row(one, people) for one in packed]
            writer.add(list(stamper.stamp(list(zip(*rows, strict=True)))))
        whole.write(beside, list_name())
    finally:
        beside.unlink(missing_ok=True)


def list_name() -> str:
    """What the list of files is called in the reader's language."""
    return clean_name(f"{msg('List of files')}.csv")


def _row(one: Packed, people: Mapping[int, str]) -> tuple[Cell, ...]:
    who = people.get(one.file.added_by_id, str(UNSEEN)) if one.file.added_by_id is not None else ""
    added = local(one.file.added_at).isoformat(" ", "minutes")[:16]
    return (one.name, one.record, one.file.name, who, added, one.file.size, one.file.sha256)


def _people(session: Session, files: Sequence[FileOut]) -> Mapping[int, str]:
    wanted = sorted({one.added_by_id for one in files if one.added_by_id is not None})
    return {one.id: str(one) for one in session.scalars(select(Employee).where(Employee.id.in_(wanted)))}


def _copy(whole: zipfile.ZipFile, one: Packed) -> None:
    path = file_store().path(actor().company_id, one.file.sha256)
    entry = zipfile.ZipInfo(one.name, local(one.file.added_at).timetuple()[:6])
    entry.external_attr = 0o600 << 16
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stored, whole.open(entry, "w", force_zip64=True) as target:
            while piece := stored.read(CHUNK):
                digest.update(piece)
                target.write(piece)
    except FileNotFoundError:
        raise _lost(one) from None
    if digest.hexdigest() != one.file.sha256:
        raise _lost(one)


def _lost(one: Packed) -> Conflict:
    return Conflict(
        msg("The file “%(name)s” is missing from the store or was changed. Please tell your system administrator.", name=one.file.name)
    )


def _named(session: Session, source: Source, files: Sequence[FileOut]) -> Iterator[Packed]:
    """Names in the ZIP: a folder for each record where there are several."""
    called = _called(session, source, sorted({one.record_id for one in files}))
    taken = Names()
    taken.free(list_name())
    folders = {record_id: f"{taken.free(_folder(name, record_id))}/" for record_id, name in called.items()} if len(called) > 1 else {}
    for one in files:
        yield Packed(one, taken.free(_safe(one.name, f"{one.id}"), folders.get(one.record_id, "")), called[one.record_id])


def _called(session: Session, source: Source, ids: Sequence[int]) -> dict[int, str]:
    """What each record is called, under the mask of whoever exports; only its number where its name may not be read."""
    model: Any = source.model
    known = knows_name(actor(), model)
    found = {one.id: str(one) for one in session.scalars(select(model).where(model.id.in_(ids)))} if known else {}
    return {one: found.get(one) or f"#{one}" for one in ids}


def _folder(called: str, record_id: int) -> str:
    return _safe(called.replace("/", "-").replace("\\", "-")[:LONGEST_FOLDER], f"#{record_id}")


def _safe(name: str, otherwise: str) -> str:
    """``name`` without path, control signs and what no system takes; ``otherwise`` where nothing is left."""
    try:
        return clean_name(name)
    except BadInput:
        return otherwise


class Names:
    """Names inside of one ZIP: none twice, whatever the case of its letters."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, name: str, folder: str = "") -> str:
        """``name`` in ``folder``, or with a number before its ending when it is taken."""
        ending = extension(name)
        stem = name[: -len(ending) - 1] if ending else name
        said, number = f"{folder}{name}", 1
        while said.casefold() in self._taken:
            number += 1
            said = f"{folder}{stem} ({number}){f'.{ending}' if ending else ''}"
        self._taken.add(said.casefold())
        return said
