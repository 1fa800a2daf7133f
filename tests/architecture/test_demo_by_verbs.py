"""Demo data are written through the verbs alone: what they show can be done by everybody who may, and has its rows in the trail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITES = {"add", "add_all", "delete", "merge", "bulk_save_objects", "bulk_insert_mappings"}
STATEMENTS = {"insert", "update", "delete", "text"}


def rooms() -> list[Path]:
    """Where plugins make their demo data: a module or a folder of each that has any."""
    return sorted([*ROOT.glob("plugins/*/demo.py"), *ROOT.glob("plugins/*/demo/**/*.py")])


def written_past_the_verbs(tree: ast.Module) -> Iterator[str]:
    """Calls that store by themselves: methods of the session, statements, and records that are made by their class."""
    models = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[2:3] == ["models"]
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in WRITES and ast.unparse(called.value).rpartition(".")[2] == "session":
            yield ast.unparse(called)
        elif isinstance(called, ast.Name) and called.id in STATEMENTS | models:
            yield called.id


def test_every_plugin_writes_its_demo_data_through_verbs_alone() -> None:
    assert {path.relative_to(ROOT).parts[1] for path in rooms()} >= {"billing", "catalog", "contracts", "customers", "sales", "service"}
    past = {f"{path.relative_to(ROOT)}: {call}" for path in rooms() for call in written_past_the_verbs(ast.parse(path.read_text("utf-8")))}
    assert not past, "demo data that no verb has made"


@pytest.mark.parametrize(
    "code",
    [
        "stage.session.add(record)",
        "session.merge(record)",
        "session.execute(update(Customer))",
        "from plugins.customers.models import Customer\nCustomer(name='x')",
    ],
)
def test_what_writes_past_the_verbs_is_found(code: str) -> None:
    assert list(written_past_the_verbs(ast.parse(code)))
