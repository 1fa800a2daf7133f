"""What holds for products and prices whatever the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

WHOLE = Decimal(100)
"""Per cent of the list price that nothing is taken off from."""
_SPACES = re.compile(r"[\s_]+")
_COMMAS = re.compile(r"[,，、;；]")


def product_key(name: str) -> str:
    """``name`` as it is compared: width, case and spaces do not tell products apart, so GTXPro is GTX Pro."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", name).casefold())[:160]


def keys_of(code: str, name: str, aliases: str | None) -> Iterator[tuple[str, str]]:
    """(key, name as it was written) of everything that a product is called."""
    for called in (code, name, *_COMMAS.split(aliases or "")):
        if key := product_key(called):
            yield key, called.strip()


def is_share(percentage: Decimal | None) -> bool:
    """Whether ``percentage`` of a price makes sense: above nothing and at most the whole; none is a missing limit."""
    return percentage is None or Decimal(0) < percentage <= WHOLE


def validity_is_sound(valid_from: date | None, valid_to: date | None) -> bool:
    """Whether a list does not end before it begins; an open side is sound."""
    return valid_from is None or valid_to is None or valid_from <= valid_to
