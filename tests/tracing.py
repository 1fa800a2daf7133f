"""Remembers which marked tests passed, so that ``make trace`` can say which rows of the requirements are proved (design 6).

``tests/conftest.py`` takes these functions over as hooks and calls :func:`carry_rows` in one of its own. Results of several runs are kept
together, each test with its latest one.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "trace" / "results.json"
_seen: dict[str, dict[str, object]] = {}


def carry_rows(items: list[pytest.Item]) -> None:
    """The rows of a test travel with its report, from worker processes too."""
    for item in items:
        item.user_properties += [("requirement", str(row)) for mark in item.iter_markers("requirement") for row in mark.args]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a marked test ended; a failed set-up or tear-down is no pass."""
    rows = [str(value) for name, value in report.user_properties if name == "requirement"]
    if rows:
        before = _seen.get(report.nodeid, {}).get("passed", True)
        _seen[report.nodeid] = {"rows": rows, "passed": bool(before) and report.passed}


def pytest_sessionfinish() -> None:
    """Write the results down, once, when all workers are through."""
    if not _seen or "PYTEST_XDIST_WORKER" in os.environ:
        return
    kept = {**stored_results(), **_seen}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    fresh = RESULTS.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    fresh.replace(RESULTS)


def stored_results() -> dict[str, dict[str, object]]:
    """Results of earlier runs, without those of tests that are not there any more or claim other rows now."""
    if not RESULTS.is_file():
        return {}
    stored: dict[str, dict[str, object]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {test: result for test, result in stored.items() if set(result["rows"]) <= _claims(test)}  # type: ignore[call-overload]


def _claims(test: str) -> frozenset[str]:
    place, _, name = test.partition("::")
    return _claims_of(ROOT / place).get(name.partition("[")[0].rpartition("::")[2], frozenset())


@cache
def _claims_of(path: Path) -> dict[str, frozenset[str]]:
    """Each test of the file with the rows that are written in its marks, and in those of the whole file."""
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    whole = _rows_in(node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef))
    return {
        node.name: whole | _rows_in(node.decorator_list)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _rows_in(nodes: Iterable[ast.AST]) -> frozenset[str]:
    constants = (one.value for node in nodes for one in ast.walk(node) if isinstance(one, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str) and value.startswith("R-"))
