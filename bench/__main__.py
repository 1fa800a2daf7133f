"""``make bench``: measure, print, keep; code 1 when list or form is not twice as fast as vanilla Flask-AppBuilder."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import Any

from bench import house
from bench.figures import Comparison, keep, machine, table, too_slow
from bench.measuring import Sample, summed, times_as_fast
from tests.databases import Files, Server, Store

BESIDE = ("list", "page 1,000", "search", "detail", "form", "create")
ALONE = ("choices", "desk", "finding", "REST list")
TURN, WARM = 5, 3  # requests that one application answers before it is the other's turn, and those before them that are not counted


class Vanilla:
    """The yardstick in its own process."""

    def __init__(self, url: str, count: int) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "bench.vanilla", url, str(count)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._read() == {"ready": True}

    def ask(self, page: str, number: int) -> Sample:
        """One measured request."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"page": page, "number": number}) + "\n")
        self.process.stdin.flush()
        return Sample(**self._read())

    def end(self) -> None:
        """Let the process go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("The vanilla application has ended by itself.")
        return json.loads(line)


def measure(store: Store, folder: Path, count: int, runs: int) -> list[Comparison]:
    """Fill both databases, then ask both applications in turns."""
    print(f"filling Keguan with {count:,} customers …", flush=True)
    app = house.application(store.fresh("bench"), folder)
    ours = house.Answering(app, house.fill(app, count))
    print("filling the vanilla application …", flush=True)
    vanilla = Vanilla(store.fresh("vanilla"), count)
    try:
        found = [_compared(page, ours, vanilla, count, runs) for page in BESIDE]
        return found + [_compared(page, ours, None, count, runs) for page in ALONE]
    finally:
        vanilla.end()
        app.extensions["keguan"].database.engine.dispose()


def _compared(page: str, ours: house.Answering, vanilla: Vanilla | None, count: int, runs: int) -> Comparison:
    print(f"{page} …", flush=True)
    mine: list[list[Sample]] = []
    theirs: list[list[Sample]] = []
    for turn in range(-(-runs // TURN)):
        numbers = [count // 2 + (turn * (WARM + TURN) + run) * 37 for run in range(WARM + TURN)]  # another record each time
        mine.append([ours.ask(page, number) for number in numbers][WARM:])
        if vanilla is not None:
            theirs.append([vanilla.ask(page, number) for number in numbers][WARM:])
    if not theirs:
        return Comparison(page, summed(list(chain(*mine))))
    return Comparison(page, summed(list(chain(*mine))), summed(list(chain(*theirs))), times_as_fast(mine, theirs))


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--postgres", action="store_true", help="on the server of KEGUAN_TEST_POSTGRES instead of SQLite files")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keguan-bench-") as folder:
        store: Store = Server() if asked.postgres else Files(Path(folder))
        try:
            found = measure(store, Path(folder), asked.customers, max(asked.runs, 15))
        finally:
            store.drop()
    kind = "postgresql" if asked.postgres else "sqlite"
    keep(kind, found, {"customers": asked.customers, "runs": max(asked.runs, 15), "machine": machine()})
    print(table(found))
    slow = too_slow(found)
    for page in slow:
        print(f"{page}: not twice as fast as vanilla")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
