"""Heads kept outside the database and outside the data folder: what shows that both were set back together (R-445)."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.audit.blocks import Head, read_block_line

log = logging.getLogger("keguan.audit")
TAIL = 4096  # bytes from the end in which the last line lies


class Anchors:
    """One file for each chain in ``folder``, a line for each block, only ever added to; beside it one with a line for each erasure.

    The folder should lie on another disk or host than the data. Every method may raise :class:`OSError`: the anchor is out of reach then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, chain: int) -> Path:
        """The file of ``chain``."""
        return self.folder / f"chain-{chain}.heads"

    def chains(self) -> list[int]:
        """Chains that have been anchored."""
        names = (path.stem.removeprefix("chain-") for path in self.folder.glob("chain-*.heads"))
        return sorted(int(name) for name in names if name.isdigit())

    def newest(self, chain: int) -> Head | None:
        """The head that was anchored last; None when there is none."""
        path = self.path(chain)
        if not path.is_file():
            return None
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            lines = file.read().split(b"\n")
        found = next((block for line in reversed(lines) if (block := read_block_line(line))), None)
        return Head(found["number"], found["epoch"], found["head"]) if found else None

    def add(self, chain: int, lines: Iterable[bytes]) -> int:
        """Add ``lines``, which are on disk when this returns; return how many there were."""
        return self._append(self.path(chain), lines)

    def _append(self, path: Path, lines: Iterable[bytes]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("ab+") as file:
            if file.tell() and not _ends_a_line(file):
                file.write(b"\n")  # a line that was cut off by a fall stays, and is told as damage
            count = 0
            for count, line in enumerate(lines, 1):  # noqa: B007 - counted
                file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return count

    def knows_erasures(self, chain: int) -> bool:
        """Whether erasures of ``chain`` are kept here at all; those of before are then added with the next head."""
        return self._erasures(chain).is_file()

    def add_erasures(self, chain: int, erasures: Iterable[Mapping[str, Any]]) -> int:
        """Keep what was erased, by numbers alone, so that a database that was set back can be told; on disk when this returns."""
        return self._append(self._erasures(chain), (json.dumps(one, sort_keys=True).encode() for one in erasures))

    def erasures(self, chain: int) -> Iterator[dict[str, Any]]:
        """What was erased in ``chain``, in its order. A line that a fall has cut off was written again whole; one is no reason to stop."""
        if self.knows_erasures(chain):
            with self._erasures(chain).open("rb") as file:
                yield from filter(None, map(_erasure, file))

    def _erasures(self, chain: int) -> Path:
        return self.folder / f"chain-{chain}.erased"

    def set_aside(self, chain: int) -> None:
        """Keep what was anchored of a chain whose company is gone, under a name that is no longer compared."""
        path = self.path(chain)
        path.rename(path.with_name(f"{path.stem}.{time.time_ns()}.gone"))

    def lines(self, chain: int) -> Iterator[dict[str, Any] | None]:
        """Blocks as they were anchored, in their order; None for a line that is damaged."""
        path = self.path(chain)
        if path.is_file():
            with path.open("rb") as file:
                for line in file:
                    yield read_block_line(line.removesuffix(b"\n"))


def _erasure(line: bytes) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        log.warning("a line of the erasures beside the anchor cannot be read")
        return None
    return said


def _ends_a_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
