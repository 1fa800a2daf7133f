"""What a typical record of the catalogue needs beside values that fit its fields: each price is that of a product of its own."""

from __future__ import annotations

from typing import Any


def fresh_product(examples: Any) -> int:
    """Id of a product that stands in no list yet."""
    return int(examples.fresh(examples.nouns.by_path["products"]))


VALUES = {"prices": {"product": fresh_product}}
