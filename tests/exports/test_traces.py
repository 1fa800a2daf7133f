"""One row of any list leads back to who let it out, whatever has become of the file; a row that never left names nobody (R-444)."""

from __future__ import annotations

import random
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest

from core.exports.leaving import exported
from core.exports.marks import marks_in
from core.exports.operations import may_export
from core.exports.sources import Source, all_sources
from core.exports.states import ExportFormat
from core.exports.tracing import Trace
from tests.evidence import Evidence
from tests.exports.conftest import Gate
from tests.exports.test_files import Leak, rows_of, saved, traced
from tests.sizes import sized
from tests.world import World

EXPORTERS = ("head.east", "head.west")
ROWS = sized(3, 25)
LEAST_COLUMNS = 4  # of which two stay: a single word such as a state is no row


@pytest.fixture
def gate(demonstration: World) -> Gate:
    """The gate before everything that the demonstration has written; whoever exports here has no quota in the way."""
    gate = Gate(demonstration)
    gate.set(export_requests_per_day=1_000, export_rows_per_day=1_000_000)
    return gate


@pytest.mark.requirement("R-444")
@pytest.mark.evidence("traces-{database_kind}")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_row_of_any_list_names_who_let_it_out(gate: Gate, database_kind: str, tmp_path: Path) -> None:
    evidence = Evidence(f"traces-{database_kind}", gate.world.keguan.registry.names)
    for key, source in sorted(all_sources().items()):
        if ExportFormat.CSV in source.formats and source.plugin != "core":
            _walk(gate, key, source, tmp_path, evidence)
    evidence.close()


def _walk(gate: Gate, key: str, source: Source, folder: Path, evidence: Evidence) -> None:
    """The same list leaves with everybody who may export it, as CSV and as XLSX; each row must name its own export."""
    chance = random.Random(key)
    columns = tuple(source.fields())
    for account in EXPORTERS:
        if len(columns) < LEAST_COLUMNS or not _has_rows(gate, source, account):
            continue
        for form in (ExportFormat.CSV, ExportFormat.XLSX):
            path = gate.file(account, source=key, columns=columns, form=form)
            _trace_rows(gate, path, f"{key} {account} {form.value}", source.plugin, chance, folder, evidence)


def _has_rows(gate: Gate, source: Source, account: str) -> bool:
    who = gate.world.actor(account)
    if source.plugin not in who.modules or not may_export(who, source.resource):
        return False
    with gate.world.reading(account) as session:
        return session.execute(exported(session, source, source.checked(())).limit(1)).first() is not None


def _trace_rows(gate: Gate, path: Path, item: str, plugin: str, chance: random.Random, folder: Path, evidence: Evidence) -> None:
    rows = _table(path)
    for number in range(ROWS):
        leaked = Leak(chance.randrange(10**6)).half_the_columns_of_one_row(rows)
        found = traced(gate, saved(leaked, folder / "leak.csv"))
        if not any(leaked[0]):
            evidence.neutral(f"{item} row {number}: nothing is left of it", plugin)
        elif _led_to(gate, leaked, found, int(path.stem), item):
            evidence.positive(f"{item} row {number}", plugin)
        else:
            evidence.failed(f"{item} row {number}", f"{leaked} led to {found}", plugin)
    forged = [[f"{cell}改" for cell in rows[1]]]
    found = [one for one in traced(gate, saved(forged, folder / "leak.csv")) if one.number == int(path.stem)]
    if found:
        evidence.failed(f"{item} other words", f"{forged} led to {found}", plugin)
    else:
        evidence.refused(f"{item} other words", plugin)


def _led_to(gate: Gate, leaked: list[list[str]], found: list[Trace], number: int, item: str) -> bool:
    """Words carry the mark of their one export; a row of bare figures and days is known by its prints, with whatever else held it."""
    mine = next((one for one in found if one.number == number), None)
    alone = len(found) == 1 or not any(list(marks_in(cell)) for cell in leaked[0])
    return alone and mine is not None and mine.who.startswith(gate.world.employees[item.split()[1]].name)


def _table(path: Path) -> list[list[str]]:
    """The rows of the file as whoever opens it and saves it again as CSV would have them."""
    if path.suffix != ".xlsx":
        return rows_of(path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[_typed(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _typed(cell: object) -> str:
    """A day is a moment for the library and a day for whoever saves it."""
    return "" if cell is None else str(cell.date()) if isinstance(cell, datetime) and cell.time() == time() else str(cell)
