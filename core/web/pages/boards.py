"""The board: cards in columns that are moved from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.web.pages.parts import Link, Page, Person, Tag, Text


@dataclass(frozen=True, slots=True)
class Card:
    """One record in at most five lines. It can be moved to ``places`` (key and name of a column) by a POST to ``action``."""

    title: Text
    href: str
    action: str
    version: str
    detail: Text = ""
    value: Text = ""
    on: date | None = None
    due: date | None = None
    step: Text = ""
    owner: Person | None = None
    tag: Tag | None = None
    places: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class CardColumn:
    """A column: how many and how much stands in it, the first cards, and the list of all of them."""

    key: str
    label: Text
    count: int
    sum: Text
    href: str
    cards: tuple[Card, ...] = ()
    note: Text = ""
    rest: int = 0


@dataclass(frozen=True, kw_only=True)
class BoardPage(Page):
    """The board of a noun. ``asked`` is the field that a move is sent with, ``view`` the saved view to come back to."""

    columns: tuple[CardColumn, ...]
    list: Link
    asked: str
    views: tuple[Link, ...] = ()
    view: str = ""
    create: Link | None = None
    count: int = 0
    sum: Text = ""
    template: ClassVar[str] = "keguan/board.html"
