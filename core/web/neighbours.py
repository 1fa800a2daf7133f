"""The records before and after one in a list, found by the key that the list is ordered by: one statement, however long the list is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlalchemy.orm import Session

from core.database.covering import open_value
from core.database.together import Counted, Summed, answered
from core.web.listing import Query, statement
from core.web.nouns import Noun

MOST_COUNTED = 1_000  # records of a list, up to which the place of one is told


@dataclass(frozen=True)
class Place:
    """Ids of the neighbours, None at the ends; which one of how many the record is, None where the list is too long to count."""

    before: int | None
    after: int | None
    number: int | None = None
    total: int | None = None


def place_of(session: Session, noun: Noun, query: Query, record: Any) -> Place:
    """Where ``record`` stands in the list of ``query``, as far as the person who acts sees that list."""
    asked = statement(session, noun, query).order_by(None)
    name, downwards = query.order.lstrip("-"), query.order.startswith("-")
    later = _beyond(session, noun, name, record, upwards=not downwards)
    earlier = _beyond(session, noun, name, record, upwards=downwards)
    before, after, (ahead, more), (total, capped) = answered(
        session,
        [
            Summed(_first(noun, name, asked.where(earlier), downwards=not downwards)),
            Summed(_first(noun, name, asked.where(later), downwards=downwards)),
            Counted(asked.where(earlier), MOST_COUNTED),
            Counted(asked, MOST_COUNTED),
        ],
    )
    return Place(before, after) if more or capped else Place(before, after, ahead + 1, total)


def _first(noun: Noun, name: str, asked: Select[Any], *, downwards: bool) -> Select[Any]:
    columns = [noun.model.id] if name == "id" else [getattr(noun.model, name), noun.model.id]
    return asked.with_only_columns(noun.model.id).order_by(*(one.desc() if downwards else one.asc() for one in columns)).limit(1)


def _beyond(session: Session, noun: Noun, name: str, record: Any, *, upwards: bool) -> ColumnElement[bool]:
    """What comes after ``record`` when the column ``name``, then the id, is gone through upwards or downwards."""
    own: Any = noun.model.id
    further: ColumnElement[bool] = own > record.id if upwards else own < record.id
    if name == "id":
        return further
    column, value = getattr(noun.model, name), open_value(record, name)
    empty_last = (session.get_bind().dialect.name == "postgresql") == upwards  # where the databases put what is empty
    if value is None:
        return or_(and_(column.is_(None), further), false() if empty_last else column.is_not(None))
    beyond = or_(column > value if upwards else column < value, and_(column == value, further))
    return or_(beyond, column.is_(None) if empty_last else false())
