"""The records before and after one in a list, found by the key that the list is ordered by: one statement, however long the list is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import Session

from core.database.covering import open_value
from core.database.together import Counted, Summed, answered
from core.web.listing import Query, may_be_empty, statement
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
    way = _Way(noun, query.order.lstrip("-"), downwards=query.order.startswith("-"))
    earlier, later = way.earlier(record), way.later(record)
    *nearest, (ahead, more), (total, capped) = answered(
        session,
        [
            *(Summed(asked.with_only_columns(noun.model.id).where(where).order_by(*order).limit(1)) for where, order in (*earlier, *later)),
            Counted(asked.where(or_(*(where for where, _ in earlier))), MOST_COUNTED),
            Counted(asked, MOST_COUNTED),
        ],
    )
    before = next((one for one in nearest[: len(earlier)] if one is not None), None)
    after = next((one for one in nearest[len(earlier) :] if one is not None), None)
    return Place(before, after) if more or capped else Place(before, after, ahead + 1, total)


Part = tuple[ColumnElement[bool], tuple[Any, ...]]
"""A part of a list and its order, the nearest first."""


@dataclass(frozen=True)
class _Way:
    """A list that is gone through by the column ``name``, then the id; what has no value comes last. Each part reads one index."""

    noun: Noun
    name: str
    downwards: bool

    def later(self, record: Any) -> list[Part]:
        """What comes after ``record``, the nearest part first."""
        own, value = self.noun.model.id, self._value(record)
        if self.name == "id" or value is None:
            return [self._by_id(self._empty(), record, upwards=not self.downwards)]
        given = [self._beyond(record, value, upwards=not self.downwards)]
        return [*given, (self._column.is_(None), (self._turned(own, not self.downwards),))] if may_be_empty(self.noun, self.name) else given

    def earlier(self, record: Any) -> list[Part]:
        """What comes before it, the nearest part first."""
        own, value = self.noun.model.id, self._value(record)
        if self.name == "id":
            return [self._by_id(self._empty(), record, upwards=self.downwards)]
        if value is None:
            given = (self._column.is_not(None), (self._turned(self._column, self.downwards), self._turned(own, self.downwards)))
            return [self._by_id(self._empty(), record, upwards=self.downwards), given]
        return [self._beyond(record, value, upwards=self.downwards)]

    @property
    def _column(self) -> Any:
        return getattr(self.noun.model, self.name)

    def _value(self, record: Any) -> Any:
        return None if self.name == "id" else open_value(record, self.name)

    def _empty(self) -> ColumnElement[bool]:
        return true() if self.name == "id" else self._column.is_(None)

    def _by_id(self, where: ColumnElement[bool], record: Any, *, upwards: bool) -> Part:
        own: Any = self.noun.model.id
        return and_(where, own > record.id if upwards else own < record.id), (self._turned(own, upwards),)

    def _beyond(self, record: Any, value: Any, *, upwards: bool) -> Part:
        own, column = self.noun.model.id, self._column
        further = own > record.id if upwards else own < record.id
        where = or_(column > value if upwards else column < value, and_(column == value, further))
        return where, (self._turned(column, upwards), self._turned(own, upwards))

    @staticmethod
    def _turned(column: Any, upwards: bool) -> Any:
        return column.asc() if upwards else column.desc()
