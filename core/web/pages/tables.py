"""Rows and columns: what the list page, related tables and code lists show."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, TypeAlias

from core.kernel.words import Message
from core.web.pages.parts import Block, Link, Person, Tag, Text


@dataclass(frozen=True, slots=True)
class Settled:
    """A day or moment by which something was due that is done, or does not matter any more: shown as a day, never red."""

    day: date | datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """A day or moment by which something is due, or was, and how much of it is done: told beside it."""

    day: date | datetime | Settled
    note: Text


Cell: TypeAlias = str | int | Decimal | date | datetime | Person | Tag | tuple[Tag, ...] | Message | Link | Settled | Noted | None
"""A raw value; the column's kind decides how it is shown. ``None`` is shown as a grey dash."""


class ColumnKind(enum.StrEnum):
    """How the values of a column are shown.

    NAME is the only link of the row; STARS an int from 0 to 5; MONEY integer fen, with decimals where they matter; EXACT_MONEY with two;
    DATE a ``date``; RELATIVE a UTC ``datetime`` told by its age; DUE a ``date`` or ``datetime`` that turns red when it has passed, unless
    it is :class:`Settled`; DUE_DAY the same with the day before how late it is;
    DAYS_LATE how many days late it is, red with its unit;
    TIME a UTC ``datetime`` whose time of day matters; LINK a ``Link``. A day is told in words, exactly where the pointer rests.
    """

    NAME = "name"
    TEXT = "text"
    TAG = "tag"
    TAGS = "tags"
    STARS = "stars"
    MONEY = "money"
    EXACT_MONEY = "exact_money"
    DATE = "date"
    RELATIVE = "relative"
    DUE = "due"
    DUE_DAY = "due_day"
    DAYS_LATE = "days_late"
    TIME = "time"
    PERSON = "person"
    NUMBER = "number"
    PHONE = "phone"
    LINK = "link"


class CardPlace(enum.StrEnum):
    """Where the column stands in the two-line card of a phone; HIDDEN columns show on wider screens only.

    CHOSEN is a line of its own below, with the column's name before the value: a column that the person has asked for.
    """

    HIDDEN = ""
    NAME = "c-name"
    STATE = "c-state"
    SUM = "c-sum"
    LAST = "c-last"
    OWNER = "c-own"
    CHOSEN = "c-chosen"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``sort_href`` makes the head a link; ``sorted`` is the aria-sort word of the column sorted by.

    ``late_after`` days turn a RELATIVE value red (R-072); ``quiet`` shows the values in grey.
    """

    key: str
    label: Text
    kind: ColumnKind = ColumnKind.TEXT
    sort_href: str = ""
    sorted: str = ""
    place: CardPlace = CardPlace.HIDDEN
    late_after: int | None = None
    quiet: bool = False
    editable: bool = False
    """Whether its cells may be changed where they stand, in rows that are changeable."""
    unit: Text = ""
    """What a number counts, such as ``%``: the head tells it, and a phone's card, which has no heads, behind the value."""
    bare: Text = ""
    """The label without its ``unit``, where it has one."""

    @property
    def named(self) -> bool:
        """Whether the column says what the row is about: it stays in sight where a table is scrolled sideways."""
        return self.place == CardPlace.NAME

    @property
    def numeric(self) -> bool:
        """Whether the column is aligned at its end."""
        return self.kind in (ColumnKind.MONEY, ColumnKind.EXACT_MONEY, ColumnKind.NUMBER, ColumnKind.DAYS_LATE)


@dataclass(frozen=True, slots=True)
class Sizing:
    """How wide the columns of a list are drawn: pixels by key, of those that a person has drawn, and where new ones are sent.

    ``in_address`` when they come from the address, such as that of a saved view: there, and not with the person, new ones are kept.
    """

    USUAL: ClassVar[int] = 140
    PICK: ClassVar[int] = 48

    action: str
    widths: tuple[tuple[str, int], ...] = ()
    in_address: bool = False

    def of(self, column: Column) -> int:
        """The width of one column, in a table of which any was drawn."""
        return dict(self.widths).get(column.key, self.USUAL)

    def total(self, columns: tuple[Column, ...], *, picking: bool) -> int:
        """The width of the table."""
        return sum(self.of(column) for column in columns) + (self.PICK if picking else 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One record. ``starred`` is None where records cannot be followed; ``name`` is its accessible name (default: first NAME cell)."""

    id: str
    href: str
    cells: tuple[Cell, ...]
    name: Text = ""
    starred: bool | None = None
    star_action: str = ""
    version: int = 0
    """What a verb for several picked rows is told of each, so that nothing is overwritten which was not seen."""
    changeable: bool = False
    """Whether cells of an editable column may be changed where they stand."""
    fixed: Mapping[str, Text] = field(default_factory=dict)
    """By column, why a cell is not changed now; told where the pointer rests."""

    @property
    def pick(self) -> str:
        """What the row's box sends."""
        return f"{self.id}-{self.version}" if self.version else self.id


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one is in a list. ``total`` is what was counted; with ``capped`` there are more and no last page is offered."""

    first: int
    last: int
    total: int
    capped: bool = False
    pages: tuple[Link, ...] = ()
    previous: str = ""
    next: str = ""
    sizes: tuple[Link, ...] = ()

    @classmethod
    def of(
        cls,
        page: int,
        size: int,
        total: int,
        href: Callable[[int, int], str],
        *,
        capped: bool = False,
        sizes: tuple[int, ...] = (20, 50, 100),
    ) -> Pager:
        """The pager of ``page`` (from 1) with ``size`` rows of ``total``; ``href(page, size)`` gives an address."""
        pages = max(1, -(-total // size))
        first_shown = max(1, min(page - 2, pages - 4))
        shown = range(first_shown, min(pages, first_shown + 4) + 1)
        more = page < pages or capped
        return cls(
            first=(page - 1) * size + 1 if total else 0,
            last=page * size if capped and page >= pages else min(page * size, total),
            total=total,
            capped=capped,
            pages=tuple(Link(str(n), href(n, size), current=n == page) for n in shown),
            previous=href(page - 1, size) if page > 1 else "",
            next=href(page + 1, size) if more else "",
            sizes=tuple(Link(str(n), href(1, n), current=n == size) for n in sizes),
        )


class EmptyKind(enum.StrEnum):
    """Why there is nothing: never used, nothing matches, could not be fetched, switched off."""

    FIRST = "first"
    NO_MATCH = "no_match"
    FAILED = "failed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands in place of rows. The first action is the step to take; ``help`` explains in two minutes.

    ``icon`` is that of what the list holds: it is the picture where there is nothing yet.
    """

    kind: EmptyKind
    title: Text
    text: Text
    actions: tuple[Link, ...] = ()
    help: Link | None = None
    icon: str = ""

    @property
    def begins(self) -> bool:
        """Whether the step to take is a filled button here."""
        return self.kind is EmptyKind.FIRST and bool(self.actions)


@dataclass(frozen=True, kw_only=True)
class RelatedTable(Block):
    """A small table on a record's page with a door to the whole list."""

    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: Text = ""
    note: Text = ""
    """What stands below the rows."""
    all: Link | None = None
    create: Link | None = None
    totals: tuple[Cell, ...] = ()
    """One value per column for the foot, or nothing."""
    pager: Pager | None = None
    template: ClassVar[str] = "keguan/blocks/table.html"
