"""From the query string of a list to its rows: one path for page, REST, pick lists and later exports (design 3.8).

Orders only by declared sortable fields, filters only by declared filterable ones, counts to a cap, never joins a whole table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from core.access.field_rights import access_to, may_query
from core.database.covering import fields_asked
from core.database.references import load_references
from core.database.together import Counted, Summed, answered
from core.kernel.acting import FieldAccess, acting, company_id, employee_id
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.organisation.parameters import parameter, spec_called
from core.web.conditions import NONE as NO_CONDITIONS
from core.web.conditions import Conditions, clause_of, read_conditions
from core.web.list_values import EMPTY, among, checked, column_of, day_of, first_value
from core.web.nouns import Noun, SavedView
from core.web.searching import matching
from core.work.tags import has_tag

DEEPEST = 100_000  # rows from the start that a page may lie; beyond that a filter serves people better
SIZES = (20, 50, 100)
LONGEST_CODE, MOST_ASKED = 60, 20  # letters of a tag's code, and tags that a list is asked by


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
    conditions: Conditions = NO_CONDITIONS
    tags: tuple[str, ...] = ()
    """Codes of tags of which a record has one; :data:`EMPTY` for none at all."""
    at: str = ""
    """The page that shows it, where it is not the one that the present request asks for."""

    @property
    def plain(self) -> bool:
        """Whether it asks for the whole list, in whatever order."""
        return not (self.text or self.view or self.filters or self.since or self.until or self.conditions.all or self.tags)


@dataclass(frozen=True)
class Found:
    """One page of records with the total, which is only the cap when ``more`` is true; ``beside`` is what was asked with the count."""

    records: Sequence[Any]
    total: int
    more: bool
    beside: tuple[Any, ...] = ()


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
                since[name] = day_of(given)
            if given := arguments.get(f"{name}_to"):
                until[name] = day_of(given)
            if arguments.get(name) == EMPTY:
                filters[name] = [EMPTY]
        elif values := [value for value in arguments.getlist(name) if value]:
            filters[name] = [checked(declared, value) for value in values]
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
        conditions=read_conditions(noun, arguments),
        tags=tuple(dict.fromkeys(code[:LONGEST_CODE] for code in arguments.getlist("tag") if code))[:MOST_ASKED],
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
    values, empty = _asked_by(view)
    known = all(access_to(acting(), model, name) is not FieldAccess.NONE for model, name in empty)
    return known and all(may_query(acting(), model, name) for model, name in values)


@lru_cache(maxsize=1_000)
def _asked_by(view: SavedView) -> tuple[set[tuple[Any, str]], set[tuple[Any, str]]]:
    """Class and name of the fields whose values the view asks for, and of those which it asks only whether they are empty; the same for
    whoever opens it, whenever."""
    return fields_asked(view.condition(*(spec_called(name).default for name in view.settings)))


def condition_of(session: Session, view: SavedView) -> Any:
    """What the view asks for, with the settings of the company."""
    return view.condition(*(parameter(session, name) for name in view.settings))


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


def statement(session: Session, noun: Noun, query: Query) -> Select[Any]:
    """The records that the query asks for, in order, without a page."""
    if query.plain:
        _check_order(noun, query.order)
        return _all_in_order(noun, query.order)
    asked = select(noun.model)
    if query.text:
        asked = asked.where(matching(session, noun, query.text))
    if query.view:
        view = next((one for one in views_of(noun) if one.key == query.view), None)
        if view is None:
            raise Malformed(msg("The list has no view “%(name)s”.", name=query.view[:40]))
        asked = asked.where(condition_of(session, view))
    for name, values in query.filters.items():
        asked = asked.where(among(noun, name, values))
    for name, day in query.since.items():
        asked = asked.where(column_of(noun, name) >= first_value(noun.fields[name], day))
    for name, day in query.until.items():
        asked = asked.where(column_of(noun, name) < first_value(noun.fields[name], day + timedelta(days=1)))
    if (clause := clause_of(noun, query.conditions)) is not None:
        asked = asked.where(clause)
    if query.tags:
        asked = asked.where(_tagged(noun, query.tags))
    _check_order(noun, query.order)
    return _ordered(noun, asked, query.order)


def _tagged(noun: Noun, tags: Sequence[str]) -> Any:
    named = [code for code in tags if code != EMPTY]
    asked = [has_tag(noun.model, named)] if named else []
    return or_(*asked, *([~has_tag(noun.model, ())] if EMPTY in tags else []))


def _check_order(noun: Noun, order: str) -> None:
    name = order.lstrip("-")
    if name != "id" and (name not in noun.fields or not noun.fields[name].sortable):
        raise Malformed(msg("The list cannot be ordered by “%(name)s”.", name=name[:40]))
    _check_query(noun, name)


@lru_cache(maxsize=1_000)
def _all_in_order(noun: Noun, order: str) -> Select[Any]:
    """The list as it opens. It is the same statement for everybody, so it is built once; the record guard knows it again."""
    return _ordered(noun, select(noun.model), order)


def _ordered(noun: Noun, asked: Select[Any], order: str) -> Select[Any]:
    """Up or down, what has no value comes last: whoever orders by a day asks for days, and both databases answer alike."""
    name, downwards = order.lstrip("-"), order.startswith("-")
    columns = [noun.model.id] if name == "id" else [getattr(noun.model, name), noun.model.id]
    ordered = [column.desc() if downwards else column.asc() for column in columns]
    if may_be_empty(noun, name):
        ordered[0] = ordered[0].nulls_last()
    return asked.order_by(*ordered)


def may_be_empty(noun: Noun, name: str) -> bool:
    """Whether records may have no value in the column that a list is ordered by."""
    return name != "id" and bool(noun.model.__table__.columns[name].nullable)


NOTHING = Found((), 0, more=False)


@lru_cache(maxsize=1_000)
def _page_of(asked: Select[Any]) -> Select[Any]:
    return asked.limit(bindparam("most", type_=Integer)).offset(bindparam("start", type_=Integer))


def find(session: Session, noun: Noun, query: Query, *, within: Any = None, whole: bool = False, beside: Sequence[Summed] = ()) -> Found:
    """One page of what the person may see; ``within`` narrows further (the children of one record).

    What the columns refer to comes along, with ``whole`` whatever the records refer to: each kind by one statement, however many rows.
    ``beside`` is asked in the statement that counts, with the person as the parameter ``employee``.
    """
    asked = statement(session, noun, query)
    if within is not None:
        asked = asked.where(within)
    start = (query.page - 1) * query.size
    if start > DEEPEST:
        raise Malformed(msg("The list cannot be paged this far. Please narrow it with a filter."))
    told = noun.fields if whole else {column.name: noun.fields[column.name] for column in noun.columns}
    standing = query.plain and within is None
    paged = _page_of(asked) if standing else _page_of.__wrapped__(asked)
    found = (
        _downwards(session, noun, query, asked, start)
        if _goes_down_from_values(session, noun, query)
        else session.scalars(paged, {"most": query.size + 1, "start": start}).all()
    )
    records = found[: query.size]
    asked_through = {name for due in noun.due for name in due.references}
    load_references(
        session, records, [name for name, one in noun.fields.items() if (name in told and one.kind == "reference") or name in asked_through]
    )
    if len(found) <= query.size and query.page == 1:
        return Found(records, len(records), more=False, beside=tuple(answered(session, beside, standing=True, **_asking(records))))
    (total, more), *others = answered(session, (Counted(asked), *beside), standing=standing, **_asking(records))
    return Found(records, max(total, start + len(records)), more, tuple(others))


def _goes_down_from_values(session: Session, noun: Noun, query: Query) -> bool:
    """Whether the index of the column runs in another order than the list: PostgreSQL keeps what is empty at the upper end."""
    downwards = query.order.startswith("-") and may_be_empty(noun, query.order.lstrip("-"))
    return downwards and session.get_bind().dialect.name == "postgresql"


def _downwards(session: Session, noun: Noun, query: Query, asked: Select[Any], start: int) -> Sequence[Any]:
    """A page of ``asked`` and the record after it, read from the index from its last value down, then what has no value.

    As one statement it would sort all records for each page (100,000 rows: 37 ms instead of 0.1).
    """
    column, own, most = getattr(noun.model, query.order[1:]), noun.model.id, query.size + 1
    given, none = asked.order_by(None).where(column.is_not(None)), asked.order_by(None).where(column.is_(None))
    found = list(session.scalars(given.order_by(column.desc(), own.desc()).limit(most).offset(start)))
    if len(found) == most:
        return found
    before = 0 if found or not start else session.scalar(given.with_only_columns(func.count(own))) or 0
    rest = session.scalars(none.order_by(own.desc()).limit(most - len(found)).offset(start - before if before or not found else 0))
    return [*found, *rest]


def _asking(records: Sequence[Any]) -> dict[str, Any]:
    return {"employee": employee_id(), "company": company_id(), "page": [record.id for record in records]}


def values_in_use(session: Session, noun: Noun, name: str, beginning: str) -> list[str]:
    """Up to 50 different values of a field among the records that the person may see."""
    column = getattr(noun.model, name)
    asked = select(column).where(column.is_not(None)).distinct().order_by(column).limit(50)
    if beginning:
        asked = asked.where(cast(column, String).startswith(beginning, autoescape=True))
    return [str(value) for value in session.scalars(asked)]
