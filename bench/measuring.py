"""One measured request, and what many of them come to."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
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


def times_as_fast(ours: Sequence[Sequence[Sample]], theirs: Sequence[Sequence[Sample]]) -> float:
    """How many times as fast ours is, by the clock: the median over the turns, each compared with the one right after it.

    A machine that others use too is half as fast for some seconds; that falls on both of a pair.
    """
    return statistics.median(_wall(other) / _wall(own) for own, other in zip(ours, theirs, strict=True))


def _wall(turn: Sequence[Sample]) -> float:
    return statistics.median(one.wall for one in turn)
