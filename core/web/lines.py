"""The sub-table of a document, such as the lines of a contract."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.access.field_rights import access_to
from core.kernel.acting import FieldAccess, acting
from core.kernel.money import to_fen
from core.kernel.words import msg
from core.web.nouns import Noun
from core.web.pages import CardPlace, Column, ColumnKind, RelatedTable, Row
from core.web.showing import KINDS, cell, label_with_unit


def lines_of_record(session: Any, noun: Noun, record: Any) -> list[Any]:
    """Stored lines of ``record`` in order; none for a noun without a sub-table."""
    if noun.line_model is None:
        return []
    parent = noun.line_model.__parent__
    asked = select(noun.line_model).where(getattr(noun.line_model, f"{parent}_id") == record.id)
    return list(session.scalars(asked.order_by(noun.line_model.position, noun.line_model.id)))


def lines_table(session: Any, noun: Noun, record: Any, stored: list[Any] | None = None) -> RelatedTable:
    """The lines as a table with their total; ``stored`` if they have just been read."""
    assert noun.lines is not None
    assert noun.line_model is not None
    declared = noun.line_model.fields()
    names = tuple(name for name in (*noun.lines[1], "amount") if access_to(acting(), noun.line_model, name) is not FieldAccess.NONE)
    kinds = [KINDS.get(declared[name].kind, ColumnKind.TEXT) for name in names]
    lines = lines_of_record(session, noun, record) if stored is None else stored
    columns = tuple(
        Column(name, label_with_unit(declared[name], kind), kind, place=CardPlace.NAME if name == "name" else CardPlace.HIDDEN)
        for name, kind in zip(names, kinds, strict=True)
    )
    rows = tuple(Row(str(line.id), "", tuple(cell(line, name, kind) for name, kind in zip(names, kinds, strict=True))) for line in lines)
    totals: tuple[Any, ...] = ()
    if lines and names[-1:] == ("amount",) and len(names) > 1:
        between: tuple[None, ...] = (None,) * (len(names) - 2)
        totals = (msg("Total"), *between, sum((to_fen(line.amount) for line in lines), 0))
    return RelatedTable(title=msg("Lines"), columns=columns, rows=rows, empty=msg("No lines yet."), totals=totals)
