"""A list as a PDF for the printer: head with the visible mark, page numbers, Chinese by the Song face that every reader has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from core.exports.cells import Cell

if TYPE_CHECKING:
    from core.exports.files import Row, Sheet

FONT, SIZE, LINE, EDGE = "STSong-Light", 8, 15, 36  # points
WEIGHTS = {"long_text": 3.0, "text": 2.0, "reference": 1.6, "moment": 1.5, "email": 1.8}
RIGHT = ("money", "integer", "quantity")


@lru_cache(maxsize=1)
def _font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return FONT


class PdfWriter:
    """Rows one below the other on A4 across; what is too long for its column is cut and ends with an ellipsis."""

    def __init__(self, path: Path, sheet: Sheet) -> None:
        self._sheet = sheet
        self._width, self._height = landscape(A4)
        self._page: Any = Canvas(str(path), pagesize=(self._width, self._height), pageCompression=1)
        self._page.setTitle(sheet.title)
        self._page.setSubject(sheet.mark)
        self._edges = _edges(sheet.kinds, self._width - 2 * EDGE)
        self._number = 0
        self._y = 0.0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        page, top = self._page, self._height - EDGE
        page.setFont(_font(), 13)
        page.drawString(EDGE, top - 6, self._sheet.title)
        page.setFont(_font(), SIZE)
        page.setFillGray(0.4)
        page.drawRightString(self._width - EDGE, top - 6, self._sheet.mark)
        page.drawString(EDGE, EDGE - 14, self._sheet.mark)
        page.drawRightString(self._width - EDGE, EDGE - 14, f"{self._number}")
        page.setFillGray(0)
        self._y = top - 30
        page.setFillGray(0.93)
        page.rect(EDGE, self._y - 4, self._width - 2 * EDGE, LINE, stroke=0, fill=1)
        page.setFillGray(0)
        self._line(self._sheet.labels)

    def _line(self, row: Sequence[Cell]) -> None:
        for (left, width), cell, kind in zip(self._edges, row, self._sheet.kinds, strict=True):
            shown = _cut(_told(cell), width - 6)
            if kind in RIGHT:
                self._page.drawRightString(EDGE + left + width - 3, self._y, shown)
            else:
                self._page.drawString(EDGE + left + 3, self._y, shown)
        self._page.setLineWidth(0.25)
        self._page.setStrokeGray(0.8)
        self._page.line(EDGE, self._y - 4, self._width - EDGE, self._y - 4)
        self._y -= LINE

    def add(self, rows: Sequence[Row]) -> None:
        """Write ``rows``; a page that is full is given to the file."""
        for row in rows:
            if self._y < EDGE + LINE / 2:
                self._page.showPage()
                self._begin()
            self._page.setFont(FONT, SIZE)
            self._line(row)

    def close(self) -> None:
        """Write the last page and the file."""
        self._page.save()


def _edges(kinds: Sequence[str], width: float) -> list[tuple[float, float]]:
    """Left edge and width of each column, in points."""
    weights = [WEIGHTS.get(kind, 1.0) for kind in kinds]
    unit, left, found = width / sum(weights), 0.0, []
    for weight in weights:
        found.append((left, weight * unit))
        left += weight * unit
    return found


def _told(cell: Cell) -> str:
    if isinstance(cell, Decimal | int):
        return f"{cell:,}"
    return cell.isoformat() if isinstance(cell, date) else " ".join(cell.split())


def _cut(said: str, width: float) -> str:
    """``said`` as far as it fits: a Chinese letter is as wide as the face is high, others about half of that."""
    room = width
    for place, letter in enumerate(said):
        room -= SIZE * (0.55 if letter.isascii() else 1.0)
        if room < 0:
            return f"{said[: max(0, place - 1)]}…"
    return said
