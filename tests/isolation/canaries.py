"""Canaries: texts that occur once in the whole world, so that an answer that holds one tells of exactly one field of one record."""

from __future__ import annotations

import re

from core.database.fields import Field

SHAPE = re.compile(r"Zq(\d{5})x|199(\d{8})")
LEAST = 8  # characters of a canary in letters


class Canaries:
    """Mints canaries and tells whose they are."""

    def __init__(self) -> None:
        self._owners: list[tuple[str, str]] = []

    def mint(self, record: str, name: str, field: Field | None = None) -> str | None:
        """A text for the field ``name`` of ``record`` that nothing else in the world holds; None where the field is too short."""
        number = len(self._owners)
        kind = field.kind if field is not None else "text"
        if field is not None and field.kind != "long_text" and field.max_length < LEAST:
            return None
        self._owners.append((record, name))
        if kind == "phone":
            return f"199{number:08d}"
        return f"Zq{number:05d}x@example.com" if kind == "email" else f"Zq{number:05d}x"

    def found(self, text: str) -> set[tuple[str, str]]:
        """(record, field) of every canary in ``text``."""
        numbers = {int(one or other) for one, other in SHAPE.findall(text)}
        return {self._owners[number] for number in numbers if number < len(self._owners)}
