"""Masks: how much of a personal value is shown to somebody who may know that it is there, but not what it is (R-442).

A mask never tells how long the value is, except for a name, whose length is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

STARS = "****"
SHORTEST_TOLD = 8  # digits of a number from which on its ends may be shown


def masked(mask: str, value: str) -> str:
    """``value`` under the mask called ``mask`` (a key of :data:`MASKS`)."""
    return MASKS[mask](value)


def _phone(value: str) -> str:
    """138****5678."""
    digits = re.sub(r"\D", "", value)
    return f"{digits[:3]}{STARS}{digits[-4:]}" if len(digits) >= SHORTEST_TOLD else STARS


def _email(value: str) -> str:
    """z****@example.com."""
    name, at, host = value.partition("@")
    return f"{name[:1]}{STARS}@{host}" if at and len(name) > 1 else STARS


def _id_number(value: str) -> str:
    """320****0012."""
    return f"{value[:3]}{STARS}{value[-4:]}" if len(value) >= SHORTEST_TOLD else STARS


def _bank_account(value: str) -> str:
    """****8888."""
    digits = re.sub(r"\s", "", value)
    return f"{STARS}{digits[-4:]}" if len(digits) >= SHORTEST_TOLD else STARS


def _name(value: str) -> str:
    """张**."""
    return value[:1] + "*" * max(1, len(value) - 1)


def _text(value: str) -> str:
    """Nothing of it."""
    return STARS


MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": _phone,
    "email": _email,
    "id_number": _id_number,
    "bank_account": _bank_account,
    "name": _name,
    "text": _text,
}
