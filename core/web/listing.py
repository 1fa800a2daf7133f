"""From the query string of a list to its rows: one path for page, REST, pick lists and later exports (design 3.8).

Orders only by declared sortable fields, filters only by declared filterable ones, counts to a cap, never joins a whole table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, or_, select
from sqlalchemy.orm import Session, aliased

from core.access.field_rights import may_query
from core.database.covering import fields_behind
from core.database.fields import Field
from core.database.references import class_of, load_references
from core.database.search import search_ids
from core.database.sessions import capped_count
from core.kernel.acting import acting
from core.kernel.clock import SHANGHAI
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.web.nouns import Noun, SavedView

DEEPEST = 100_000  # rows from the start that a page may lie; beyond that a filter serves people better
SIZES = (20, 50, 100)
EMPTY = "-"
"""The value of a filter that asks for the records that have none, or none that the person may see."""


@dataclass(frozen=True)
class Query:
    """What is asked of a list; ``page`` counts from 1, ``asked`` are the parameters that said so."""

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: Mapping[str, date] = field(default_factory=dict)
    until: Mapping[str, date] = field(default_factory=dict)
    view: str = ""
    order: str = ""
    page: int = 1
    size: int = SIZES[0]
    asked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """One page of records with the total, which is only the cap when ``more`` is true."""

    records: Sequence[Any]
    total: int
    more: bool


def read_query(noun: Noun, arguments: Any) -> Query:
    """Parse the query string (a MultiDict); raises :class:`Malformed` for an order, filter or page that is not offered."""
    order = arguments.get("order", "") or usual_order(noun)
    filters, since, until = {}, {}, {}
    for name in noun.filters:
        declared = noun.fields[name]
        if any(arguments.get(f"{name}{end}") for end in ("", "_from", "_to")):
            _check_query(noun, name)
        if declared.kind in ("date", "moment"):
            if given := arguments.get(f"{name}_from"):
                since[name] = _day(given)
            if given := arguments.get(f"{name}_to"):
                until[name] = _day(given)
            if arguments.get(name) == EMPTY:
                filters[name] = [EMPTY]
        elif values := [value for value in arguments.getlist(name) if value]:
            filters[name] = [_checked(declared, value) for value in values]
    return Query(
        text=arguments.get("q", "").strip()[:100],
        filters=filters,
        since=since,
        until=until,
        view=arguments.get("view", ""),
        order=order,
        page=_number(arguments.get("page", "1")),
        size=min(_number(arguments.get("size", str(SIZES[0]))), SIZES[-1]),
        asked=tuple(arguments.items(multi=True)),
    )


def usual_order(noun: Noun) -> str:
    """The order of the list as the noun states it, or by age for somebody who may not read that field."""
    name = noun.order.lstrip("-")
    return noun.order if name == "id" or may_query(acting(), noun.model, name) else "-id"


def filters_of(noun: Noun) -> tuple[str, ...]:
    """Fields that the person may filter by: what one may not read, no filter tells."""
    return tuple(name for name in noun.filters if may_query(acting(), noun.model, name))


def views_of(noun: Noun) -> tuple[SavedView, ...]:
    """Saved views whose condition tells nothing that the person may not read."""
    return tuple(view for view in noun.views if _may_ask(view))


def _may_ask(view: SavedView) -> bool:
    return all(may_query(acting(), model, name) for model, name in fields_behind(view.condition()))


def can_search(noun: Noun) -> bool:
    """Whether the list can be searched by name: all that the search covers may be read."""
    searched = [name for name, declared in noun.fields.items() if declared.searchable]
    return bool(searched) and all(may_query(acting(), noun.model, name) for name in searched)


def _check_query(noun: Noun, name: str) -> None:
    """Raise :class:`Malformed` for a field that the person may not read: the rows that come would tell what it holds."""
    if name in noun.fields and not may_query(acting(), noun.model, name):
        raise Malformed(
            msg("You may not read “%(field)s” openly, so the list cannot be filtered or ordered by it.", field=noun.fields[name].label)
        )


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= DEEPEST:
        raise Malformed(msg("A page number is a whole number from 1 on."))
    return int(text)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed(msg("This day does not exist. Please write it like 2026-03-18.")) from None
    if not 1900 <= day.year < 2200:
        raise Malformed(msg("The year must lie between 1900 and 2199."))
    return day


def _checked(declared: Field, value: str) -> str:
    if value == EMPTY:
        return value
    if declared.kind in ("reference", "integer") and not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
    if declared.choices is not None and value not in set(declared.choices):
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
    return value


def statement(session: Session, noun: Noun, query: Query) -> Select[Any]:
    """The records that the query asks for, in order, without a page."""
    asked = select(noun.model)
    if query.text:
        if not can_search(noun) and any(declared.searchable for declared in noun.fields.values()):
            raise Malformed(msg("You may not read everything that this search covers, so it is not open to you. Please use a filter."))
        asked = asked.where(noun.model.id.in_(search_ids(session, noun.model, query.text)))
    if query.view:
        view = next((one for one in views_of(noun) if one.key == query.view), None)
        if view is None:
            raise Malformed(msg("The list has no view “%(name)s”.", name=query.view[:40]))
        asked = asked.where(view.condition())
    for name, values in query.filters.items():
        asked = asked.where(_among(noun, name, values))
    for name, day in query.since.items():
        asked = asked.where(_column(noun, name) >= first_value(noun.fields[name], day))
    for name, day in query.until.items():
        asked = asked.where(_column(noun, name) < first_value(noun.fields[name], day + timedelta(days=1)))
    return _ordered(noun, asked, query.order)


def _among(noun: Noun, name: str, values: Sequence[str]) -> Any:
    """Records that hold one of ``values``; to have none is one of them, and so is a reference to what one may not see."""
    column, declared = _column(noun, name), noun.fields[name]
    given = column.in_([_value(declared, value) for value in values if value != EMPTY])
    if EMPTY not in values:
        return given
    if declared.kind != "reference":
        return or_(column.is_(None), given)
    target = aliased(class_of(noun.model, declared.target))
    return or_(~select(target.id).where(target.id == column).exists(), given)


def first_value(declared: Field, day: date) -> date | datetime:
    """The first value of ``day``: for a moment its midnight on the company's clock."""
    return datetime.combine(day, time.min, SHANGHAI) if declared.kind == "moment" else day


def _column(noun: Noun, name: str) -> Any:
    return getattr(noun.model, f"{name}_id" if noun.fields[name].kind == "reference" else name)


def _value(declared: Field, value: str) -> Any:
    if declared.choices is not None:
        return declared.choices(value)
    if declared.kind == "flag":
        return value in ("1", "true")
    return int(value) if declared.kind in ("reference", "integer") else value


def _ordered(noun: Noun, asked: Select[Any], order: str) -> Select[Any]:
    name, downwards = order.lstrip("-"), order.startswith("-")
    if name != "id" and (name not in noun.fields or not noun.fields[name].sortable):
        raise Malformed(msg("The list cannot be ordered by “%(name)s”.", name=name[:40]))
    _check_query(noun, name)
    columns = [noun.model.id] if name == "id" else [getattr(noun.model, name), noun.model.id]
    return asked.order_by(*(column.desc() if downwards else column for column in columns))


def find(session: Session, noun: Noun, query: Query, *, within: Any = None, whole: bool = False) -> Found:
    """One page of what the person may see; ``within`` narrows further (the children of one record).

    What the columns refer to comes along, with ``whole`` whatever the records refer to: each kind by one statement, however many rows.
    """
    asked = statement(session, noun, query)
    if within is not None:
        asked = asked.where(within)
    start = (query.page - 1) * query.size
    if start > DEEPEST:
        raise Malformed(msg("So far down nobody finds anything. Please narrow the list by a filter."))
    told = noun.fields if whole else {column.name: noun.fields[column.name] for column in noun.columns}
    records = session.scalars(asked.limit(query.size + 1).offset(start)).all()
    load_references(session, records[: query.size], [name for name, declared in told.items() if declared.kind == "reference"])
    if len(records) <= query.size and query.page == 1:
        return Found(records, len(records), more=False)
    total, more = capped_count(session, asked)
    return Found(records[: query.size], max(total, start + min(len(records), query.size)), more)


def values_in_use(session: Session, noun: Noun, name: str, beginning: str) -> list[str]:
    """Up to 50 different values of a field among the records that the person may see."""
    column = getattr(noun.model, name)
    asked = select(column).where(column.is_not(None)).distinct().order_by(column).limit(50)
    if beginning:
        asked = asked.where(cast(column, String).startswith(beginning, autoescape=True))
    return [str(value) for value in session.scalars(asked)]
