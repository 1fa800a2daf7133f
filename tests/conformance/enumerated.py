"""What the conformance suite runs over: found by looking, never by a list kept by hand (house style 22)."""

from __future__ import annotations

import ast
import importlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.pofile import read_po

from core.extension import hookspecs
from core.extension.manifest import Manifest
from core.extension.registry import discover
from core.web.nouns import Noun

ROOT = Path(__file__).resolve().parents[2]
PACKAGES: dict[str, ModuleType] = {package.MANIFEST.name: package for package in discover(ROOT / "plugins")}
NAMES = sorted(PACKAGES)
LOOKED_AT = os.environ.get("KEGUAN_LOOKED_AT", "").split() or NAMES
"""Plugins whose nouns and routes the long walks look at: beside a new plugin those of the house are not walked again."""


def manifest(name: str) -> Manifest:
    """What the plugin says of itself."""
    found: Manifest = PACKAGES[name].MANIFEST
    return found


def folder(name: str) -> Path:
    """Where the plugin's files lie."""
    return Path(str(PACKAGES[name].__file__)).parent


def sources(name: str) -> list[Path]:
    """Its Python files, migrations left out."""
    return [path for path in sorted(folder(name).rglob("*.py")) if "migrations" not in path.parts]


def room(name: str, called: str) -> ModuleType | None:
    """A room of the plugin, if it has it."""
    if not (folder(name) / f"{called}.py").exists() and not (folder(name) / called / "__init__.py").exists():
        return None
    return importlib.import_module(f"{PACKAGES[name].__name__}.{called}")


def hooks_in(module: Any) -> dict[str, Any]:
    """The hooks that a room of specifications offers."""
    return {name: value for name, value in vars(module).items() if name.startswith("crm_")}


def looked_at(nouns: Iterable[Noun]) -> list[Noun]:
    """Those of ``nouns`` that belong to :data:`LOOKED_AT`."""
    return [noun for noun in nouns if noun.plugin in LOOKED_AT]


def in_sight(plugin: str) -> bool:
    """Whether the long walks look at what belongs to ``plugin``, or to the house itself where they look at everything."""
    return LOOKED_AT == NAMES or plugin in LOOKED_AT


def offered_hooks() -> dict[str, tuple[str, Any]]:
    """Every hook of the platform and of the plugins: name to (who offers it, its specification)."""
    found = {name: ("core", spec) for name, spec in hooks_in(hookspecs).items()}
    for plugin in NAMES:
        specs = room(plugin, "hookspecs")
        found |= {name: (plugin, spec) for name, spec in (hooks_in(specs) if specs else {}).items()}
    return found


def imported(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports, those for type checking included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def chinese(owner: str) -> dict[str, str]:
    """Message id to Chinese, as the core and the plugin ``owner`` say it."""
    found: dict[str, str] = {}
    for place in (ROOT / "core", folder(owner) if owner in PACKAGES else ROOT / "core"):
        with (place / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            found |= {str(entry.id): str(entry.string) for entry in read_po(file, locale="zh_CN") if entry.id and isinstance(entry.id, str)}
    return found


@cache
def texts_below(place: str) -> str:
    """All Python files below a folder of the project, as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / place).rglob("*.py")))


def texts_of_plugins() -> str:
    """All Python files of every plugin, wherever it is installed."""
    return "\n".join(path.read_text(encoding="utf-8") for name in NAMES for path in sources(name))
