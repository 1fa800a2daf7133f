"""Rows of a file that are taken or rejected together: each alone, or all of one document with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from core.work.mapping import Binding
from core.work.rows import RawRow

Piece = list[RawRow]


def pieces_of(rows: Iterable[RawRow], binding: Binding, *, documents: bool, most: int) -> Iterator[Piece]:
    """``rows`` in pieces: of ``documents`` those of one key that stand one below the other, at most ``most`` of them."""
    if not documents:
        yield from ([row] for row in rows)
        return
    for _, some in groupby(rows, binding.key_cells):
        while piece := list(islice(some, most)):
            yield piece


def batches_of(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """Pieces together, at most ``size`` rows of them."""
    batch: list[Piece] = []
    count = 0
    for piece in pieces:
        if batch and count + len(piece) > size:
            yield batch
            batch, count = [], 0
        batch.append(piece)
        count += len(piece)
    if batch:
        yield batch
