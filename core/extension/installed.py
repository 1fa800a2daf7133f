"""The stored classes of the house and of every installed plugin, switched on or not."""

from __future__ import annotations

from typing import Any

from core.database.records import Record, mappers
from core.extension.calling import registry


def stored_classes() -> list[type[Any]]:
    """Mapped classes whose tables exist here, by table name."""
    here = {"core", *registry().names}
    found: list[type[Record]] = [mapper.class_ for mapper in mappers() if mapper.class_.__tablename__.split("_", 1)[0] in here]
    return sorted(found, key=lambda model: model.__tablename__)


def owned_classes() -> list[type[Any]]:
    """Those of them whose records have an owner."""
    return [model for model in stored_classes() if model.__scope__ == "owned"]
