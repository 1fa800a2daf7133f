"""What the catalogue offers to the lines of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.catalog.public import products_on_sale

MOST_OFFERED = 300
"""Products that a form offers while one types; further ones are found by their whole name."""


def products_offered(session: Any) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Products on sale by code, with name, unit and list price."""
    found = products_on_sale(session, MOST_OFFERED)
    words = [f"{one.name} ¥{one.list_price:,.2f}{f'/{one.unit}' if one.unit else ''}" for one in found]
    return {"code": [(one.code, told) for one, told in zip(found, words, strict=True)]}
