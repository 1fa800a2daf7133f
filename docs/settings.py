"""The page of settings: every setting with its variable, its default and the sentence that stands beside it in the program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from config.settings import ROOT, Settings

HEAD = """# Settings

Written by `make docs` from `config/settings.py`. A deployment sets what differs from the default by variables of the environment. Lists are
written as JSON, for example `KEGUAN_PUBLIC_HOSTS='["crm.example.com"]'`. Paths below are relative to the folder of the program.

| Variable | Kind | Default | Meaning |
| --- | --- | --- | --- |
"""
SOURCE = ROOT / "config" / "settings.py"
LINE = re.compile(r"^    (\w+): .+?  # (.+)$", re.MULTILINE)


def settings_page() -> str:
    """One line for each setting, in the order of the program."""
    said = sentences()
    return HEAD + "".join(_line(name, field, said[name]) for name, field in Settings.model_fields.items())


def sentences() -> dict[str, str]:
    """The sentence of each setting by its name, as it stands beside it."""
    return dict(LINE.findall(SOURCE.read_text(encoding="utf-8")))


def _line(name: str, field: FieldInfo, sentence: str) -> str:
    return f"| {_variables(name, field)} | {_kind(field.annotation)} | {_default(field)} | {sentence[0].upper()}{sentence[1:]}. |\n"


def _variables(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    names = [str(one) for one in alias.choices] if isinstance(alias, AliasChoices) else [f"KEGUAN_{name.upper()}"]
    return ", ".join(f"`{one}`" for one in names)


def _kind(annotation: Any) -> str:
    if get_args(annotation) and all(isinstance(one, str) for one in get_args(annotation)):
        return " or ".join(f"`{one}`" for one in get_args(annotation))
    plain = [one for one in get_args(annotation) if one is not type(None)] if get_origin(annotation) is not tuple else []
    kind = plain[0] if plain else annotation
    if get_origin(kind) is tuple:
        return "list of texts"
    return {str: "text", int: "whole number", bool: "`true` or `false`", Path: "path"}[kind]


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}`"
    if value in ("", None, ()):
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
