"""What a chart of a list shows: its records put into groups by a declared field, each counted or summed, each a filter of that list.

The groups are made of the very statement that the list is made of, through the guarded session, so that no bar says more than its list.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, Select, func, literal, select
from sqlalchemy.orm import Session

from core.access.field_rights import may_query
from core.database.fields import Field
from core.database.references import class_of
from core.kernel.acting import acting
from core.kernel.errors import Malformed
from core.kernel.words import Message, msg
from core.web.codes import code_label
from core.web.list_values import EMPTY, NONE_SEEN, adding, sum_of
from core.web.listing import Query, filters_of, statement
from core.web.nouns import Noun
from core.web.periods import Each, Period, periods_of, placed

MOST = 20
"""Groups of one page of a chart; the next ones are a click away."""
SLICES = 6
"""Parts of a composition that can be told from each other."""
MOST_EMPTY = 24
"""Periods up to which a line is drawn as far as the list asks, also where nothing lies at its ends."""
COUNT = "count"
GROUPED = frozenset({"choice", "reference", "flag", "code", "integer", "date", "moment"})
SUMMED = frozenset({"money", "integer", "quantity"})
TIMES = frozenset({"date", "moment"})


class Kind(enum.StrEnum):
    """How a chart is drawn."""

    BAR = "bar"
    LINE = "line"
    PIE = "pie"
    FUNNEL = "funnel"

    @property
    def label(self) -> Message:
        """The word for it."""
        return {"bar": msg("Bar chart"), "line": msg("Line"), "pie": msg("Doughnut chart"), "funnel": msg("Funnel")}[self.value]

    @property
    def icon(self) -> str:
        """Its sign."""
        return {"bar": "chart-bar", "line": "chart-line", "pie": "chart-pie", "funnel": "chart-funnel"}[self.value]


@dataclass(frozen=True)
class Asked:
    """What is drawn: groups ``by`` a field, of ``each`` month, quarter or year where it is a time, measured by ``measure``."""

    by: str
    measure: str = COUNT
    kind: Kind = Kind.BAR
    each: Each = Each.MONTH
    start: int = 0


@dataclass(frozen=True)
class Grouped:
    """One bar: the values of the list's parameters that ask for exactly its records, how many they are, and their sum."""

    label: Message | str
    asked: Mapping[str, str | Sequence[str]]
    count: int
    value: Decimal
    tone: str = ""
    """What the state means that is grouped by, as in lists; empty for what is no state."""


@dataclass(frozen=True)
class Groups:
    """The groups of one page of a chart, and count and value of all records of the list."""

    groups: Sequence[Grouped]
    count: int
    value: Decimal
    more: bool = False
    none: Grouped | None = None
    """Records without a day, which have no place on an axis of time."""
    ranked: bool = False
    """Whether the largest groups come first."""
    left_out: int = 0
    """Records of the list that add nothing to the value; 0 where records are counted."""


def folded(groups: Sequence[Grouped], asked: Asked) -> Sequence[Grouped]:
    """At most :data:`SLICES` groups of a composition: the largest as they stand, the rest as one that leads to exactly its records."""
    if asked.kind is not Kind.PIE or len(groups) <= SLICES or any(asked.by not in one.asked for one in groups):
        return groups
    ranked = sorted(groups, key=lambda one: one.value, reverse=True)
    kept = ranked[: SLICES - 1]
    rest = [one for one in groups if one not in kept]
    keys = [str(one.asked[asked.by]) for one in rest]
    other = Grouped(msg("Other"), {asked.by: keys}, sum(one.count for one in rest), sum((one.value for one in rest), Decimal(0)))
    return [*(one for one in groups if one in kept), other]


def groupable(noun: Noun) -> tuple[str, ...]:
    """Fields that the person may group the list by: those it can be filtered by, so that every group leads to its records."""
    return tuple(name for name in filters_of(noun) if noun.fields[name].kind in GROUPED)


def measures(noun: Noun) -> tuple[str, ...]:
    """Fields whose sum the person may know: numbers that the list or the page of a record shows, and that may be read."""
    shown = {column.name for column in noun.columns} | {name for group in noun.groups for name in group.names}
    told = (name for name, declared in noun.fields.items() if declared.kind in SUMMED and name in shown)
    return tuple(name for name in told if may_query(acting(), noun.model, name))


def read_asked(noun: Noun, arguments: Any) -> Asked:
    """Parse what is to be drawn; raises :class:`Malformed` for a field that the person cannot group by, or sum."""
    fields = groupable(noun)
    by = arguments.get("by", "") or (fields[0] if fields else "")
    measure = arguments.get("measure", "") or COUNT
    if by not in fields:
        raise Malformed(msg("The list cannot be grouped by “%(name)s”.", name=by[:40]))
    if measure != COUNT and measure not in measures(noun):
        raise Malformed(msg("The list has no sum of “%(name)s”.", name=measure[:40]))
    usual = Kind.LINE if noun.fields[by].kind in TIMES else Kind.BAR
    start = arguments.get("start", "0")
    if not start.isascii() or not start.isdigit() or len(start) > 6:
        raise Malformed(msg("A page number is a whole number from 1 on."))
    return Asked(by, measure, _one(Kind, arguments.get("draw", ""), usual), _one(Each, arguments.get("each", ""), Each.MONTH), int(start))


def _one(words: Any, given: str, usual: Any) -> Any:
    if not given:
        return usual
    try:
        return words(given)
    except ValueError:
        raise Malformed(msg("A chart knows no “%(name)s”.", name=given[:40])) from None


def groups_of(session: Session, noun: Noun, query: Query, asked: Asked) -> Groups:
    """The list's records in groups; at most three statements."""
    rows = statement(session, noun, query).order_by(None)
    added = func.count(noun.model.id) if asked.measure == COUNT else adding(noun, asked.measure)
    count, value, added = session.execute(rows.with_only_columns(func.count(noun.model.id), _measured(noun, asked), added)).one()
    declared = noun.fields[asked.by]
    if declared.kind in TIMES:
        groups, none = _in_time(session, noun, query, asked, rows)
        return Groups(groups, count, _number(value), none=none, left_out=count - added)
    ranked = declared.kind == "code"
    if declared.kind == "reference":
        model: Any = class_of(noun.model, declared.target)
        ranked = not _in_steps(model)
        found = _by_reference(session, noun, asked, rows, model)
    else:
        found = _by_value(session, noun, asked, rows, declared)
    return Groups(found[:MOST], count, _number(value), more=len(found) > MOST, ranked=ranked, left_out=count - added)


def _in_steps(model: Any) -> bool:
    """Whether what is referred to stands in an order of its own; an employee's position is a title."""
    return isinstance(getattr(getattr(model, "position", None), "type", None), Integer)


def _measured(noun: Noun, asked: Asked) -> Any:
    return literal(0) if asked.measure == COUNT else sum_of(noun, asked.measure)


def _number(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value or 0)


def _largest(noun: Noun, asked: Asked) -> Any:
    """Large groups first, those alike in the order in which they came."""
    return func.count(noun.model.id).desc() if asked.measure == COUNT else _measured(noun, asked).desc()


def _by_value(session: Session, noun: Noun, asked: Asked, rows: Select[Any], declared: Field) -> list[Grouped]:
    """Groups of a choice in the order of its declaration, of numbers by size, of codes the largest first."""
    column = getattr(noun.model, asked.by)
    order = (_largest(noun, asked), column) if declared.kind == "code" else (column,)
    counted = rows.with_only_columns(column, func.count(noun.model.id), _measured(noun, asked)).group_by(column).order_by(*order)
    found = session.execute(counted if declared.choices is not None else counted.limit(MOST + 1).offset(asked.start)).all()
    if declared.choices is not None:
        places = {choice: place for place, choice in enumerate(declared.choices)}
        found = sorted(found, key=lambda row: places.get(row[0], len(places)))[asked.start :]
    tones = _tones(declared)
    return [_group(asked, _key(value), _called(declared, value), count, measured, tones.get(value, "")) for value, count, measured in found]


def _tones(declared: Field) -> Mapping[Any, str]:
    """The tones of the values of a field, where they tell one from another: an order of kinds has no colours."""
    tones = {value: value.tone for value in declared.choices or ()}
    return tones if len(set(tones.values())) > 1 else {}


def _by_reference(session: Session, noun: Noun, asked: Asked, rows: Select[Any], model: Any) -> list[Grouped]:
    """Groups by what is referred to, as far as the person sees that; steps in their order, anything else the largest first."""
    steps = _in_steps(model)
    seen = select(model.id, *((model.position,) if steps else ())).subquery()  # it carries the scope of its class
    ranked = (seen.c.position, seen.c.id) if steps else (_largest(noun, asked), seen.c.id)
    counted = (
        rows.outerjoin(seen, seen.c.id == getattr(noun.model, f"{asked.by}_id"))
        .with_only_columns(seen.c.id, func.count(noun.model.id), _measured(noun, asked))
        .group_by(*seen.c)
        .order_by(*ranked)
    )
    found = session.execute(counted.limit(MOST + 1).offset(asked.start)).all()
    wanted = [number for number, *_ in found if number is not None]
    known: Any = session.scalars(select(model).where(model.id.in_(wanted))) if wanted else ()
    named = {one.id: (str(one), getattr(getattr(one, "tone", None), "tone", "")) for one in known}
    unseen = (NONE_SEEN, "")
    told = ((number, count, measured, *named.get(number, unseen)) for number, count, measured in found)
    return [_group(asked, _key(number), label, count, measured, tone) for number, count, measured, label, tone in told]


def _in_time(session: Session, noun: Noun, query: Query, asked: Asked, rows: Select[Any]) -> tuple[list[Grouped], Grouped | None]:
    """Months, quarters or years in their order, empty ones too, also those that the list asks for before the first and after the last.

    Records without a day are a group of their own beside them.
    """
    column, declared = getattr(noun.model, asked.by), noun.fields[asked.by]
    first, last = session.execute(rows.with_only_columns(func.min(column), func.max(column))).one()
    periods = periods_of(asked.each, first, last)
    whole = periods_of(asked.each, query.since.get(asked.by, first), query.until.get(asked.by, last)) if periods else periods
    periods = whole if len(whole) <= MOST_EMPTY else periods
    place = placed(column, declared, periods).label("place")
    counted = rows.with_only_columns(place, func.count(noun.model.id), _measured(noun, asked)).group_by("place")
    found = {number: (count, measured) for number, count, measured in session.execute(counted)}
    groups = [_of_period(query, asked, period, *found.get(number, (0, 0))) for number, period in enumerate(periods)]
    without = found.get(None)
    return groups, _group(asked, EMPTY, msg("Not given"), *without) if without else None


def _of_period(query: Query, asked: Asked, period: Period, count: int, measured: Any) -> Grouped:
    """The days of the period, as far as the list does not leave some of them out already."""
    since = max(filter(None, (query.since.get(asked.by), period.first)), default=None)
    until = min(filter(None, (query.until.get(asked.by), period.last)), default=None)
    days = {f"{asked.by}_from": str(since or ""), f"{asked.by}_to": str(until or "")}
    return Grouped(period.label, days, count, _value(asked, count, measured))


def _group(asked: Asked, key: str, label: Message | str, count: int, measured: Any, tone: str = "") -> Grouped:
    return Grouped(label, {asked.by: key}, count, _value(asked, count, measured), tone)


def _value(asked: Asked, count: int, measured: Any) -> Decimal:
    return Decimal(count) if asked.measure == COUNT else _number(measured)


def _key(value: Any) -> str:
    """The value as the list is filtered by it."""
    if value is None:
        return EMPTY
    return str(int(value)) if isinstance(value, bool) else str(getattr(value, "value", value))


def _called(declared: Field, value: Any) -> Message | str:
    if value is None:
        return msg("Not given")
    if isinstance(value, bool):
        return msg("Yes") if value else msg("No")
    if declared.choices is not None:
        label: Message = value.label
        return label
    return code_label(declared, value) if declared.kind == "code" else str(value)
