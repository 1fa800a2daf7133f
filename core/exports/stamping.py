"""Every cell gets its print, and text cells their mark; columns in, rows out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import IO

from core.database.fields import Field
from core.exports.cells import KEPT, MARKED, Cell, may_carry_mark
from core.exports.marks import NOTHING, PRINT, Marker, number_as_written

BEGINNING = b"KGPRINT1"
FEW = 5_000  # cells of texts and numbers that are remembered, because some columns say the same again and again


class Stamper:
    """Marks the cells of one export and writes their prints, row by row, to ``prints``.

    Without ``signs`` only prints are taken.
    """

    def __init__(self, marker: Marker, fields: Sequence[Field], prints: IO[bytes], *, signs: bool) -> None:
        self._prints = prints
        self._columns = [_Column(marker, declared, signs=signs) for declared in fields]
        prints.write(BEGINNING + len(fields).to_bytes(2))

    def stamp(self, columns: Sequence[Sequence[Cell]]) -> Iterator[tuple[Cell, ...]]:
        """The rows of ``columns`` as they are written."""
        stamped = [column.stamp(cells) for column, cells in zip(self._columns, columns, strict=True)]
        self._prints.write(b"".join(chain.from_iterable(zip(*(prints for prints, _ in stamped), strict=True))))
        return zip(*(cells for _, cells in stamped), strict=True)


class _Column:
    def __init__(self, marker: Marker, declared: Field, *, signs: bool) -> None:
        self._marker = marker
        self._declared = declared
        self._signs = signs
        self._known: dict[Cell, tuple[bytes, Cell]] = {"": (NOTHING, "")}
        self._most = KEPT if declared.kind in MARKED else FEW

    def stamp(self, cells: Sequence[Cell]) -> tuple[list[bytes], list[Cell]]:
        """Prints of ``cells``, and the cells with their marks."""
        found = [self._one(cell) for cell in cells]
        if len(self._known) > self._most:
            self._known = {"": (NOTHING, "")}
        return [one[0] for one in found], [one[1] for one in found]

    def _one(self, cell: Cell) -> tuple[bytes, Cell]:
        known = self._known.get(cell)
        if known is not None:
            return known
        said = cell if isinstance(cell, str) else number_as_written(cell) if isinstance(cell, Decimal | int) else cell.isoformat()
        code = self._marker.code_of(said)
        marks = self._signs and isinstance(cell, str) and may_carry_mark(self._declared, cell)
        found = self._known[cell] = code[:PRINT], f"{cell}{self._marker.mark_of(code)}" if marks else cell
        return found


def rows_of_prints(data: bytes) -> tuple[int, bytes]:
    """Bytes per row, and the rows; raises :class:`ValueError` when it is no file of prints."""
    if data[: len(BEGINNING)] != BEGINNING:
        raise ValueError("no file of prints")
    start = len(BEGINNING) + 2
    return int.from_bytes(data[len(BEGINNING) : start]) * PRINT, data[start:]
