"""One measured request, and what many of them come to."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

FREE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Sample:
    """One request: milliseconds by the clock and of the processor, SQL statements, bytes of the answer."""

    wall: float
    cpu: float
    statements: int
    size: int


@dataclass(frozen=True)
class Figure:
    """Medians of one page over ``runs`` requests."""

    wall: float
    cpu: float
    statements: int
    size: int
    runs: int


class Statements:
    """Collects the SQL that an engine is told; beginnings and ends of transactions are no statements."""

    def __init__(self, engine: Engine) -> None:
        self.said: list[str] = []
        event.listen(engine, "before_cursor_execute", self._hear)

    def _hear(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(FREE):
            self.said.append(statement)


@contextmanager
def sampled(statements: Statements, answer: Callable[[], int]) -> Iterator[list[Sample]]:
    """Time the block; ``answer()`` then tells the size of what came back. The sample stands in the list afterwards."""
    found: list[Sample] = []
    statements.said.clear()
    wall, cpu = time.perf_counter(), time.process_time()
    yield found
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found.append(Sample(wall * 1_000, cpu * 1_000, len(statements.said), answer()))


def summed(samples: list[Sample]) -> Figure:
    """The medians; the number of statements is the largest that occurred."""
    return Figure(
        statistics.median(one.wall for one in samples),
        statistics.median(one.cpu for one in samples),
        max(one.statements for one in samples),
        int(statistics.median(one.size for one in samples)),
        len(samples),
    )
