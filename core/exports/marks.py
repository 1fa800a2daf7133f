"""Hidden marks: signs without width at the end of text cells, and a file of prints that finds a row whose marks were taken out.

A mark is 40 bits in four signs of no width: the number of the export, and a code over the cell that nobody makes without the key of the
deployment, so that no mark can be moved to other words or another export. A print is a short keyed code of what a cell says, kept for
every cell of every row beside the house (never in the file): it survives when the signs do not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

SIGNS = "\u200b\u200c\u200d\u2060"
LARGEST = (1 << 24) - 1
PRINT = 4  # bytes of the print of one cell
NOTHING = b"\0" * PRINT
_RUN = re.compile(f"[{SIGNS}]{{20}}")
_OUT = {ord(sign): None for sign in SIGNS} | {ord(sign): None for sign in " '?\u3000\ufeff\t\r\n"}
_ANY_OUT = re.compile(f"[{''.join(map(chr, _OUT))}]")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?((?: \d{1,2}:\d{2})?)")
_QUADS = ["".join(SIGNS[value >> shift & 3] for shift in (6, 4, 2, 0)) for value in range(256)]


class Marker:
    """Marks and prints of one export, by its number and the key of the deployment."""

    def __init__(self, key: bytes, number: int) -> None:
        if not 0 < number <= LARGEST:
            raise ValueError(f"the number {number} does not fit into a mark")
        self.number = number
        self._base = hashlib.blake2b(number.to_bytes(3), digest_size=PRINT + 2, key=key[:64], person=b"keguan-export")
        self._beginning = "".join(_QUADS[byte] for byte in number.to_bytes(3))

    def code_of(self, said: str) -> bytes:
        """The code of a cell that says ``said``: its print, and two bytes more for the mark."""
        code = self._base.copy()
        code.update(canonical(said).encode())
        return code.digest()

    def mark_of(self, code: bytes) -> str:
        """The mark for a cell of this code."""
        return f"{self._beginning}{_QUADS[code[4]]}{_QUADS[code[5]]}"

    def of(self, said: str) -> tuple[bytes, str]:
        """The print of a cell that says ``said``, and the mark for it."""
        code = self.code_of(said)
        return code[:PRINT], self.mark_of(code)

    def vouches_for(self, said: str, mark: str) -> bool:
        """Whether ``mark`` was made for a cell that says ``said``."""
        return self.of(said)[1] == mark


def marks_in(cell: str) -> Iterator[tuple[int, str]]:
    """Numbers of exports that the marks in ``cell`` claim, each with its mark; whether they may is for :meth:`Marker.vouches_for`."""
    for found in _RUN.finditer(cell):
        values = [SIGNS.index(sign) for sign in found[0][:12]]
        number = 0
        for value in values:
            number = number << 2 | value
        yield number, found[0]


def unmarked(cell: str) -> str:
    """``cell`` without signs of no width, as a person reads it."""
    return cell.translate({ord(sign): None for sign in SIGNS})


def canonical(said: str) -> str:
    """What a cell says whatever a spreadsheet has made of it: without signs, spaces, apostrophes and the ``?`` of lost letters."""
    return said.translate(_OUT) if _ANY_OUT.search(said) else said  # nine of ten cells have none, and looking is quicker


def as_written(cell: str) -> str:
    """A cell of a file that comes back in the form in which the export took its print: numbers and days lose their dress."""
    said = unmarked(cell).strip()
    if day := _DAY.fullmatch(said):
        return f"{int(day[1]):04}-{int(day[2]):02}-{int(day[3]):02}{day[4]}"
    try:
        return number_as_written(Decimal(said.replace(",", "").lstrip("¥￥'")))
    except (InvalidOperation, ValueError):
        return said


def number_as_written(value: Decimal | int) -> str:
    """A number without trailing zeros, as its print is taken."""
    return format(Decimal(value).normalize(), "f") if Decimal(value).is_finite() else str(value)
