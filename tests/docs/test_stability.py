"""What the page of stable things names is there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "stability.md"
TABLE = [line.split("|")[2] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "| ---" not in line][1:]
MODULES = sorted({name for cell in TABLE for name in re.findall(r"`(core(?:\.\w+)+)`", cell)})
NAMED = [
    (module, name)
    for cell in TABLE
    for module, names in re.findall(r"`(core(?:\.\w+)+)`: ((?:`\w+`(?:, )?)+)", cell)
    for name in re.findall(r"\w+", names)
]


@pytest.mark.parametrize("module", MODULES)
def test_a_stable_module_is_there_and_says_what_it_is_for(module: str) -> None:
    assert importlib.import_module(module).__doc__ or module == "core.kernel"


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_a_stable_name_is_there(module: str, name: str) -> None:
    assert callable(getattr(importlib.import_module(module), name))


def test_the_page_names_enough_to_write_a_plugin_with() -> None:
    assert len(MODULES) >= 15
    assert {name for _, name in NAMED} >= {"authorise", "get_for", "make_record", "apply_changes"}
