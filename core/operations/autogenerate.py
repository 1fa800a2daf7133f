"""What Alembic compares, and how it writes down what it finds: by table prefix, in plain column types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.types import TypeDecorator

from core.database.records import Record
from core.database.types import Moment
from core.operations.branches import UNSEEN, Branch


def comparing(found: Iterable[Branch]) -> dict[str, Any]:
    """Options for Alembic: our models against the database, tables of the branches ``found`` alone."""
    prefixes = tuple(f"{prefix}_" for branch in found for prefix in branch.prefixes)

    def include_object(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if name is not None and name.startswith(UNSEEN):
            return False
        return kind != "table" or str(name).startswith(prefixes)

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or (str(name).startswith(prefixes) and not str(name).startswith(UNSEEN))

    return {
        "target_metadata": Record.metadata,
        "render_as_batch": True,
        "include_name": include_name,
        "include_object": include_object,
        "render_item": render_plain,
    }


def render_plain(kind: str, thing: Any, context: Any) -> str | bool:
    """Write the database's own type for a type of ours: a revision must not change when our code does."""
    if kind != "type" or not isinstance(thing, TypeDecorator):
        return False
    return "sa.DateTime(timezone=True)" if isinstance(thing, Moment) else f"sa.{thing.impl_instance!r}"
