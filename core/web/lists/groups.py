"""A list put into groups by one of its filters: how many records each has, the sums of its money, and the list of just these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import String, and_, cast, extract, func, literal, select
from sqlalchemy.orm import Session

from core.access.field_rights import knows_name, may_query
from core.database.fields import Field
from core.database.records import naming
from core.database.references import class_of
from core.exports.reading import count_seen
from core.kernel.acting import acting
from core.kernel.errors import Malformed
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.web import formats
from core.web.list_values import EMPTY, NONE_SEEN, adding, column_of, sum_of
from core.web.listing import Query, filters_of, statement
from core.web.lists.addresses import href
from core.web.lists.words import told_value
from core.web.nouns import Noun
from core.web.pages import GroupRow, GroupTable, Link
from core.web.sums import sum_leaves_out
from core.web.tagging import LABEL, TAG, has_tags, tag_words
from core.work.tags import in_order, taggings_of

KINDS = frozenset({"choice", "code", "flag", "reference", "date"})
MOST = 200
"""Groups that are shown, the largest first where they have no order of their own."""
MOST_SUMS = 4


@dataclass(frozen=True)
class Found:
    """One group as it is found: its key (year and month of a day), what it is called, how many, and the sums in yuan."""

    key: Any
    called: str | None
    count: int
    sums: tuple[Decimal, ...]
    added: tuple[int, ...] = ()
    """Of each sum, how many records add something to it."""


def group_fields(noun: Noun) -> tuple[str, ...]:
    """Fields that the list may be grouped by: those it is filtered by, so that every group leads to its records."""
    return tuple(name for name in filters_of(noun) if noun.fields[name].kind in KINDS and _can_be_named(noun, name))


@cache
def _can_be_named(noun: Noun, name: str) -> bool:
    declared = noun.fields[name]
    return declared.kind != "reference" or naming(class_of(noun.model, declared.target)) is not None


def summed_fields(noun: Noun) -> tuple[str, ...]:
    """Money of the list that the person may know."""
    names = [shown.name for shown in noun.columns if noun.fields[shown.name].kind == "money"]
    return tuple(name for name in names if may_query(acting(), noun.model, name))[:MOST_SUMS]


def group_links(noun: Noun, query: Query) -> tuple[Link, ...]:
    """What the list may be grouped by, and no group at all."""
    present, fields = dict(query.asked).get("group", ""), group_fields(noun)
    labels = {name: noun.fields[name].label for name in fields} | ({TAG: LABEL} if has_tags(noun) else {})
    if not labels:
        return ()
    links = [Link(label, href(query, group=name), current=name == present) for name, label in labels.items()]
    return (Link(msg("No grouping"), href(query, group=""), current=not present), *links)


def group_table(session: Session, noun: Noun, query: Query) -> GroupTable | None:
    """The groups of the list by the field that its address names; one statement, and one more where only the largest are shown.

    None where it names none. The total is that of all groups.
    """
    name = dict(query.asked).get("group", "")
    if not name:
        return None
    if name == TAG and has_tags(noun):
        return _by_tag(session, noun, query)
    if name not in group_fields(noun):
        raise Malformed(msg("The list cannot be grouped by “%(name)s”.", name=name[:40]))
    declared, sums = noun.fields[name], summed_fields(noun)
    every = _found(session, noun, query, name, sums)
    found = _in_order(declared, every[:MOST])
    doors = [href(query, group="", **_asked(query, declared, one.key)) for one in found]
    whole = _together(found, len(sums)) if len(every) <= MOST else _whole(session, noun, query, sums)
    labelled = [(_label(declared, one), door, one) for one, door in zip(found, doors, strict=True)]
    part = msg("The %(count)s largest groups. The total is that of all groups.", count=MOST) if len(every) > MOST else ""
    return _table(noun, query, declared.label, sums, labelled, whole, part)


Labelled = Sequence[tuple[Message | str, str, Found]]
"""Groups, each with what it is called and the address of its records."""


def _table(
    noun: Noun, query: Query, by: Message | str, sums: Sequence[str], found: Labelled, whole: Found, part: Message | str
) -> GroupTable:
    exact = [formats.any_fen(to_fen(one.sums[place]) for one in (*(one for _, _, one in found), whole)) for place in range(len(sums))]
    left_out = (sum_leaves_out(noun, one, whole.count - whole.added[place], query) for place, one in enumerate(sums))
    return GroupTable(
        by=by,
        sums=tuple(noun.fields[one].label for one in sums),
        rows=tuple(GroupRow(label, door, one.count, _money(one.sums, exact)) for label, door, one in found),
        count=whole.count,
        totals=_money(whole.sums, exact),
        part=part,
        left_out=tuple(one for one in left_out if one is not None),
    )


def _by_tag(session: Session, noun: Noun, query: Query) -> GroupTable:
    """A group for each tag; a record with several stands in several of them, and once in the total. Two statements.

    Where the list is asked for some tags, these are the groups.
    """
    sums, rows = summed_fields(noun), statement(session, noun, query).order_by(None)
    (beside, on), named = taggings_of(noun.model), [one for one in query.tags if one != EMPTY]
    if named:
        on = and_(on, beside.tag.in_(named))
    tags = beside.tag.table
    joined = rows.join(tags, on) if named and EMPTY not in query.tags else rows.outerjoin(tags, on)
    counted = joined.with_only_columns(beside.tag, func.count(noun.model.id), *_measured(noun, sums)).group_by(beside.tag)
    told = session.execute(counted.order_by(func.count(noun.model.id).desc(), beside.tag).limit(MOST + 1)).all()
    found = [Found(code, None, count, *_split(amounts)) for code, count, *amounts in told[:MOST]]
    places = {code: place for place, code in enumerate(in_order(session, [one.key for one in found if one.key is not None]))}
    found.sort(key=lambda one: places.get(one.key, len(places)))
    whole = _whole(session, noun, query, sums)
    labels = tag_words(session, [one.key or EMPTY for one in found])
    doors = [href(query, group="", **{TAG: one.key or EMPTY}) for one in found]
    several = msg("A record with several tags stands in each of their groups; the total counts it once.")
    largest = msg("The %(count)s largest groups. The total is that of all groups.", count=MOST)
    part = several if sum(one.count for one in found) > whole.count else largest if len(told) > MOST else ""
    return _table(noun, query, LABEL, sums, list(zip(labels, doors, found, strict=True)), whole, part)


def _together(found: Sequence[Found], many: int) -> Found:
    """All groups, of ``many`` sums each, as one."""
    sums = tuple(sum((one.sums[place] for one in found), Decimal(0)) for place in range(many))
    added = tuple(sum(one.added[place] for one in found) for place in range(many))
    return Found(None, None, sum(one.count for one in found), sums, added)


def _whole(session: Session, noun: Noun, query: Query, sums: Sequence[str]) -> Found:
    rows = statement(session, noun, query).order_by(None)
    count, *told = session.execute(rows.with_only_columns(func.count(noun.model.id), *_measured(noun, sums))).one()
    return Found(None, None, count, *_split(told))


def _measured(noun: Noun, sums: Sequence[str]) -> list[Any]:
    return [*(sum_of(noun, one) for one in sums), *(adding(noun, one) for one in sums)]


def _split(told: Sequence[Any]) -> tuple[tuple[Decimal, ...], tuple[int, ...]]:
    half = len(told) // 2
    return tuple(map(Decimal, told[:half])), tuple(map(int, told[half:]))


def _found(session: Session, noun: Noun, query: Query, name: str, sums: Sequence[str]) -> list[Found]:
    rows, declared, column = statement(session, noun, query).order_by(None), noun.fields[name], column_of(noun, name)
    measured = _measured(noun, sums)
    keys: tuple[Any, ...] = (column, column)
    if declared.kind == "reference":
        target: Any = class_of(noun.model, declared.target)
        called = naming(target) if knows_name(acting(), target) else literal("#").concat(cast(target.id, String))
        seen = select(target.id, called.label("called")).subquery()  # it carries the scope of its class
        rows, keys = rows.outerjoin(seen, seen.c.id == column), (seen.c.id, seen.c.called)
    elif declared.kind == "date":
        keys = (extract("year", column), extract("month", column))
    counted = rows.with_only_columns(*keys, func.count(noun.model.id), *measured).group_by(*dict.fromkeys(keys))
    told = session.execute(counted.order_by(func.count(noun.model.id).desc(), keys[0]).limit(MOST + 1)).all()
    if declared.kind == "reference":
        count_seen(class_of(noun.model, declared.target), [first for first, *_ in told if first is not None])
    return [Found(_key(declared, first, second), second, count, *_split(amounts)) for first, second, count, *amounts in told]


def _key(declared: Field, first: Any, second: Any) -> Any:
    if first is None or declared.kind != "date":
        return first
    return date(int(first), int(second), 1)


def _in_order(declared: Field, found: list[Found]) -> list[Found]:
    """Choices in the order of their declaration, months by time; records without a value stand last."""
    if declared.choices is not None:
        places = {choice: place for place, choice in enumerate(declared.choices)}
        return sorted(found, key=lambda one: places.get(one.key, len(places)))
    if declared.kind == "date":
        return sorted(found, key=lambda one: (one.key is None, one.key or date.min))
    return sorted(found, key=lambda one: one.key is None)


def _label(declared: Field, one: Found) -> Message | str:
    if one.key is None:
        return NONE_SEEN if declared.kind == "reference" else msg("Not given")
    if declared.kind == "date":
        return f"{one.key:%Y-%m}"
    return told_value(declared, _written(one.key), lambda _, value: one.called or value)


def _written(key: Any) -> str:
    return str(int(key)) if isinstance(key, bool) else str(getattr(key, "value", key))


def _asked(query: Query, declared: Field, key: Any) -> dict[str, str]:
    """Parameters of the list that ask for exactly the records of the group; days outside of the list's own stay outside."""
    if key is None:
        return {declared.name: EMPTY}
    if declared.kind != "date":
        return {declared.name: _written(key)}
    last = (key + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    since, until = query.since.get(declared.name), query.until.get(declared.name)
    return {
        f"{declared.name}_from": str(max(key, since) if since else key),
        f"{declared.name}_to": str(min(last, until) if until else last),
    }


def _money(amounts: Sequence[Decimal], exact: Sequence[bool]) -> tuple[str, ...]:
    return tuple(formats.money(to_fen(amount), exact=two) for amount, two in zip(amounts, exact, strict=True))
