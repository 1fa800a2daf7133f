"""The page of requirements is honest: what is not proved by a marked test is said to be missing, with the reason."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from config.settings import ROOT
from tests import tracing
from tests.trace import LIST, proofs, rows

FLOWS = [f"R-{number}" for first, last in ((197, 203), (212, 238), (239, 259)) for number in range(first, last + 1)]
"""Sections 4.5 and 4.7 to 4.9: opportunities, orders, contracts and billing, service."""


@cache
def marked() -> set[str]:
    """Rows that some test claims to prove."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            if ast.unparse(call.func) == "pytest.mark.requirement":
                found |= {str(one.value) for given in call.args for one in ast.walk(given) if isinstance(one, ast.Constant)}
    return found


def explained(heading: str) -> dict[str, str]:
    """Rows of the table under ``heading``, with the reason that stands in its last column."""
    table = LIST.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| R-")]
    return {row: cells[-1] for cells in lines for row in re.findall(r"R-\d{3}", cells[0])}


@pytest.mark.parametrize("row", FLOWS)
def test_a_step_of_the_business_is_proved_or_said_to_be_missing(row: str) -> None:
    assert (row in marked()) != (row in explained("Rows that are not built yet"))


@pytest.mark.parametrize("heading", ["Changed rows", "Rows that are built in part", "Rows that are not built yet"])
def test_every_explained_row_exists_and_has_a_reason(heading: str) -> None:
    known = {row.id for row in rows()}
    assert explained(heading)
    assert [row for row, why in explained(heading).items() if row not in known or len(why) < 10] == []


def test_what_is_built_in_part_is_proved_as_far_as_it_goes() -> None:
    assert set(explained("Rows that are built in part")) - marked() == set()


def test_what_is_not_built_is_proved_by_nobody() -> None:
    assert set(explained("Rows that are not built yet")) & marked() == set()


def test_at_least_two_hundred_and_twenty_rows_are_proved() -> None:
    assert len(marked()) >= 220


def test_only_a_passed_test_that_still_claims_its_row_proves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make trace` runs nothing: it reads how each marked test ended when it last ran, here or in continuous integration."""
    own = "tests/plugins/customers/test_attention.py::test_records_with_gaps_are_listed_and_counted_by_owner[sqlite]"
    stored = {
        own: {"rows": ["R-438"], "passed": True},
        own.replace("[sqlite]", "[postgres]"): {"rows": ["R-001"], "passed": True},
        own.replace("with_gaps", "of_before"): {"rows": ["R-002"], "passed": True},
        "tests/test_gone.py::test_gone": {"rows": ["R-003"], "passed": True},
        f"{own.partition('::')[0]}::test_customers_that_the_erp_calls_otherwise_are_listed_for_their_salesperson[sqlite]": {
            "rows": ["R-331"],
            "passed": False,
        },
    }
    results = tmp_path / "results.json"
    results.write_text(json.dumps(stored), encoding="utf-8")
    monkeypatch.setattr(tracing, "RESULTS", results)
    assert proofs() == {"R-438": [own]}
