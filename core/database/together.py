"""Rows of several kinds read in one statement, so that a page costs the same with two plugins as with twenty (design 3.8).

Each kind says by :func:`told` which of its columns stand for what; :func:`read_together` joins the kinds and lets each tell its rows. The
statement is one of mapped classes, so that the record guard adds the scope of every kind to its own part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Cast, Date, Null, Select, String, cast, false, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from core.database.covering import covered_text
from core.database.types import Moment
from core.kernel.acting import acting
from core.kernel.clock import local
from core.kernel.words import Message

MANY = 200  # entries of one kind, up to which a timeline counts them
TEXTS = 4
"""Texts that a row may carry; a choice comes as its stored value."""
TYPES = (BigInteger, Moment, Date, String, *(String,) * TEXTS)


class ToldRow(NamedTuple):
    """One row: the id of its record, when it happened (UTC) or on which day, who did it, and up to four texts."""

    id: int
    at: datetime | None
    day: date | None
    who: str | None
    texts: tuple[str | None, ...]


@dataclass(frozen=True)
class Kind:
    """What sort of entry of a timeline it is, for the filter above: a key for addresses and the word for people."""

    key: str
    label: Message


@dataclass(frozen=True)
class Told:
    """Rows of one kind, in their order, and how each is told; ``kind`` sorts entries of a timeline.

    ``all`` is the list that holds all of them, for tasks of the desk, which shows but a few: path of its noun and key of its view.
    """

    rows: Select[Any]
    tell: Callable[[ToldRow], Any]
    kind: Kind | None = None
    all: tuple[str, str] | None = None


@dataclass(frozen=True)
class Counted:
    """A figure that is the number of rows of ``rows``, counted up to ``cap``."""

    rows: Select[Any]
    cap: int = 10_000


@dataclass(frozen=True)
class Summed:
    """A figure that is the only value of ``value``, a select of one column and one row."""

    value: Select[Any]


def ids_as_text(column: Any) -> Any:
    """The ids of all rows as one text, so that many are the only value of a :class:`Summed`; :func:`read_ids` reads it."""
    return func.aggregate_strings(cast(column, String), " ")


def read_ids(text: str | None) -> frozenset[int]:
    """The ids of :func:`ids_as_text`; none for no rows."""
    return frozenset(map(int, (text or "").split()))


def told(record_id: Any, *texts: Any, at: Any = None, day: Any = None, who: Any = None) -> Select[Any]:
    """A select of what :class:`ToldRow` holds, as far as the person who acts may read it; go on with ``join``, ``where``, ``order_by``.

    What happened at a time that this person may not read is not told at all: it has no place among the rest.
    """
    asked = [column if column is None else _element(column) for column in (record_id, at, day, who, *texts)]
    told = [column if column is None else covered_text(column, acting()) for column in asked]
    timeless = [place for place in (1, 2) if told[place] is not asked[place]]
    columns = (*(None if place in timeless else column for place, column in enumerate(told)), *(None,) * (TEXTS - len(texts)))
    found = select(
        *(
            (cast(null(), kind) if column is None else column if kind in (Moment, Date) else cast(column, kind)).label(f"told_{place}")
            for place, (column, kind) in enumerate(zip(columns, TYPES, strict=True))
        )
    )
    return found.where(false()) if timeless else found


def _element(column: Any) -> Any:
    return column.__clause_element__() if hasattr(column, "__clause_element__") else column


def read_together(session: Session, kinds: Sequence[Told], limit: int) -> list[Any]:
    """The first ``limit`` rows of each kind, as their kinds tell them; one statement, none for no kinds."""
    if not kinds:
        return []
    parts = [_in_one_order(one.rows).limit(limit).subquery() for one in kinds]
    found = session.execute(union_all(*(select(literal(place), *part.c) for place, part in enumerate(parts)))).all()
    return [kinds[kind].tell(ToldRow(number, at, day, who, tuple(texts))) for kind, number, at, day, who, *texts in found]


def read_until(session: Session, kinds: Sequence[Told], limit: int, until: datetime | None) -> tuple[list[Any], int]:
    """The newest ``limit`` rows of each kind up to and with ``until``, and how many there are of all kinds; one statement.

    More than :data:`MANY` of one kind are not counted. A day counts as its noon, as timelines show it.
    """
    if not kinds:
        return [], 0
    wanted = [one.rows if until is None else _before(one.rows, until) for one in kinds]
    parts = [_in_one_order(rows).limit(limit).subquery() for rows in wanted]
    sums = [rows.order_by(None).limit(MANY).subquery() for rows in wanted]
    numbers: list[Any] = [select(literal(-1), func.count(), *(cast(null(), kind) for kind in TYPES[1:])).select_from(part) for part in sums]
    told: list[Any] = [select(literal(place), *part.c) for place, part in enumerate(parts)]
    found = session.execute(union_all(*told, *numbers)).all()
    entries = [kinds[kind].tell(ToldRow(number, at, day, who, tuple(texts))) for kind, number, at, day, who, *texts in found if kind >= 0]
    return entries, sum(number for kind, number, *_ in found if kind < 0)


def _before(rows: Select[Any], until: datetime) -> Select[Any]:
    """Those of ``rows`` that happened by then; rows that say no time are all kept."""
    at, day = (column.element for column in list(rows.selected_columns)[1:3])  # labels of told()
    if not _is_nothing(at):
        return rows.where(at <= until)
    return rows if _is_nothing(day) else rows.where(day <= local(until - timedelta(hours=12)).date())


def _is_nothing(column: Any) -> bool:
    return isinstance(column, Cast) and isinstance(column.clause, Null)


def _in_one_order(rows: Select[Any]) -> Select[Any]:
    """``rows`` with equals in the order of their records: else the database chooses, and rows that nobody sees have a say in it."""
    return rows.order_by(rows.selected_columns[0].element.clause)  # the id beneath what ``told`` made of it


def answered(session: Session, asked: Sequence[Counted | Summed], *, standing: bool = False, **given: Any) -> list[Any]:
    """The answers in order, by one statement: of :class:`Counted` the number and whether there are more, of :class:`Summed` its value.

    ``given`` are values for parameters that the questions leave open. ``standing`` questions are a tuple that is asked again and again:
    their statement is built once.
    """
    if not asked:
        return []
    values = session.execute(_standing_question(tuple(asked)) if standing else _question(asked), given).one()
    return [(min(value, one.cap), value > one.cap) if isinstance(one, Counted) else value for one, value in zip(asked, values, strict=True)]


def _question(asked: Sequence[Counted | Summed]) -> Select[Any]:
    return select(*(_scalar(one) for one in asked))


@lru_cache(maxsize=1_000)
def _standing_question(asked: tuple[Counted | Summed, ...]) -> Select[Any]:
    return _question(asked)


def _scalar(one: Counted | Summed) -> Any:
    if isinstance(one, Summed):
        return one.value.scalar_subquery()
    inner = one.rows.order_by(None).limit(one.cap + 1).with_only_columns(counted_by(one.rows)).subquery()
    return select(func.count()).select_from(inner).scalar_subquery()


def counted_by(rows: Select[Any]) -> Any:
    """A column to count by, as an attribute of its class: a bare column of the table would not carry the scope of who acts."""
    asked = rows.column_descriptions[0]
    return asked["entity"].id if asked["entity"] is not None else asked["expr"]
