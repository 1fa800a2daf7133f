"""The ledger of a record (客户台帐): what all enabled plugins know of it, kind by kind (R-066)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, select

from core.access.field_rights import may_query
from core.database.together import Counted, Summed, answered
from core.kernel.acting import acting
from core.kernel.money import to_fen
from core.kernel.words import Message, listed, msg
from core.web.nouns import Noun
from core.web.pages import Block, CardPlace, Column, ColumnKind, RelatedTable, Row
from core.web.usual_board import marks_of

FEWEST = 3
"""Kinds of records below which a ledger would repeat what the tabs say."""


class Related(NamedTuple):
    """One kind of records that belong to another: ``by`` is the reference that leads there, ``href`` where they stand."""

    noun: Noun
    by: str
    label: Message | str
    href: str


def ledger_of(session: Any, record: Any, related: Sequence[Related]) -> Block:
    """How many of each kind there are, what they come to (yuan) and when the last was entered; one statement for all kinds.

    Kinds of which there is none are named in one line below.

    Whoever acts reads only what he or she may: records out of scope are not counted, amounts that one may not read are no sum.
    """
    told = answered(session, [question for one in related for question in _asked(one, record.id)])
    answers = [(one, *told[place * 3 : place * 3 + 3]) for place, one in enumerate(related)]
    rows = tuple(_row(*answer) for answer in answers if answer[1][0])
    without = [one.label for one, counted, *_ in answers if not counted[0]]
    note = msg("Nothing yet: %(kinds)s", kinds=listed(without)) if without else ""
    columns = (
        Column("kind", msg("Kind"), ColumnKind.NAME, place=CardPlace.NAME),
        Column("count", msg("Records"), ColumnKind.NUMBER, place=CardPlace.CHOSEN),
        Column("sum", msg("Amount"), ColumnKind.MONEY, place=CardPlace.SUM),
        Column("last", msg("Last entered"), ColumnKind.RELATIVE, place=CardPlace.LAST),
    )
    return RelatedTable(title=msg("Ledger"), columns=columns, rows=rows, empty=note, note=note)


def _asked(one: Related, record_id: int) -> tuple[Counted, Summed, Summed]:
    model: Any = one.noun.model
    within = getattr(model, f"{one.by}_id") == record_id
    last = select(func.max(model.created_at)) if may_query(acting(), model, "created_at") else _nothing(model)
    total = select(func.sum(getattr(model, marks_of(one.noun).amount))) if _summed(one.noun) else _nothing(model)
    return Counted(select(model).where(within)), Summed(total.where(within)), Summed(last.where(within))


def _nothing(model: Any) -> Select[Any]:
    return select(func.max(literal(None))).select_from(model)


def _summed(noun: Noun) -> bool:
    """Whether records of the kind have an amount that whoever acts may read: then none of them is a sum of nothing."""
    amount = marks_of(noun).amount
    return bool(amount) and may_query(acting(), noun.model, amount)


def _row(one: Related, counted: tuple[int, bool], total: Any, last: Any) -> Row:
    number, more = counted
    fen = to_fen(Decimal(total or 0)) if _summed(one.noun) else None
    return Row(one.noun.path, one.href, (one.label, f"{number:,}+" if more else number, fen, last))
