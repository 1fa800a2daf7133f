"""The start page and the notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import ClassVar

from core.kernel.clock import local
from core.web.pages.parts import Figure, Link, Page, Person, Text, Verb
from core.web.pages.tables import Pager


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One line of a card: what, of whom, until when (red when past) or when it happened (UTC)."""

    label: Text
    href: str
    detail: Text = ""
    person: Person | None = None
    due: date | None = None
    at: datetime | None = None
    value: Text = ""
    whole: bool = False
    """Whether the detail says what to do, and is read to its end, over several lines."""


@dataclass(frozen=True, slots=True)
class DeskCard:
    """A list of five with a door to all of them."""

    title: Text
    items: tuple[DeskItem, ...]
    all: Link | None = None
    doors: tuple[Link, ...] = ()
    """Lists of what the card has no room for."""
    empty: Text = ""
    span: int = 4
    """Of twelve columns: 3, 4, 6, 8 or 12."""


@dataclass(frozen=True, slots=True)
class ChartCard:
    """A chart that loads by itself from ``href`` when it comes into sight."""

    title: Text
    href: str
    note: Text = ""
    """Of which days it is, where that is chosen."""


@dataclass(frozen=True, kw_only=True)
class DeskPage(Page):
    """Figures, what I must do, what is new. ``hints`` are first steps of a newcomer, for whom figures of nothing are folded; ``quiet``
    modules in which nothing waits.

    ``sought`` is what a search looked for, "" before it did: where the top bar has no room for a search field the page has one itself.
    ``lead`` is one line in place of cards. ``choices`` are whose work and which days figures and charts may tell of, choice by choice.
    """

    figures: tuple[Figure, ...] = ()
    cards: tuple[DeskCard, ...] = ()
    charts: tuple[ChartCard, ...] = ()
    today: date | None = None
    hints: tuple[Link, ...] = ()
    quiet: tuple[Text, ...] = ()
    choices: tuple[tuple[Link, ...], ...] = ()
    sought: str | None = None
    lead: Text = ""
    template: ClassVar[str] = "keguan/desk.html"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to the person. ``open_action`` (POST) marks an unread one as read and leads on to ``href``."""

    id: str
    text: Text
    at: datetime
    href: str = ""
    unread: bool = False
    body: Text = ""
    open_action: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticesPage(Page):
    """The person's notices, newest first, told day by day."""

    notices: tuple[Notice, ...]
    read_all: Verb | None = None
    pager: Pager | None = None
    template: ClassVar[str] = "keguan/notices.html"
    fragments: ClassVar[Mapping[str, str]] = {"bell-list": "keguan/notices_bell.html"}

    @property
    def days(self) -> tuple[tuple[date, tuple[Notice, ...]], ...]:
        """The notices by the day on which they came, as the company reckons it."""
        return tuple((day, tuple(several)) for day, several in groupby(self.notices, key=lambda one: local(one.at).date()))
