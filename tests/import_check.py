"""``make import-check``: the list of the exchanges becomes customers, whatever happens on the way.

A fresh demonstration for each part; the command itself runs, as a person would run it. Fails where the real data are missing.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "data" / "listed-companies.csv"
PROFILE = ROOT / "config" / "profiles" / "listed-companies.toml"
ROWS, ROWS_A_SECOND, MEGABYTES = 5_448, 2_000, 250
KILLS = 10
RENAMED = {"ts_code": "股票编号", "name": "企业简称", "area": "所在省市", "industry": "门类", "list_date": "挂牌日"}
STATE = """
SELECT c.code, c.name, c.kind, c.state, c.review, c.region, c.industry, c.listed_on, c.version, e.number, d.code
FROM customers_customer c JOIN core_employee e ON e.id = c.owner_id JOIN core_department d ON d.id = c.department_id
WHERE c.source = 'import' ORDER BY c.code
"""


class Deployment:
    """A folder with a fresh demonstration, copied from one that was made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def command(self, *arguments: str) -> list[str]:
        """The program with its arguments."""
        return [sys.executable, str(ROOT / "app.py"), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """Where this deployment keeps its data."""
        return {**os.environ, "KEGUAN_DATA": str(self.folder), "KEGUAN_DEMO_PASSWORD": "import-check-1", "LANG": "en_US.UTF-8"}

    def run(self, *arguments: str) -> str:
        """Run the command and return what it printed; its failure is ours."""
        done = subprocess.run(self.command(*arguments), env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def imports(self, file: Path, profile: Path = PROFILE) -> dict[str, Any]:
        """Import the file; the report."""
        report: dict[str, Any] = json.loads(self.run("import", str(file), "--profile", str(profile), "--json"))
        return report

    def rows(self) -> list[tuple[Any, ...]]:
        """The imported customers as they lie in the database."""
        connection = sqlite3.connect(self.folder / "keguan.db")
        try:
            return connection.execute(STATE).fetchall()
        finally:
            connection.close()

    def digest(self) -> str:
        """One number for the state of all imported customers."""
        return hashlib.sha256(repr(self.rows()).encode()).hexdigest()


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected; the report must balance."""
    found = tuple(int(report[name]) for name in ("created", "updated", "unchanged", "rejected_rows"))
    assert sum(found) == report["read"], f"the report does not balance: {report}"
    return found  # type: ignore[return-value]


def check_whole(fresh: Deployment) -> str:
    """Everything is created and spread; the same file again changes nothing. Returns the digest of the state."""
    assert counts(fresh.imports(REAL)) == (ROWS, 0, 0, 0)
    rows = fresh.rows()
    owners: dict[tuple[str, str], int] = {}
    for row in rows:
        owners[row[10], row[9]] = owners.get((row[10], row[9]), 0) + 1
    assert {department for department, _ in owners} == {"east", "west"}, owners
    east = [count for (department, _), count in owners.items() if department == "east"]
    assert len(east) == 2, owners
    assert min(east) * 10 >= sum(east) * 4, f"not spread evenly: {owners}"
    wrong = [row for row in rows if (row[5] in ("浙江", "上海", "江苏")) and row[10] != "east"]
    assert not wrong, wrong[:3]
    before = fresh.digest()
    assert counts(fresh.imports(REAL)) == (0, 0, ROWS, 0)
    assert fresh.digest() == before
    said = ", ".join(f"{department}/{number}: {count}" for (department, number), count in sorted(owners.items()))
    print(f"{ROWS:,} created, {said}; again: 0 changes")
    return before


def check_killed(fresh: Deployment, wanted: str) -> None:
    """Killed at ten points of its way, then run to the end: the same state."""
    stops, chance = [], random.Random(10)
    for part in range(KILLS):
        target = int(ROWS * (part + chance.random()) / KILLS)
        process = subprocess.Popen(
            fresh.command("import", str(REAL), "--profile", str(PROFILE)), env=fresh.environment, stdout=subprocess.DEVNULL
        )
        while process.poll() is None and len(fresh.rows()) < target:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        stops.append(len(fresh.rows()))
    assert stops[0] < ROWS, "the first kill came too late"
    assert len(set(stops)) >= KILLS // 2, f"the kills came at the same point: {stops}"
    counts(fresh.imports(REAL))
    assert fresh.digest() == wanted, "the state after kills is another"
    print(f"killed after {', '.join(map(str, stops))} rows: the same state")


def check_shuffled(fresh: Deployment, wanted: str, folder: Path) -> None:
    """Other names and another order of columns and rows need a profile and no code."""
    file, profile = folder / "shuffled.csv", folder / "shuffled.toml"
    with REAL.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    random.Random(3).shuffle(rows)
    columns = ["list_date", "name", "symbol", "industry", "ts_code", "area"]
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow([RENAMED.get(name, name) for name in columns])
        writer.writerows([row[name] for name in columns] for row in rows)
    text = PROFILE.read_text(encoding="utf-8")
    for old, new in RENAMED.items():
        text = text.replace(f'from = ["{old}"', f'from = ["{new}"')
    profile.write_text(text, encoding="utf-8")
    assert counts(fresh.imports(file, profile)) == (ROWS, 0, 0, 0)
    assert fresh.digest() == wanted, "the state from shuffled columns is another"
    print("shuffled and renamed columns, by a profile alone: the same state")


def check_encoded(fresh: Deployment, wanted: str, folder: Path) -> None:
    """A copy in GB18030 is recognised."""
    file = folder / "gb18030.csv"
    file.write_bytes(REAL.read_text(encoding="utf-8-sig").encode("gb18030"))
    assert counts(fresh.imports(file)) == (ROWS, 0, 0, 0)
    assert fresh.digest() == wanted, "the state from GB18030 is another"
    print("GB18030: the same state")


def measure(fresh: Deployment, known: Deployment) -> None:
    """Rows per second of the import without the start of the program, and its memory; reported, not tested."""
    start = min(_used(known, "--help")[0] for _ in range(2))
    wall, cpu, megabytes = _used(fresh)
    rate = ROWS / max(wall - start, 0.001)
    print(f"{rate:,.0f} rows/s by the clock (wanted {ROWS_A_SECOND:,}), start of the program {start:.1f} s, processor {cpu:.1f} s in all")
    print(f"{megabytes:.0f} MB at most (wanted {MEGABYTES})")


def _used(deployment: Deployment, *more: str) -> tuple[float, float, float]:
    """Seconds by the clock and of the processor, and megabytes, of one import."""
    command = deployment.command("import", str(REAL), "--profile", str(PROFILE), *more)
    began = time.perf_counter()
    process = subprocess.Popen(command, env=deployment.environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> int:
    """All parts, one after the other."""
    if not REAL.is_file():
        print(f"The real data are missing: {REAL}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="keguan-import-") as name:
        folder = Path(name)
        made = Deployment(folder / "made")
        made.run("demo", "--rounds", "1")

        def fresh(kind: str) -> Deployment:
            return Deployment(Path(shutil.copytree(made.folder, folder / kind)))

        whole = fresh("whole")
        digest = check_whole(whole)
        check_killed(fresh("killed"), digest)
        check_shuffled(fresh("shuffled"), digest, folder)
        check_encoded(fresh("encoded"), digest, folder)
        measure(fresh("measured"), whole)
    print("import-check: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
