"""What a company may set has an effect: no plugin declares a parameter that its code never reads (R-061)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from core.application import Keguan
from core.extension.exchange import ParameterSpec

PLUGINS = Path(__file__).parents[2] / "plugins"


def modules_of(plugin: str) -> Iterator[ast.Module]:
    """The code of a plugin, without the rooms that only declare parameters or hand the declarations on."""
    for path in sorted((PLUGINS / plugin).rglob("*.py")):
        text = path.read_text("utf-8")
        if path.name != "hooks.py" and "ParameterSpec(" not in text and "migrations" not in path.parts:
            yield ast.parse(text)


def read_by(plugin: str, specs: Mapping[str, ParameterSpec]) -> set[str]:
    """Names of the parameters that the code of ``plugin`` asks for: in full, by their last part, or all of a declared group."""
    nodes = [node for tree in modules_of(plugin) for node in ast.walk(tree)]
    told = {ast.get_docstring(node, clean=False) for node in nodes if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)}
    words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)} - told
    beginnings = {"", *(word for word in words if word.endswith("_"))} if f"{plugin}." in words else set()
    made = {f"{plugin}.{first}{word}" for first in beginnings for word in words}
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    group = {name for name in specs if name[-1].isdigit()} if "PARAMETERS" in imported else set()
    return specs.keys() & (words | made | group)


@pytest.mark.requirement("R-061")
def test_every_parameter_of_a_plugin_is_read_by_its_code(core: Keguan) -> None:
    declared: dict[str, dict[str, ParameterSpec]] = {}
    for name, spec in core.registry.parameters.items():
        declared.setdefault(name.partition(".")[0], {})[name] = spec
    declared.pop("core", None)
    assert declared
    unread = {name for plugin, specs in declared.items() for name in specs.keys() - read_by(plugin, specs)}
    assert not unread, "nobody reads these parameters: setting them changes nothing"


def test_days_are_working_days_but_for_the_terms_that_the_design_gives_a_reason_for(core: Keguan) -> None:
    page = (PLUGINS.parent / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    told = page.split("**Duties are counted in working days, terms in days of the calendar.**")[1].split("\n\n")[0]
    terms = set(re.findall(r"`(\w+\.\w+)`", told)) | {f"customers.contact_days_{stars}" for stars in range(1, 6)}
    units = {name: spec.unit.text for name, spec in core.registry.parameters.items() if spec.unit is not None}
    assert {name for name, unit in units.items() if unit == "days"} == terms
    assert sum(unit == "working days" for unit in units.values()) >= 9


def test_a_parameter_that_nobody_reads_is_found() -> None:
    invented: Mapping[str, ParameterSpec] = dict.fromkeys(("contracts.text_days", "contracts.lost_days", "billing.lost_days"))  # type: ignore[arg-type]
    assert read_by("contracts", invented) == {"contracts.text_days"}
