"""What records are called that a list only points at: picked in its filters, or referred to by columns that were added. One statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from core.access.field_rights import knows_name
from core.database.records import naming
from core.database.references import class_of
from core.exports.reading import count_seen
from core.kernel.acting import acting
from core.web.listing import Query
from core.web.nouns import Noun

LONGEST_ID = 19  # digits; what is longer, no database holds
Names = Mapping[tuple[str, int], str]
"""Table and id to what the record is called; who may not see a record finds no name of it."""
NO_NAMES: Names = {}


def picked_in(noun: Noun, query: Query) -> dict[str, set[int]]:
    """Ids by table of the records that the conditions name."""
    found: dict[str, set[int]] = {}
    named = [(name, value) for name, values in query.filters.items() for value in values]
    named += [(one.name, value) for one in query.conditions.all for value in one.values]
    for name, value in named:
        declared = noun.fields[name]
        if declared.kind == "reference" and value.isascii() and value.isdigit() and len(value) < LONGEST_ID:
            found.setdefault(declared.target, set()).add(int(value))
    return found


def names_of(session: Session, noun: Noun, wanted: Mapping[str, set[int]]) -> Names:
    """What the records are called, as far as the person sees them and may read their names; no statement for nothing.

    A name that is told counts as seen.
    """
    parts, whole = [], []
    for table, ids in wanted.items():
        model: Any = class_of(noun.model, table)
        called = naming(model) if knows_name(acting(), model) else None
        if called is None:
            whole.append((table, select(model).where(model.id.in_(sorted(ids)))))
        elif ids:
            parts.append(select(literal(table), model.id, called).where(model.id.in_(sorted(ids))))
    found = {(table, number): str(name) for table, number, name in session.execute(union_all(*parts))} if parts else {}
    for table in wanted:
        count_seen(class_of(noun.model, table), [number for one, number in found if one == table])
    return found | {(table, one.id): str(one) for table, asked in whole for one in session.scalars(asked)}
