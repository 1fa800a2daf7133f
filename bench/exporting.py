"""``python -m bench.exporting``: a whole list through the export gate, each file in a process of its own, beside a bare streamed query.

Code 1 when a file takes longer or more memory than is promised (a million customers: CSV 60 s and 150 MB, XLSX 300 s and 250 MB).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bench.figures import machine
from bench.rows import customers
from config.settings import Settings
from core.access.administration import set_parameter
from core.application import create_core
from core.database.engine import refresh_statistics
from core.exports.making import fetch_file, make_file
from core.exports.operations import approve_export, found_export, request_export
from core.exports.states import ExportFormat
from core.exports.terms import Wish
from core.kernel.clock import today
from core.operations.language import catalogues_of, speaking
from core.web.house import Keguan
from plugins.customers.models import Customer
from plugins.customers.rules import name_key
from tests.world import PASSWORD, look_around

WHO = "head.east"
COLUMNS = ("name", "code", "state", "industry", "region", "star_grade", "owner", "phone", "last_contact_at", "next_step")
PROMISED = {"csv": (60.0, 150.0), "xlsx": (300.0, 250.0)}  # seconds and megabytes for a million rows
MILLION = 1_000_000


def keguan_in(data: Path, database_url: str = "") -> Keguan:
    """The core over the database of the bench, by default the one in its data folder."""
    return create_core(Settings(data=data, database_url=database_url, environment="testing", threads=2))


def fill(data: Path, count: int) -> None:
    """A company with ``count`` customers, written past everything that could slow it down."""
    from core.operations.branches import branches  # here, because the processes that are measured need none of it
    from core.operations.catalogues import compile_all
    from core.operations.demo import make_base
    from core.operations.migrations import upgrade

    compile_all()
    keguan = keguan_in(data)
    upgrade(keguan.database.engine, branches(keguan.registry))
    with speaking("zh_CN", catalogues_of(keguan.registry)):
        make_base(keguan.database, keguan.registry, PASSWORD, keguan.settings.password_method)
    world = look_around(keguan)
    with world.use_case("admin") as session:
        for name, value in (("rows_per_day", 10_000_000), ("requests_per_day", 1_000)):
            set_parameter(session, f"core.export_{name}", value, today())
    given = {one.id: one.department_id for one in (world.employees[name] for name in ("sales.east1", "sales.east2"))}
    own = {"company_id": world.companies["qiheng"].id, "version": 1}
    with keguan.database.engine.begin() as connection:
        batch: list[dict[str, Any]] = []
        for row in customers(count, tuple(given)):
            batch.append({**row, **own, "department_id": given[row["owner_id"]], "name_key": name_key(row["name"])})
            if len(batch) == 5_000:
                connection.execute(insert(Customer.__table__), batch)
                batch = []
        if batch:
            connection.execute(insert(Customer.__table__), batch)
    refresh_statistics(keguan.database.engine)


def bare(data: Path) -> int:
    """The query alone, streamed to a CSV file: what no gate could undercut."""
    keguan, count = keguan_in(data), 0
    table = Customer.__table__.c
    columns = [table[f"{name}_id" if name == "owner" else name] for name in COLUMNS]
    with keguan.database.engine.connect() as connection, (data / "bare.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        for portion in connection.execution_options(yield_per=1_000).execute(select(*columns)).partitions():
            rows.writerows(portion)
            count += len(portion)
    return count


def through_the_gate(form: ExportFormat) -> Callable[[Path], int]:
    """Asked for, approved, made and fetched."""

    def export(data: Path) -> int:
        keguan = keguan_in(data)
        world = look_around(keguan)
        with speaking("zh_CN", catalogues_of(keguan.registry)):
            with world.use_case(WHO) as session:
                number = request_export(session, Wish("customers", "年度对账", form, columns=COLUMNS)).id
            with world.use_case("leader") as session:
                approve_export(session, number, found_export(session, number).version, "同意")
            with world.act(WHO):
                make_file(keguan.database, number)
                fetch_file(keguan.database, number).path.unlink()
            with world.reading("leader") as session:
                return int(found_export(session, number).written)

    return export


WAYS: dict[str, Callable[[Path], int]] = {
    "start": lambda data: len(keguan_in(data).registry.names),
    "bare": bare,
    "csv": through_the_gate(ExportFormat.CSV),
    "xlsx": through_the_gate(ExportFormat.XLSX),
}


def measured(way: str, data: Path) -> dict[str, Any]:
    """One way in a process of its own."""
    found = subprocess.run([sys.executable, "-m", "bench.exporting", "--way", way, "--data", str(data)], check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return told


def one(way: str, data: Path) -> None:
    """Do it here and print what it took."""
    began, before = time.perf_counter(), time.process_time()
    rows = WAYS[way](data)
    peak = _peak()
    print(json.dumps({"way": way, "rows": rows, "wall": time.perf_counter() - began, "cpu": time.process_time() - before, "peak": peak}))


def _peak() -> float:
    """Most megabytes of this process; what a child inherits of its parent's ``ru_maxrss`` does not count."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def kept(found: dict[str, Any]) -> bool:
    """Whether it is as fast and as small as is promised, by the processor's clock on a machine that is shared."""
    seconds, megabytes = PROMISED.get(found["way"], (float("inf"), float("inf")))
    return bool(found["cpu"] <= seconds * max(found["rows"], 50_000) / MILLION and found["peak"] <= megabytes)


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m bench.exporting", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help="a filled data folder; by default a new one is made and thrown away")
    asked = parser.parse_args()
    if asked.way:
        one(asked.way, asked.data)
        return 0
    with tempfile.TemporaryDirectory(prefix="keguan-bench-") as folder:
        data = asked.data or Path(folder)
        if not (data / "keguan.db").exists():
            fill(data, asked.rows)
        found = [measured(way, data) for way in WAYS]
    print(f"{asked.rows:,} customers, {len(COLUMNS)} columns, SQLite, {machine()}, shared with other work: load {os.getloadavg()[0]:.1f}.")
    print("| way | rows | seconds | of the processor | peak MB |\n| --- | --- | --- | --- | --- |")
    for told in found:
        print(f"| {told['way']} | {told['rows']:,} | {told['wall']:.1f} | {told['cpu']:.1f} | {told['peak']:.0f} |")
    return 0 if all(kept(told) for told in found) else 1


if __name__ == "__main__":
    sys.exit(main())
