"""The list page: saved views, filters, rows, verbs for the picked rows."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from core.web.pages.parts import Link, Page, Text, Verb
from core.web.pages.tables import Column, Empty, Pager, Row, Sizing


class FilterKind(enum.StrEnum):
    """CHOICE offers its options; REFERENCE searches an endpoint while typing; DATES takes ``<name>_from`` and ``<name>_to``."""

    CHOICE = "choice"
    REFERENCE = "reference"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class FilterOption:
    """One value to filter by."""

    value: str
    label: Text
    picked: bool = False


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A filter beside the search. Several options of one filter mean "or", several filters mean "and".

    The form sends by GET: ``name`` once per picked value (CHOICE, REFERENCE), ISO dates for DATES. ``options`` of a REFERENCE
    are those picked already.
    """

    name: str
    label: Text
    kind: FilterKind = FilterKind.CHOICE
    options: tuple[FilterOption, ...] = ()
    search_href: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """An active condition and the address of the list without it."""

    label: Text
    value: Text
    remove_href: str
    tail: Text = ""
    joined: Text = ""
    """The word before it, else "and"; ``opens`` and ``closes`` are the brackets of its group."""
    opens: str = ""
    closes: str = ""


class Around:
    """Keeps what stands above the rows of a list, drawn once for a page that comes again and again; see :func:`around_html`."""

    html: Markup | None = None


@dataclass(frozen=True, kw_only=True)
class ListPage(Page):
    """A list of records.

    ``action`` is the list's own address (filters are sent to it by GET, ``kept`` are parameters to keep, such as the saved view
    and the order). ``bulk`` verbs receive the picked ids as repeated ``id`` values; ``noun`` counts them ("3 customers").
    Rendered at ``#list`` alone for requests of HTMX that target it.
    """

    action: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    views: tuple[Link, ...] = ()
    counts_href: str = ""
    """Where the counts of the views come from; empty where none is told."""
    view_verbs: tuple[Link | Verb, ...] = ()
    """What may be done with the saved view that is open."""
    filter: Link | None = None
    """The way to put conditions together."""
    ordered: Text = ""
    """By what the rows are ordered, and in which direction: shown where no head of a column shows it."""
    groups: tuple[Link, ...] = ()
    """What the list may be grouped by."""
    grouped: GroupTable | None = None
    columns_door: Link | None = None
    """The way to choose columns; ``dense`` rows stand closer together."""
    dense: bool = False
    sizing: Sizing | None = None
    new_view: Link | None = None
    """The way to save the present conditions as a view."""
    create: Link | None = None
    shapes: tuple[Link, ...] = ()
    """The other shapes of the list, each with the same records."""
    secondary: tuple[Link, ...] = ()
    search_name: str = "q"
    search_value: str = ""
    searchable: bool = True
    filters: tuple[QuickFilter, ...] = ()
    chips: tuple[Chip, ...] = ()
    clear_href: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    bulk: tuple[Verb, ...] = ()
    bulk_fields: tuple[Verb, ...] = ()
    """Verbs that give one field of the picked rows a value."""
    whole: Text = ""
    """What the box says that picks everything the list finds, beyond this page; empty where this page is all."""
    asked: str = ""
    """The query string by which the list was asked for, for a verb for the whole of it."""
    pager: Pager | None = None
    turn: tuple[Link, ...] = ()
    """Pages of a list that is too long to be counted: back to the newest, on to the older."""
    empty: Empty | None = None
    around: Around | None = None
    """Where the part above the rows is kept; None where it is drawn anew each time."""
    template: ClassVar[str] = "keguan/list.html"
    fragments: ClassVar[Mapping[str, str]] = {"list": "keguan/list_body.html"}

    @property
    def begins_below(self) -> bool:
        """Whether a filled button in place of the rows begins the first record: a page has one such button, none stands by the title."""
        return self.grouped is None and self.empty is not None and self.empty.begins


@dataclass(frozen=True, kw_only=True)
class ShapedPage(Page):
    """The records of a list in another shape, with what the list is asked by: the same views, search, filters and conditions.

    The form of the filters is sent to ``action``, with ``kept``; ``shapes`` lead to the same records in the other shapes.
    """

    action: str
    shapes: tuple[Link, ...]
    views: tuple[Link, ...] = ()
    counts_href: str = ""
    filters: tuple[QuickFilter, ...] = ()
    chips: tuple[Chip, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    search_value: str = ""
    searchable: bool = True
    create: Link | None = None
    empty: Empty | None = None
    """What is said where nothing is found."""

    @property
    def begins_below(self) -> bool:
        """As of a list; most shapes are drawn empty, with nothing in their place."""
        return False


@dataclass(frozen=True, slots=True)
class BuilderRow:
    """One condition of the builder, sent as ``f<number>``, ``o<number>``, ``v<number>``, ``w<number>``, ``g<number>``.

    ``control`` is text, number, date or choose; ``second`` is the other end of "between".
    """

    number: int
    name: str
    label: Text
    group: int
    operators: tuple[FilterOption, ...]
    control: str
    options: tuple[FilterOption, ...] = ()
    search_href: str = ""
    first: str = ""
    second: str = ""


@dataclass(frozen=True, kw_only=True)
class BuilderPage(Page):
    """Conditions put together row by row; sent by GET to ``action`` with ``step`` = add, drop-<number> or apply."""

    action: str
    asked: str
    rows: tuple[BuilderRow, ...]
    any_of: bool
    fields: tuple[FilterOption, ...]
    cancel_href: str
    full: bool = False
    template: ClassVar[str] = "keguan/builder.html"
    fragments: ClassVar[Mapping[str, str]] = {"drawer": "keguan/builder_drawer.html"}


@dataclass(frozen=True, kw_only=True)
class ColumnsPage(Page):
    """Columns to tick and to move: sent as ``order`` and ``column`` per name, by GET with ``step`` to move, by POST to keep.

    ``on`` says what else than the list they are for; ``reset`` is the word for going back to the usual ones.
    """

    action: str
    asked: str
    first: Text
    columns: tuple[FilterOption, ...]
    dense: bool
    cancel_href: str
    reset: Text
    on: str = ""
    template: ClassVar[str] = "keguan/columns.html"
    fragments: ClassVar[Mapping[str, str]] = {"drawer": "keguan/columns_drawer.html"}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of a list: a door to its records, how many they are, and its sums as they are shown."""

    label: Text
    href: str
    count: int
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The groups of a list in place of its rows; ``part`` says when only the largest are shown, ``left_out`` what a sum leaves out."""

    by: Text
    sums: tuple[Text, ...]
    rows: tuple[GroupRow, ...]
    count: int
    totals: tuple[str, ...]
    part: Text = ""
    left_out: tuple[Link, ...] = ()
