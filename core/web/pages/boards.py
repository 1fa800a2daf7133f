"""The board: cards in columns that are moved from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.web.pages.listing import ShapedPage
from core.web.pages.parts import Link, Person, Tag, Text
from core.web.pages.tables import Cell, Column, Pager


@dataclass(frozen=True, slots=True)
class Move:
    """A way to the column ``key``: a POST of the key as ``name`` to ``action``; or ``href``, to the questions of a verb that asks for more;
    or why not."""

    key: str
    label: Text
    action: str = ""
    name: str = "to"
    href: str = ""
    forbidden: Text = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One record in at most five lines, with the ways to other columns.

    ``lines`` are the fields that the person has chosen, in place of the lines that the board has by itself; None where nothing is chosen.
    """

    title: Text
    href: str
    version: str
    detail: Text = ""
    value: Text = ""
    on: date | None = None
    on_due: bool = False
    """Whether something still has to be done by the day ``on``."""
    due: date | None = None
    step: Text = ""
    owner: Person | None = None
    tag: Tag | None = None
    stepped: bool = True
    """Whether such records have next steps, so that it says when there is none."""
    lines: tuple[tuple[Column, Cell], ...] | None = None
    further: tuple[tuple[Column, Cell], ...] = ()
    """Fields told by their names below the usual lines, where those are few."""
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class CardColumn:
    """A column: how many and how much stands in it, the first cards, the way to ``more`` of them, and the list of all."""

    key: str
    label: Text
    count: int
    sum: Text
    href: str
    left_out: Link | None = None
    """How many of its records the sum leaves out, and their list; no address where the list cannot be asked for them."""
    cards: tuple[Card, ...] = ()
    note: Text = ""
    rest: int = 0
    more: str = ""
    add: Link | None = None
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardPage(ShapedPage):
    """The board of a noun. ``asked`` is the query string by which it was asked for, to come back to."""

    columns: tuple[CardColumn, ...]
    asked: str = ""
    cards_door: Link | None = None
    """The way to choose what the cards show."""
    count: int = 0
    sum: Text = ""
    left_out: Link | None = None
    template: ClassVar[str] = "keguan/board.html"


@dataclass(frozen=True, kw_only=True)
class CardsPage(ShapedPage):
    """The records of a list as cards beside each other, page by page as the list."""

    cards: tuple[Card, ...]
    pager: Pager | None = None
    cards_door: Link | None = None
    """The way to choose what the cards show."""
    template: ClassVar[str] = "keguan/cards.html"

    @property
    def begins_below(self) -> bool:
        """As of a list, where there is no card."""
        return not self.cards and self.empty is not None and self.empty.begins
