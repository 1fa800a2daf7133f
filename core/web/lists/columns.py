"""Columns that a person chooses: declared fields that he or she may read, in any order, behind the one that names the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for

from core.access.field_rights import UNSEEN, may_query
from core.kernel.acting import acting
from core.kernel.words import msg
from core.organisation.models import Employee
from core.web.addresses import address
from core.web.lists.naming import Names
from core.web.nouns import Noun, Shown
from core.web.pages import CardPlace, Cell, ColumnKind, ColumnsPage, FilterOption, Link, Person
from core.web.showing import kind_of, readable, view_name

MOST = 60
MOST_LINES = 4
"""Chosen columns that become lines of a phone's card, beside those that have a place on it."""


def naming_column(noun: Noun) -> Shown:
    """The column that leads to the record; it always stands first."""
    return next((shown for shown in noun.columns if shown.kind is ColumnKind.NAME), noun.columns[0])


def choosable(noun: Noun) -> tuple[str, ...]:
    """Fields that may become columns: those of the list first, then what else is declared, short and readable."""
    declared = [shown.name for shown in noun.columns]
    others = (name for name, field in noun.fields.items() if field.kind != "long_text" and name not in noun.told)
    first = naming_column(noun).name
    return tuple(name for name in dict.fromkeys([*declared, *others]) if name != first and readable(noun, name))


def columns_called(noun: Noun, written: str) -> tuple[Shown, ...]:
    """The columns that ``written`` (names, by commas) asks for; what is no longer offered is left out, and nothing means the usual ones."""
    offered, declared = set(choosable(noun)) if written else (), {shown.name: shown for shown in noun.columns}
    names = [name for name in dict.fromkeys(written.split(",")[:MOST]) if name in offered]
    if not names:
        return tuple(shown for shown in noun.columns if readable(noun, shown.name))
    chosen = [declared.get(name, Shown(name)) for name in names]
    lines = [shown for shown in chosen if not shown.place][:MOST_LINES]
    return (naming_column(noun), *(replace(shown, place=CardPlace.CHOSEN) if shown in lines else shown for shown in chosen))


def is_added(noun: Noun, name: str) -> bool:
    """Whether a column refers to records that the list does not load by itself: it is told by their names alone."""
    return noun.fields[name].kind == "reference" and name not in {shown.name for shown in noun.columns}


def referred_to(noun: Noun, columns: Sequence[Shown], records: Sequence[Any]) -> dict[str, set[int]]:
    """Ids by table of what the added columns refer to."""
    found: dict[str, set[int]] = {}
    for shown in columns:
        if is_added(noun, shown.name) and may_query(acting(), noun.model, shown.name):
            ids = {number for record in records if (number := getattr(record, f"{shown.name}_id")) is not None}
            found.setdefault(noun.fields[shown.name].target, set()).update(ids)
    return found


def referred_cell(noun: Noun, record: Any, name: str, names: Names) -> Cell:
    """The cell of an added reference; what is not seen is told as such."""
    declared, number = noun.fields[name], getattr(record, f"{name}_id")
    if number is None or not may_query(acting(), noun.model, name):
        return None
    called = names.get((declared.target, number))
    if called is None:
        return UNSEEN
    return (
        Person.of(number, called)
        if declared.target == Employee.__tablename__ and kind_of(noun, Shown(name)) is ColumnKind.PERSON
        else called
    )


def chooser_page(noun: Noun, asked: str, order: Sequence[str], shown: Sequence[str], *, dense: bool) -> ColumnsPage:
    """The form: every column in ``order``, those in ``shown`` ticked; ``asked`` is the address that it goes back to."""
    back = address(f"{view_name(noun)}.list")
    options = tuple(FilterOption(name, noun.fields[name].label, name in set(shown)) for name in order)
    return ColumnsPage(
        title=msg("Columns: %(list)s", list=noun.plural),
        crumbs=(Link(noun.plural, back),),
        back=Link(noun.plural, back),
        action=url_for("ListsView.columns", name=noun.path),
        asked=asked,
        first=noun.fields[naming_column(noun).name].label,
        columns=options,
        dense=dense,
        cancel_href=f"{back}?{asked}",
        reset=msg("Default columns"),
    )


def moved(order: Sequence[str], step: str) -> list[str]:
    """``order`` with one name a place further up or down, as the button ``up-name`` or ``down-name`` says."""
    way, _, name = step.partition("-")
    found = list(order)
    if name in found and way in ("up", "down"):
        place = found.index(name)
        found.insert(max(place - 1, 0) if way == "up" else place + 1, found.pop(place))
    return found
