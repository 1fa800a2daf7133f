"""``python -m bench.browsing``: what people wait for in a browser, over few rows and over many, side by side in one run.

Two databases are filled, each is served by a process of its own that has just begun, and Chromium opens the same lists with the same
random filters on both in turns, and records chosen at random, as people whose rights are scoped. Code 1 when the 95th percentile over
many rows is more than 1.5 times that over few.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page
from sqlalchemy import update

from bench import house
from bench.figures import keep_browsing, machine
from bench.rows import SOUGHT
from config.settings import Settings
from core.application import create_core
from core.database.engine import refresh_statistics
from core.kernel.clock import today
from core.web.fab import build_web
from core.web.nouns import Noun, Nouns
from tests.browser.house import serving
from tests.browser.windows import chromium, session_of
from tests.conformance.crowd import fill
from tests.databases import Files, Server, Store
from tests.world import look_around

WHO = ("head.east", "sales.east1")
"""The head of a department by the scope *subtree*, and somebody who sees the own records and those that are shared."""
FILLED = ("opportunities", "contracts")
"""Lists that are filled beside the customers."""
OPENED = ("customers", *FILLED)
FEW, MANY, PROMISED, WARM = 20, 200_000, 1.5, 6
SLOWEST = 12
"""Addresses that are told at the end, because their answers took longest."""
LIST, RECORD = "list", "record"


def make(url: str, folder: Path, rows: int) -> None:
    """Fill a fresh database."""
    app = house.application(url, folder)
    world = house.fill(app, rows)
    nouns: Nouns = app.extensions["keguan"].nouns
    for path in FILLED:
        fill(world.keguan.database.engine, world, nouns.by_path[path], rows)
        with world.keguan.database.engine.begin() as connection:  # as in life: no customer has all of them
            table = nouns.by_path[path].model.__table__
            connection.execute(update(table).values(customer_id=1 + table.c.id * 7919 % rows))
    refresh_statistics(world.keguan.database.engine)


def serve(url: str, folder: Path) -> None:
    """Serve a filled database until the other end of the pipe is closed; the first line says where, and with which cookies."""
    keguan = create_core(Settings(data=folder, environment="testing", database_url=url, threads=4))
    app = build_web(keguan)
    logging.getLogger("waitress").setLevel(logging.CRITICAL)  # a browser that closes, or a busy machine, is no news
    with serving(keguan, app) as served:
        look_around(keguan)
        print(json.dumps({"address": served.address, "cookies": {who: session_of(served, who) for who in WHO}}), flush=True)
        sys.stdin.read()


@dataclass
class Side:
    """One of the two: how many rows, and a page for each person."""

    rows: int
    address: str
    pages: dict[str, Page]
    waited: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {LIST: [], RECORD: []})
    slowest: list[tuple[float, str, str]] = field(default_factory=list)

    def open(self, who: str, path: str, kind: str = "") -> None:
        """Open a page, and keep what one waits for it: until all of it has come and is drawn, and until the answer was there (ms)."""
        page = self.pages[who]
        answer = page.goto(f"{self.address}/c/qiheng{path}", wait_until="load")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        told = {"duration": 0.0}
        while not told["duration"]:  # the end of the load is told a moment after it
            told = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
        if kind:
            self.waited[kind].append((told["duration"], told["responseEnd"]))
            self.slowest = sorted([*self.slowest, (told["responseEnd"], who, path)], reverse=True)[:SLOWEST]

    def p95(self, kind: str, which: int = 0) -> float:
        """The 95th percentile of the whole, or of the answer alone."""
        found = sorted(one[which] for one in self.waited[kind])
        return found[math.ceil(0.95 * len(found)) - 1]

    def median(self, kind: str) -> float:
        """The median of the whole."""
        return sorted(one[0] for one in self.waited[kind])[len(self.waited[kind]) // 2]


@contextmanager
def side(browser: Browser, url: str, folder: Path, rows: int) -> Iterator[Side]:
    """Fill in one process, then serve by a new one."""
    folder.mkdir()
    command = [sys.executable, "-W", "ignore", "-m", "bench.browsing", "--url", url, "--folder", str(folder)]
    print(f"filling {rows:,} rows …", flush=True)
    subprocess.run([*command, "--fill", str(rows)], check=True)
    process = subprocess.Popen([*command, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        pages = {}
        for who, cookies in told["cookies"].items():
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
            context.set_default_timeout(120_000)
            context.add_cookies([{"name": name, "value": value, "url": told["address"]} for name, value in cookies])
            pages[who] = context.new_page()
        yield Side(rows, told["address"], pages)
        for page in pages.values():
            page.context.close()
    finally:
        process.stdin.close()
        process.wait(60)


def asked_list(noun: Noun, chance: random.Random) -> str:
    """A list with filters, an order and sometimes a search, all chosen at random from what the noun declares."""
    asked: list[tuple[str, str]] = []
    for name in chance.sample(noun.filters, min(len(noun.filters), chance.randint(0, 2))):
        declared = noun.fields[name]
        if declared.choices is not None:
            asked.append((name, str(chance.choice(list(declared.choices)).value)))
        elif declared.kind in ("date", "moment"):
            asked.append((f"{name}_from", str(today() - timedelta(days=chance.randint(0, 400)))))
    sortable = [shown.name for shown in noun.columns if noun.fields[shown.name].sortable]
    if sortable and chance.random() < 0.5:
        asked.append(("order", chance.choice(("", "-")) + chance.choice(sortable)))
    if chance.random() < 0.2:
        asked.append(("q", SOUGHT))
    return f"/{noun.path}/?{urlencode([('view', 'all'), *asked])}"


def browse(sides: Sequence[Side], nouns: Nouns, runs: int) -> None:
    """Open lists and records in turns on both sides; now the one is first, now the other."""
    chance = random.Random(2026)
    for turn in range(-WARM, runs):
        who, noun = WHO[turn % len(WHO)], nouns.by_path[OPENED[turn % len(OPENED)]]
        path = asked_list(noun, chance)
        place = chance.random()
        for one in sides if turn % 2 else reversed(sides):
            one.open(who, path, LIST if turn >= 0 else "")
            number = _own(one, place, noun)
            one.open(who, f"/{noun.path}/{number}", RECORD if turn >= 0 else "")


def _own(one: Side, place: float, noun: Noun) -> int:
    """The id of a record at about ``place`` of the whole that the first salesperson owns, so that both people see it."""
    step = 2 if noun.path == "customers" else 3  # customers go to two people in turn, the others to three
    number = int(place * (one.rows - step)) // step * step + step
    return number - 1 if step == 2 else number


def report(kind: str, sides: Sequence[Side], runs: int) -> bool:
    """Print and keep the table; whether the promise is kept."""
    few, many = sides
    rows = [
        (
            page,
            f"{few.median(page):.0f}",
            f"{many.median(page):.0f}",
            f"{few.p95(page):.0f}",
            f"{many.p95(page):.0f}",
            f"{many.p95(page) / few.p95(page):.2f}",
            f"{few.p95(page, 1):.0f}",
            f"{many.p95(page, 1):.0f}",
        )
        for page in (LIST, RECORD)
    ]
    print(keep_browsing(kind, f"{few.rows:,} and {many.rows:,} rows in each list, {runs} of each page on each side, {machine()}.", rows))
    for waited, who, path in many.slowest:
        print(f"{waited:7.0f} ms  {who:<11} {path}")
    return all(many.p95(page) <= PROMISED * few.p95(page) for page in (LIST, RECORD))


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m bench.browsing", description=__doc__)
    parser.add_argument("--rows", type=int, default=MANY)
    parser.add_argument("--runs", type=int, default=120)
    parser.add_argument("--postgres", action="store_true", help="on the server of KEGUAN_TEST_POSTGRES instead of SQLite files")
    for hidden in ("--url", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fill:
        make(asked.url, Path(asked.folder), asked.fill)
        return 0
    if asked.serve:
        serve(asked.url, Path(asked.folder))
        return 0
    return _compare(asked)


def _compare(asked: Any) -> int:
    with tempfile.TemporaryDirectory(prefix="keguan-browsing-") as folder, chromium() as browser:
        store: Store = Server() if asked.postgres else Files(Path(folder))
        nouns = build_web(create_core(Settings(data=Path(folder), environment="testing", database_url=""))).extensions["keguan"].nouns
        try:
            with (
                side(browser, store.fresh("few"), Path(folder) / "few-files", FEW) as few,
                side(browser, store.fresh("many"), Path(folder) / "many-files", asked.rows) as many,
            ):
                browse((few, many), nouns, asked.runs)
                kept = report("postgresql" if asked.postgres else "sqlite", (few, many), asked.runs)
        finally:
            store.drop()
    if not kept:
        print(f"more than {PROMISED} times as long over many rows")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
