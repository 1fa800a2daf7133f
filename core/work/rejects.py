"""What became of a file: the report, and the rows that were rejected, ready to be mended and fed again."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TextIO

from core.kernel.words import Message, msg
from core.work.rejected_cells import defused
from core.work.rows import Problem, RawRow

KEPT = 1_000
"""Problems that a report lists; the file of rejected rows has them all."""


@dataclass
class Report:
    """Counts of rows; ``rejected`` lists the first problems (one row may have several), ``rejected_rows`` counts the rows."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected_rows: int = 0
    rejected: list[Problem] = field(default_factory=list)

    def reject(self, problems: Sequence[Problem]) -> None:
        """Count one rejected row with everything that is wrong with it."""
        self.rejected_rows += 1
        self.rejected.extend(problems[: KEPT - len(self.rejected)])

    @property
    def balanced(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.created + self.updated + self.unchanged + self.rejected_rows

    def lines(self, file: str) -> list[Message]:
        """For a person: the totals, then one line for each problem of ``file``."""
        names = ("read", "created", "updated", "unchanged")
        counts = {name: f"{getattr(self, name):,}" for name in names} | {"rejected": f"{self.rejected_rows:,}"}
        totals = msg(
            "Rows read: %(read)s; created: %(created)s, updated: %(updated)s, unchanged: %(unchanged)s, rejected: %(rejected)s.", **counts
        )
        return [totals, *(_line(file, problem) for problem in self.rejected), *self._rest()]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``: in the language of the reader."""
        return self._totals() | {"rejected": [problem.as_dict() for problem in self.rejected]}

    def kept(self) -> dict[str, Any]:
        """For the row of the run: in nobody's language."""
        return self._totals() | {"rejected": [problem.kept() for problem in self.rejected]}

    def _totals(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("read", "created", "updated", "unchanged", "rejected_rows")}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The report of a run that has ended, as :meth:`kept` wrote it."""
        return cls(**{**data, "rejected": [Problem.from_dict(problem) for problem in data["rejected"]]})

    def _rest(self) -> list[Message]:
        if len(self.rejected) < KEPT:
            return []
        return [msg("Further problems are listed only in the file of rejected rows.")]


def _line(file: str, problem: Problem) -> Message:
    values = problem.as_dict() | {"file": file, "reason": problem.reason}
    if not problem.column:
        return msg("%(file)s, row %(row)s: %(reason)s", **values)
    return msg("%(file)s, row %(row)s, column “%(column)s”, value “%(value)s”: %(reason)s", **values)


class RejectedRows:
    """Writes rejected rows as CSV in UTF-8 with BOM, the reason in the first column, every cell else as it was.

    The file can be opened in a spreadsheet without running anything, mended, and fed again with the same profile. It comes into being
    with the first row, under its own name only when it is complete.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.columns = tuple(columns)
        self._part = path.with_name(path.name + ".part")
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if self._file is None:
            return
        self._file.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink()

    def write(self, row: RawRow, problems: Sequence[Problem]) -> None:
        """Hand one row back with everything that is wrong with it."""
        reason = " ".join(f"{problem.column}: {problem.reason}" if problem.column else str(problem.reason) for problem in problems)
        csv.writer(self._open()).writerow([defused(cell) for cell in (reason, *row.cells)])

    def _open(self) -> TextIO:
        if self._file is None:
            self._file = self._part.open("w", encoding="utf-8-sig", errors="replace", newline="")
            header = (str(msg("Reason for rejection")), *self.columns)
            csv.writer(self._file).writerow([defused(name) for name in header])
        return self._file
