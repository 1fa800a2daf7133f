"""What a file of rows is made of: the raw row, what is wrong with it, and how much of it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from core.database.sentences import as_plain, from_plain
from core.kernel.words import Message

SHOWN = 200
"""Characters of a refused value that a report shows; the file of rejected rows keeps the whole."""


@dataclass(frozen=True)
class Limits:
    """How much a file may hold before it is refused as too large."""

    file_bytes: int = 50 * 1024 * 1024
    rows: int = 1_000_000
    cell_characters: int = 10_000
    row_characters: int = 100_000
    broken_rows: int = 10_000  # rows whose quotation marks do not close: each costs a second reading
    unzipped_bytes: int = 300 * 1024 * 1024
    zip_entries: int = 2_000
    zip_ratio: int = 200
    sheet_cells: int = 5_000_000  # rows times columns, 32 bytes each: two cells in far corners make a huge sheet of a tiny file


@dataclass(frozen=True)
class Problem:
    """Why one row was rejected: ``row`` as a person sees it in the file, ``column`` as the file names it ('' for the whole row)."""

    row: int
    column: str
    value: str
    reason: Message

    def as_dict(self) -> dict[str, Any]:
        """For JSON that is read now: as it is kept, and the reason in the language of the reader."""
        return self.kept() | {"reason": str(self.reason)}

    def kept(self) -> dict[str, Any]:
        """For a stored report: the reason as message id with its values, to be said again in any language."""
        said = as_plain(self.reason)
        return {"row": self.row, "column": self.column, "value": self.value[:SHOWN], "message": said["text"], "params": said["params"]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The problem of a stored report, its reason again in the language of the reader."""
        return cls(data["row"], data["column"], data["value"], from_plain({"text": data["message"], "params": data["params"]}))


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file.

    ``number`` is the line (CSV: where the row begins) or the row (spreadsheet) as a person sees it, the header included.
    ``cells`` are the untouched cells, ``values`` the same by column; a row with ``problems`` must not be used but can be handed back.
    """

    number: int
    values: dict[str, str]
    cells: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
