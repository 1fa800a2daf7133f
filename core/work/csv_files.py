"""Rows of a CSV file, one at a time; a broken row is handed on as broken and the rows after it are read."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from core.kernel.errors import TooLarge
from core.kernel.words import Message, msg
from core.work.encodings import TextKind, recognise
from core.work.rows import Limits

SEPARATORS = (",", ";", "\t")

CsvRow = tuple[int, list[str], Message | None]
"""Line where the row begins, its cells, and what is wrong with it as a whole."""


class CsvFile:
    """A CSV file whose encoding and separator have been recognised; :meth:`rows` may be read again and again."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.kind: TextKind = recognise(path)
        with self._open() as file:
            self.separator, self._stated = _separator(_first_line(file, limits))

    @property
    def length(self) -> int:
        """About how many rows the file has (its lines)."""
        return self.kind.lines

    def rows(self) -> Iterator[CsvRow]:
        """Every row that is not blank, in constant memory. Raises :class:`TooLarge` when too many rows are broken."""
        with self._open() as file:
            reader = _Records(_lines(file, self.limits.row_characters), self.separator, self.limits)
            for number, cells, problem in reader:
                if any(cells) and not (number == 1 and self._stated):
                    yield number, cells, problem

    def _open(self) -> TextIO:
        return self.path.open("r", encoding=self.kind.encoding, newline="")


class _Records:
    """Splits lines into rows. A quotation mark that never closes costs one row, not the rest of the file."""

    def __init__(self, lines: Iterator[str], separator: str, limits: Limits) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._separator = separator
        self._limits = limits
        self._size = 0
        self._broken = 0

    def __iter__(self) -> Iterator[CsvRow]:
        number = 1
        reader = self._reader()
        while True:
            self._taken.clear()
            self._size = 0
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield number, [self._taken[0].rstrip("\r\n")], self._refusal()
                self._again.extendleft(reversed(self._taken[1:]))
                number += 1
                reader = self._reader()
            else:
                yield number, cells, self._too_long() if self._size > self._limits.row_characters else None
                number += len(self._taken)

    def _reader(self) -> Iterator[list[str]]:
        return iter(csv.reader(self._feed(), delimiter=self._separator, strict=True))

    def _feed(self) -> Iterator[str]:
        while not self._taken or self._size <= self._limits.row_characters:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            self._size += len(line)
            self._taken.append(line)
            yield line

    def _refusal(self) -> Message:
        self._broken += 1
        if self._broken > self._limits.broken_rows:
            raise TooLarge(msg("More than %(limit)s rows are broken. Please check the quotation marks.", limit=self._limits.broken_rows))
        if len(self._taken[0]) > self._limits.row_characters:
            return self._too_long()
        return msg("A quotation mark in this row is not closed, or text follows a closed one. Please correct or remove it.")

    def _too_long(self) -> Message:
        return msg("The row is longer than %(limit)s characters. Please shorten it.", limit=self._limits.row_characters)


def _lines(file: TextIO, most: int) -> Iterator[str]:
    """Lines of at most ``most`` + 1 characters: the rest of a longer line is passed over, never held in memory."""
    while line := file.readline(most + 1):
        yield line
        while len(line) > most and not line.endswith(("\n", "\r")):
            line = file.readline(most + 1)
            if not line:
                return


def _first_line(file: TextIO, limits: Limits) -> str:
    return next((line for line in _lines(file, limits.row_characters) if line.strip()), "")


def _separator(line: str) -> tuple[str, bool]:
    """The separator, and whether the first line does nothing but state it (``sep=;``, as spreadsheet programs write)."""
    if stated := re.fullmatch(r"sep=([,;\t])", line.strip("\r\n"), re.IGNORECASE):
        return stated[1], True
    bare = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count), False
