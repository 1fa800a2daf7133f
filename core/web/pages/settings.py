"""What a company sets for itself: rows with a value and what may be done with it, and the calendar of a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.web.pages.parts import Link, Page, Tag, Text, Verb


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: its name, what it means, its present value, and verbs in place; ``off`` shows the whole row in grey."""

    label: Text
    note: Text = ""
    value: Text = ""
    href: str = ""
    code: str = ""
    tags: tuple[Tag, ...] = ()
    verbs: tuple[Verb | Link, ...] = ()
    off: bool = False
    lines: tuple[Text, ...] = ()
    """What else the row tells, each on a line of its own below the note."""
    share: int | None = None
    """Percent done, drawn as a bar below the note."""
    both: bool = False
    """Code and note are words in either language, for those who keep them; whoever reads has another one."""


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """Rows under one heading."""

    title: Text
    rows: tuple[SettingRow, ...]
    empty: Text = ""


@dataclass(frozen=True, kw_only=True)
class SettingsPage(Page):
    """Groups of settings; ``lead`` says in a sentence or two what they are for, ``verbs`` stand beside the title."""

    groups: tuple[SettingGroup, ...]
    lead: Text = ""
    verbs: tuple[Verb | Link, ...] = ()
    note: Text = ""
    again: str = ""
    """Address to be asked for this page again every other second, while something on it moves."""
    template: ClassVar[str] = "keguan/settings.html"


@dataclass(frozen=True, kw_only=True)
class FeedPage(Page):
    """The address of a calendar feed, shown this once."""

    address: str
    until: Text
    template: ClassVar[str] = "keguan/feed.html"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar: ``kind`` is work, off, holiday or worked; ``own`` when the company departs from the public calendar.

    ``mark`` says in a word that people are off or work although the week says otherwise.
    """

    day: date
    kind: str
    own: bool = False
    hint: Text = ""
    mark: Text = ""


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month: ``blank`` cells stand before its first day in a week that begins on Monday."""

    title: Text
    blank: int
    days: tuple[CalendarDay, ...]
    working: int


@dataclass(frozen=True, kw_only=True)
class CalendarPage(Page):
    """The working days of a year, and the days that the company has set itself."""

    year: int
    months: tuple[CalendarMonth, ...]
    weekdays: tuple[Text, ...]
    years: tuple[Link, ...]
    own: SettingGroup
    lead: Text = ""
    verbs: tuple[Verb | Link, ...] = ()
    template: ClassVar[str] = "keguan/calendar.html"

    @property
    def working(self) -> int:
        """Working days of the year."""
        return sum(month.working for month in self.months)
