"""``python -m bench.importing``: the command that imports, as a process of its own; code 1 when it is slower or larger than promised."""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from bench.figures import keep_import, machine
from bench.rows import customers
from tests.databases import Files, Server, Store

ROOT = Path(__file__).resolve().parent.parent
PROFILE = ROOT / "config" / "profiles" / "listed-companies.toml"
HEADER = ("ts_code", "name", "area", "industry", "list_date")
ROWS_A_SECOND, MEGABYTES = 2_000, 250


@dataclass(frozen=True)
class Used:
    """What one run of the program took: seconds by the clock and of the processor, megabytes at most."""

    wall: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Measured:
    """The median of several imports of one file, and what the bare start of the program takes."""

    kind: str
    rows: int
    start: Used
    whole: Used

    @property
    def rate(self) -> float:
        """Rows a second by the clock, the start of the program apart."""
        return self.rows / (self.whole.wall - self.start.wall)

    @property
    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        seconds = f"{self.whole.wall:.1f}", f"{self.whole.cpu:.1f}", f"{self.start.wall:.1f}", f"{self.start.cpu:.1f}"
        by_cpu = self.rows / (self.whole.cpu - self.start.cpu)
        return (self.kind, *seconds, f"{self.rate:,.0f}", f"{by_cpu:,.0f}", f"{self.whole.megabytes:.0f}")

    @property
    def kept(self) -> bool:
        """Whether it is as fast and as small as promised."""
        return self.rate >= ROWS_A_SECOND and self.whole.megabytes <= MEGABYTES


class Program:
    """The program over one database, in a folder of its own."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._environment = {**os.environ, "KEGUAN_DATA": str(folder / "data"), "KEGUAN_DEMO_PASSWORD": "bench-bench-1"}
        self._used(store.fresh("imports"), "demo")

    def imports(self, file: Path) -> Used:
        """Import the file into a fresh demonstration."""
        self._store.reset("imports")
        return self._used(self._store.url, "import", str(file), "--profile", str(PROFILE))

    def starts(self) -> Used:
        """Do next to nothing."""
        self._store.reset("imports")
        return self._used(self._store.url, "company", "list")

    def _used(self, url: str, *arguments: str) -> Used:
        began = time.perf_counter()
        environment = {**self._environment, "KEGUAN_DATABASE_URL": url}
        process = subprocess.Popen([sys.executable, str(ROOT / "app.py"), *arguments], env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"app.py {arguments[0]} ended with code {process.returncode}")
        return Used(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def files(folder: Path, count: int) -> dict[str, Path]:
    """The same customers as CSV and as XLSX."""
    rows = [
        (row["code"], row["name"], row["region"], row["industry"], f"20{number % 25:02d}-{number % 12 + 1:02d}-{number % 28 + 1:02d}")
        for number, row in enumerate(customers(count, (1,)))
    ]
    found = {"CSV": folder / "customers.csv", "XLSX": folder / "customers.xlsx"}
    with found["CSV"].open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    with xlsxwriter.Workbook(found["XLSX"], {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, cells)
    return found


def measure(store: Store, folder: Path, count: int, runs: int) -> list[Measured]:
    """Medians over ``runs`` imports of each file, the kinds in turns."""
    program = Program(store, folder)
    made = files(folder, count)
    start = _median([program.starts() for _ in range(runs)])
    taken: dict[str, list[Used]] = {kind: [] for kind in made}
    for _ in range(runs):
        for kind, file in made.items():
            taken[kind].append(program.imports(file))
            print(f"{kind}: {taken[kind][-1]}", flush=True)
    return [Measured(kind, count, start, _median(found)) for kind, found in taken.items()]


def _median(found: list[Used]) -> Used:
    return Used(*(statistics.median(getattr(one, name) for one in found) for name in ("wall", "cpu", "megabytes")))


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--postgres", action="store_true", help="on the server of KEGUAN_TEST_POSTGRES instead of SQLite files")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keguan-bench-") as folder:
        store: Store = Server() if asked.postgres else Files(Path(folder))
        try:
            found = measure(store, Path(folder), asked.rows, asked.runs)
        finally:
            store.drop()
    about = f"{asked.rows:,} rows, medians of {asked.runs} runs, {machine()}, shared with other work: load {os.getloadavg()[0]:.1f}."
    print(keep_import("postgresql" if asked.postgres else "sqlite", about, [one.cells for one in found]))
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
