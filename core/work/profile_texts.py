"""A mapping profile as TOML, as it is kept and as the command reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def profile_text(data: Mapping[str, Any]) -> str:
    """The TOML text of a profile: plain values, and ``columns`` as one table for each field."""
    lines = [f"{name} = {_value(value)}" for name, value in data.items() if name != "columns"]
    for field, settings in data.get("columns", {}).items():
        lines += ["", f"[columns.{_text(field)}]", *(f"{name} = {_value(value)}" for name, value in settings.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(name)} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else _text(str(value))


def _text(value: str) -> str:
    """A basic string of TOML is one of JSON, but for the one sign that only TOML forbids."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
