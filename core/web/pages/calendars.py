"""The calendar of what has days: a month, a week or a day, and on a phone a list of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.web.pages.listing import ShapedPage
from core.web.pages.parts import Link, Page, Person, Text


@dataclass(frozen=True, slots=True)
class Event:
    """One record on its day: ``about`` stands small below ``title``.

    It is moved by a POST of ``field``, ``day`` and ``version`` to ``action``; empty where one may not.
    """

    title: Text
    href: str
    kind: Text
    icon: str
    about: Text = ""
    time: str = ""
    person: Person | None = None
    late: bool = False
    action: str = ""
    field: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: ``mark`` says in a word that people are off or work although the week says otherwise, ``holiday`` why."""

    day: date
    label: Text
    weekday: Text
    events: tuple[Event, ...]
    href: str
    off: bool = False
    outside: bool = False
    today: bool = False
    mark: Text = ""
    holiday: Text = ""
    rest: int = 0


@dataclass(frozen=True, kw_only=True)
class EventsPage(Page):
    """The calendar: ``shape`` is month, week or day; ``kept`` is sent along with a move, to come back here."""

    shape: str
    heading: Text
    weeks: tuple[tuple[Cell, ...], ...]
    weekdays: tuple[Text, ...]
    shapes: tuple[Link, ...]
    whose: tuple[Link, ...]
    before: Link
    after: Link
    now: Link
    kept: tuple[tuple[str, str], ...] = ()
    capped: bool = False
    feed: str = ""
    """Where a calendar feed is asked for; empty for whoever may let nothing out."""
    template: ClassVar[str] = "keguan/events.html"


@dataclass(frozen=True, kw_only=True)
class DaysPage(ShapedPage):
    """The records of a list on their days: ``shape`` is month or week, ``fields`` are the days by which they can be drawn.

    ``sent`` goes along with a move, to come back here.
    """

    shape: str
    heading: Text
    weeks: tuple[tuple[Cell, ...], ...]
    weekdays: tuple[Text, ...]
    spans: tuple[Link, ...]
    fields: tuple[Link, ...]
    before: Link
    after: Link
    now: Link
    sent: tuple[tuple[str, str], ...] = ()
    capped: bool = False
    template: ClassVar[str] = "keguan/days.html"
