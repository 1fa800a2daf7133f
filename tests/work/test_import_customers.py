"""Three hundred rows with every kind of dirt become customers, and the report says of each bad one which row, which column, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.settings import ROOT
from core.kernel.acting import System
from core.work.imports import Imported, ImportOrder, run_import
from core.work.profiles import load_profile
from core.work.tables import open_table
from plugins.customers.models import Customer
from tests.data import make_dirty
from tests.world import World

PROFILE = ROOT / "config" / "profiles" / "listed-companies.toml"
WRONG = {
    "known key": ["证券代码"],
    "no name": ["公司名称"],
    "no key": ["证券代码"],
    "31 February": ["上市日期"],
    "no date": ["上市日期"],
    "long name": ["公司名称"],
    "long cell": ["备注"],
    "control character": ["公司名称"],
    "NUL": ["备注"],
    "lone quotation mark": [""],
    "too few cells": [""],
    "too many cells": [""],
    "no province": ["地域"],
    "three faults": ["公司名称", "地域", "上市日期"],
}
"""Columns that the report names for each kind of dirt; nothing stands for the row as a whole."""


def imported(world: World, folder: Path) -> Imported:
    """What the deployment itself makes of the committed file."""
    order = ImportOrder(make_dirty.FILE, load_profile(PROFILE), rejects=folder / "rejected.csv")
    return run_import(world.keguan.database, world.keguan.registry, order, System("import", world.companies["qiheng"].id))


def numbered() -> list[tuple[int, str]]:
    """Row number, as a person sees it, and kind of every row of the file."""
    rows = open_table(make_dirty.FILE).rows()
    return [(row.number, kind) for (kind, _text), row in zip(make_dirty.rows(), rows, strict=True)]


@pytest.mark.requirement("R-475")
def test_the_report_on_the_dirty_file_names_row_and_column_of_everything_wrong(world: World, tmp_path: Path) -> None:
    report = imported(world, tmp_path).report
    expected = {(number, column) for number, kind in numbered() for column in WRONG.get(kind, [])}
    assert {(problem.row, problem.column) for problem in report.rejected} == expected
    bad = sum(kind in make_dirty.REJECTED for _, kind in numbered())
    assert (report.read, report.created, report.rejected_rows) == (make_dirty.ROWS, make_dirty.ROWS - bad, bad)
    assert all(str(problem.reason) for problem in report.rejected)
    with world.reading("leader") as session:
        assert session.scalar(select(func.count(Customer.id))) == make_dirty.ROWS - bad


def test_the_dirty_file_again_changes_nothing(world: World, tmp_path: Path) -> None:
    first = imported(world, tmp_path).report
    again = imported(world, tmp_path).report
    assert (again.created, again.updated, again.unchanged, again.rejected_rows) == (0, 0, first.created, first.rejected_rows)
