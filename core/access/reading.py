"""Which stored classes a statement touches, so that it gets the criteria of those and not of all (speed, not trust)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.sql import visitors

from core.database.records import Record, mappers

SEPARATE = frozenset({"selectin", "select", "raise", "raise_on_sql", "noload"})
"""Loading strategies that read in a statement of their own, which passes the guard by itself."""


def scoped_classes() -> list[type[Record]]:
    """Every mapped class whose rows belong to a company."""
    return [mapper.class_ for mapper in mappers() if mapper.class_.__scope__ != "global"]


def touched_classes(statement: Executable) -> list[type[Record]]:
    """Scoped classes named anywhere in ``statement``; all of them when its options may join further ones."""
    if not all(_reads_separately(option) for option in getattr(statement, "_with_options", ())):
        return scoped_classes()
    found: dict[type[Record], None] = {}
    for element in visitors.iterate(statement):  # type: ignore[arg-type]
        notes: Any = getattr(element, "_annotations", {})
        mapper = getattr(notes.get("parententity"), "mapper", None) or notes.get("parentmapper")
        if mapper is not None and issubclass(mapper.class_, Record) and mapper.class_.__scope__ != "global":
            found[mapper.class_] = None
    return list(found)


def names_scoped_table(statement: Executable) -> bool:
    """Whether ``statement`` reads the bare table of a scoped class."""
    tables = {element.name for element in visitors.iterate(statement) if isinstance(element, Table)}  # type: ignore[arg-type]
    return not tables.isdisjoint(model.__tablename__ for model in scoped_classes())


def _reads_separately(option: Any) -> bool:
    steps = getattr(option, "context", ())
    return all(_strategy(step) in SEPARATE for step in steps) if steps else getattr(option, "_is_criteria_option", False)


def _strategy(step: Any) -> str:
    chosen = dict(step.strategy or ())
    return str(chosen.get("lazy", "select"))
