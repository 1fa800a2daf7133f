"""Building the list page of a noun, and small tables of it on other records' pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from typing import Any

from flask import g, request, url_for

from core.access.field_rights import may_query
from core.exports.operations import may_export
from core.kernel.acting import Acting, acting
from core.kernel.clock import today
from core.kernel.words import msg
from core.lists.queries import SeenList
from core.web.addresses import address
from core.web.bulk.bar import bulk_bar, whole_of
from core.web.changing import changeable, fields_in_place
from core.web.codes import code_options, is_open
from core.web.gate import database_of
from core.web.importing.doors import import_door
from core.web.list_values import EMPTY
from core.web.listing import SIZES, Found, Query, filters_of
from core.web.lists.addresses import EVERYTHING, Pairs, conditions_of, href, kept_by_filters, shown_at
from core.web.lists.chips import chips_of, picked_text
from core.web.lists.columns import is_added, referred_cell
from core.web.lists.drawing import sizing_of
from core.web.lists.groups import group_links
from core.web.lists.naming import NO_NAMES, Names
from core.web.lists.opening import Opened
from core.web.lists.tabs import columns_door, everything, filter_door, new_view, ordered_by, view_links, view_verbs, why_narrowed
from core.web.nouns import Noun, Nouns, Shown
from core.web.pages import (
    Chip,
    Column,
    ColumnKind,
    Empty,
    EmptyKind,
    FilterKind,
    FilterOption,
    Link,
    ListPage,
    Pager,
    QuickFilter,
    RelatedTable,
    Row,
)
from core.web.pages.listing import Around
from core.web.pages.reader import language
from core.web.searching import can_search
from core.web.shapes import Shape, shape_links
from core.web.showing import column_of, due_teller, kind_of, readable, teller, told, view_name
from core.web.standing import NO_ASKS, Asks, askers, state_teller, with_progress
from core.web.tagging import TAG, tag_filter


@dataclass(frozen=True)
class Asked:
    """All that decides what stands around the rows of a list: who asks for which list, how, where and when."""

    noun: Noun
    who: Acting
    settings_mark: str
    language: str
    root: str
    day: date
    asked: tuple[tuple[str, str], ...]
    pairs: Pairs
    at: str
    seen: SeenList
    nouns: Nouns = field(compare=False)
    opened: Opened = field(compare=False)
    names: Names = field(compare=False)

    @classmethod
    def now(cls, nouns: Nouns, noun: Noun, opened: Opened, names: Names) -> Asked:
        """The list that the present request asks for."""
        where = (g.actor.settings_mark, language(), request.script_root, today())
        return cls(noun, g.actor, *where, opened.query.asked, opened.asked, shown_at(opened.query), opened.seen, nouns, opened, names)


def list_page(nouns: Nouns, noun: Noun, opened: Opened, found: Found, names: Names) -> ListPage:
    """The page model of a list; ``names`` are those of the picked records."""
    query = opened.query
    asked = Asked.now(nouns, noun, opened, names)
    frame = _around(asked) if names else _kept_around(asked)
    pager = Pager.of(
        query.page,
        query.size,
        found.total,
        lambda page, size: href(query, page=str(page), size=str(size)),
        capped=found.more,
        sizes=SIZES,
    )
    asks = askers(noun)
    columns, rows = with_progress(noun, frame.columns, rows_of(noun, opened.columns, found.records, names, asks), found.records, asks)
    return replace(
        frame,
        columns=columns,
        rows=_changeable_rows(noun, rows, found.records),
        pager=pager if found.records else None,
        empty=None if found.records else _empty(noun, query, frame.create, frame.chips, everything(noun, opened, frame.action)),
        whole=whole_of(found),
    )


@lru_cache(maxsize=300)
def _kept_around(asked: Asked) -> ListPage:
    """What :func:`_around` gives; the same person opens the same list again and again."""
    return replace(_around(asked), around=Around())


def _around(asked: Asked) -> ListPage:
    """The page without its rows. It may be kept, so it is made of what ``asked`` compares, and of nothing else."""
    nouns, noun, opened, names = asked.nouns, asked.noun, asked.opened, asked.names
    query, action = opened.query, address(f"{view_name(noun)}.list")
    may_create = noun.create is not None and g.actor.may(noun.resource, "create")
    create = (
        Link(noun.create_label or msg("New: %(title)s", title=noun.title), address(f"{view_name(noun)}.add"), "plus", drawer=True)
        if may_create
        else None
    )
    here, heads = fields_in_place(noun), (_column(noun, shown, query) for shown in opened.columns)
    return ListPage(
        title=noun.plural,
        action=action,
        columns=tuple(replace(one, editable=one.key in here and one.kind is not ColumnKind.NAME) for one in heads),
        rows=(),
        says=why_narrowed(noun, opened, action),
        views=(views := view_links(noun, opened, action)),
        counts_href=address(f"{view_name(noun)}.counts") if any(one.counted for one in views) else "",
        view_verbs=view_verbs(opened),
        new_view=new_view(noun, opened),
        filter=filter_door(noun, opened),
        columns_door=columns_door(noun, opened),
        ordered="" if dict(query.asked).get("group") else ordered_by(noun, query),
        groups=group_links(noun, query),
        dense=opened.seen.dense,
        sizing=sizing_of(noun, opened),
        create=create,
        shapes=shape_links(noun, opened, Shape.LIST),
        secondary=_doors(noun, query),
        search_value=query.text,
        searchable=can_search(noun),
        filters=(
            *(_filter(nouns, noun, query, name, names) for name in filters_of(noun)),
            *tag_filter(database_of().session(), noun, query.tags),
        ),
        chips=chips_of(noun, query, names),
        clear_href=everything(noun, opened, action),
        kept=(*((("view", EVERYTHING),) if opened.everything else ()), *kept_by_filters(query, (*filters_of(noun), TAG))),
        **bulk_bar(nouns, noun, query),
    )


def _doors(noun: Noun, query: Query) -> tuple[Link, ...]:
    """The way into the list for whole files; and the way out of it, for whoever may ask for it (R-444)."""
    if noun.plugin == "core" or not may_export(g.actor, noun.resource):
        return import_door(noun)
    asked = conditions_of(query.asked)
    export = Link(msg("Export"), f"{address('ExportsView.desk')}new/{noun.path}?{asked}", "file-export", drawer=True)
    return (*import_door(noun), export)


def _column(noun: Noun, shown: Shown, query: Query) -> Column:
    declared = noun.fields[shown.name]
    present = query.order.lstrip("-") == shown.name
    downwards = query.order.startswith("-")
    sortable = declared.sortable and may_query(acting(), noun.model, shown.name)
    sort_href = href(query, order=shown.name if present and downwards else f"-{shown.name}") if sortable else ""
    order = ("descending" if downwards else "ascending") if present else ""
    kind = kind_of(noun, shown)
    return column_of(
        *(shown.name, declared, kind),
        sort_href=sort_href,
        sorted=order,
        place=shown.place,
        late_after=shown.late_after,
        quiet=shown.quiet,
    )


def rows_of(noun: Noun, columns: tuple[Shown, ...], records: Any, names: Names = NO_NAMES, asks: Asks = NO_ASKS) -> tuple[Row, ...]:
    """One row per record; the name leads to its page. ``names`` tell what columns refer to that were added to the list."""
    tell = [
        partial(referred_cell, noun, name=shown.name, names=names)
        if is_added(noun, shown.name)
        else _cell_teller(noun, shown.name, teller(noun, shown.name, kind_of(noun, shown)), asks)
        for shown in columns
    ]
    below = address(f"{view_name(noun)}.list")
    return tuple(
        Row(str(record.id), f"{below}{record.id}", tuple(one(record) for one in tell), name=str(record), version=record.version)
        for record in records
    )


def _cell_teller(noun: Noun, name: str, tell: Callable[[Any], Any], asks: Asks) -> Callable[[Any], Any]:
    """``tell`` as a list shows the field: how much is done of what is due has columns of its own."""
    return state_teller(noun, name, due_teller(noun, name, tell, asks.get(name)), asks)


def _changeable_rows(noun: Noun, rows: tuple[Row, ...], records: Sequence[Any]) -> tuple[Row, ...]:
    """The rows, with a mark on those whose cells the person may change where they stand."""
    if not fields_in_place(noun):
        return rows
    fixed = changeable(database_of().session(), noun, records)
    pairs = zip(rows, records, strict=True)
    return tuple(replace(row, changeable=True, fixed=fixed[record.id]) if record.id in fixed else row for row, record in pairs)


def cell_of(noun: Noun, record: Any, name: str) -> tuple[Column, Any]:
    """One field of a record as a list shows it: its column and its value."""
    shown = next((column for column in noun.columns if column.name == name), Shown(name))
    kind = kind_of(noun, shown)
    tell = _cell_teller(noun, name, lambda one: told(noun, one, name, kind), askers(noun))
    return Column(name, noun.fields[name].label, kind, late_after=shown.late_after), tell(record)


def _filter(nouns: Nouns, noun: Noun, query: Query, name: str, names: Names) -> QuickFilter:
    declared = noun.fields[name]
    picked = set(query.filters.get(name, ()))
    if declared.choices is not None:
        options = tuple(FilterOption(str(choice.value), choice.label, choice.value in picked) for choice in declared.choices)
        options += (FilterOption(EMPTY, msg("Not given"), EMPTY in picked),) if EMPTY in picked or not declared.required else ()
        return QuickFilter(name, declared.label, FilterKind.CHOICE, options)
    if declared.kind == "code" and not is_open(declared):
        options = tuple(FilterOption(one.value, one.label, one.value in picked) for one in code_options(declared))
        return QuickFilter(name, declared.label, FilterKind.CHOICE, options)
    if declared.kind in ("date", "moment"):
        since, until = query.since.get(name), query.until.get(name)
        return QuickFilter(name, declared.label, FilterKind.DATES, since=str(since or ""), until=str(until or ""))
    target = nouns.by_table.get(declared.target)
    href = address(f"{view_name(target)}.choices") if target is not None else url_for(f"{view_name(noun)}.values", name=name)
    options = tuple(FilterOption(value, picked_text(declared, value, names), picked=True) for value in sorted(picked))
    return QuickFilter(name, declared.label, FilterKind.REFERENCE, options, href)


def _empty(noun: Noun, query: Query, create: Link | None, chips: tuple[Chip, ...], action: str) -> Empty:
    if noun.opens_with and query.view == noun.opens_with and len(chips) == 1 and not query.text:  # nobody has asked for this part of it
        title = msg("Nothing to show under “%(view)s”", view=chips[0].value)
        text = noun.empty or msg("Records that you may see will appear here.")
        ways = (*((create,) if create else ()), *import_door(noun), Link(msg("Show all"), action))
        return Empty(EmptyKind.FIRST, title, text, ways, icon=noun.icon)
    if chips or query.text or query.view:
        return Empty(
            EmptyKind.NO_MATCH,
            msg("Nothing matches"),
            msg("No record matches “%(text)s”. Try a part of it or another word, or show everything.", text=query.text)
            if query.text and not chips
            else msg("No record meets all conditions. Remove one of them, or show everything."),
            (Link(msg("Show all"), action),),
        )
    text = noun.empty or msg("Records that you may see will appear here.")
    return Empty(EmptyKind.FIRST, noun.none_yet(), text, (*((create,) if create else ()), *import_door(noun)), icon=noun.icon)


def related_table(noun: Noun, found: Found, parent_field: str, parent_id: int, *, may_create: bool) -> RelatedTable:
    """A small table of ``noun`` on the page of the record that ``parent_field`` leads to; ``may_create`` there."""
    columns = tuple(shown for shown in noun.columns if shown.name != parent_field and readable(noun, shown.name))
    view = view_name(noun)
    within: dict[str, Any] = {parent_field: parent_id}
    create = None
    if noun.create is not None and may_create:
        create = Link(noun.create_label or msg("New: %(title)s", title=noun.title), url_for(f"{view}.add", **within), "plus", drawer=True)
    everything = (
        Link(msg("All %(total)s", total=f"{found.total}{'+' if found.more else ''}"), url_for(f"{view}.list", **within))
        if parent_field in filters_of(noun) and found.records
        else None
    )
    kinds = [kind_of(noun, shown) for shown in columns]
    heads = tuple(
        column_of(shown.name, noun.fields[shown.name], kind, place=shown.place, quiet=shown.quiet)
        for shown, kind in zip(columns, kinds, strict=True)
    )
    asks = askers(noun)
    heads, rows = with_progress(noun, heads, rows_of(noun, columns, found.records, asks=asks), found.records, asks)
    return RelatedTable(
        title=noun.plural,
        columns=heads,
        rows=rows,
        empty=noun.empty or "",
        all=everything,
        create=create,
    )
