"""Every plugin has the same rooms, keeps to itself, and says what it is."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from core.access.permissions import PRESETS
from tests.conformance.enumerated import NAMES, ROOT, chinese, folder, imported, manifest, room, sources

ROOMS = frozenset(
    [
        "__init__",
        "hooks",
        "hookspecs",
        "public",
        "views",
        "api",
        "commands",
        "schemas",
        "operations",
        "queries",
        "models",
        "rules",
        "permissions",
        "errors",
        "jobs",
        "imports",
        "reports",
        "demo",
        "migrations",
        "templates",
        "translations",
    ]
)
ALSO = frozenset({"README.md", "__pycache__"})
every_plugin = pytest.mark.parametrize("name", NAMES)


def test_there_are_plugins_to_look_at() -> None:
    assert {"customers", "contracts"} <= set(NAMES)


@every_plugin
def test_a_plugin_has_the_rooms_of_the_house_and_no_others(name: str) -> None:
    found = {path.name.removesuffix(".py") for path in folder(name).iterdir()}
    assert found - ROOMS - ALSO == set()
    assert {"__init__", "hooks", "translations"} <= found


@every_plugin
def test_a_manifest_is_one_glance(name: str) -> None:
    text = (folder(name) / "__init__.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 20
    said = manifest(name)
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", said.version)
    for words in (said.title, said.purpose):
        assert chinese(name).get(words.text), f"{words.text!r} has no Chinese"
    assert said.purpose.text.endswith(".")


@every_plugin
def test_a_plugin_imports_of_others_only_the_public_room_of_those_it_requires(name: str) -> None:
    allowed = tuple(f"plugins.{need}.public" for need in manifest(name).requires)
    foreign = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources(name)
        for module in imported(path)
        if module.startswith("plugins.") and not module.startswith((f"plugins.{name}.", *allowed)) and module != f"plugins.{name}"
    }
    assert foreign == set()


@every_plugin
def test_nobody_but_a_requiring_plugin_imports_it(name: str) -> None:
    core = [path for path in (ROOT / "core").rglob("*.py") if any(f"plugins.{name}" in module for module in imported(path))]
    assert core == []


@every_plugin
def test_hooks_only_wire(name: str) -> None:
    """One to three lines in each, then a call to an operation (house style 8)."""
    tree = ast.parse((folder(name) / "hooks.py").read_text(encoding="utf-8"))
    long = {
        node.name: statements
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and (statements := len([part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]))
        > 3
    }
    assert long == {}


@every_plugin
def test_migrations_are_one_labelled_branch_from_one_base(name: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((folder(name) / "migrations" / "versions").glob("*.py"))]
    hooks = room(name, "hooks")
    if not texts:
        assert not hasattr(hooks, "crm_models"), "it has tables but no revisions"
        return
    bases = [text for text in texts if re.search(r"^down_revision(: [\w |]+)? = None$", text, re.MULTILINE)]
    assert len(bases) == 1
    assert f'branch_labels = ("{name}",)' in bases[0]
    assert all(re.search(rf'^revision(: \w+)? = "{name}_\d{{4}}"$', text, re.MULTILINE) for text in texts)


@every_plugin
def test_presets_give_declared_verbs_to_roles_of_the_regulation(name: str) -> None:
    hooks = room(name, "hooks")
    declared = {one.name: set(one.verbs) for one in getattr(hooks, "crm_resources", tuple)()}
    grants = getattr(hooks, "crm_preset_grants", dict)()
    assert set(grants) <= {preset.key for preset in PRESETS}
    wrong = [
        (role, right, verb)
        for role, rights in grants.items()
        for right, verbs in rights.items()
        for verb in verbs
        if verb not in declared.get(right, ())
    ]
    assert wrong == []
    given = {right for rights in grants.values() for right in rights}
    assert set(declared) - given == set(), "declared rights that no role is given"


@every_plugin
def test_administrators_are_given_no_business_records(name: str) -> None:
    grants = getattr(room(name, "hooks"), "crm_preset_grants", dict)()
    assert not {"system_administrator", "security_administrator", "audit_administrator"} & set(grants)


@every_plugin
def test_rights_have_chinese_words(name: str) -> None:
    for one in getattr(room(name, "hooks"), "crm_resources", tuple)():
        untranslated = [words.text for words in (one.title, *one.verbs.values()) if not chinese(name).get(words.text)]
        assert untranslated == []


@every_plugin
def test_a_plugin_has_tests_in_the_folder_of_its_name(name: str) -> None:
    written = sorted((ROOT / "tests" / "plugins" / name).glob("test_*.py"))
    assert any("def test_" in path.read_text(encoding="utf-8") for path in written)


def test_the_import_contracts_are_there() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    assert {contract["type"] for contract in contracts} >= {"layers", "forbidden", "independence"}
    assert Path(ROOT / "Makefile").read_text(encoding="utf-8").count("lint-imports") == 1
