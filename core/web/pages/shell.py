"""The frame around a page: company, menu, search, what is waiting, and the person."""

from __future__ import annotations

from dataclasses import dataclass

from core.web.pages.parts import Link, Person, Text, Tone


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the main menu; ``children`` unfold while the entry or one of them is current."""

    label: Text
    href: str
    icon: str
    current: bool = False
    count: str = ""
    hot: bool = False
    children: tuple[Link, ...] = ()

    @property
    def within(self) -> bool:
        """Whether one is on the page of one of its ``children``: a rail, which has no room for these, lights the entry itself."""
        return any(child.current for child in self.children)


@dataclass(frozen=True, slots=True)
class MenuSection:
    """Entries under one heading; the first section of the menu has none."""

    title: Text
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """A language to change to: ``action`` takes a POST with ``language`` = code and ``next``, which is this page or ``back``."""

    code: str
    label: str
    action: str
    back: str = ""


@dataclass(frozen=True, slots=True)
class Me:
    """The signed-in person; signing out is a POST."""

    person: Person
    detail: Text
    sign_out: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence that goes away by itself, never an error; ``undo`` is a POST address."""

    text: Text
    undo: str = ""
    tone: Tone = Tone.IDLE


@dataclass(frozen=True, kw_only=True)
class Shell:
    """Everything around the page, filled once per request.

    ``companies`` are those the person may switch to, the current one among them. ``bottom`` is the phone's bar of at most five
    entries; the one with the icon ``plus`` becomes the filled button in the middle. ``theme`` is ``light``, ``dark`` or empty
    for what the device prefers; it is read from the cookie ``kg_theme``.
    """

    company: Text
    companies: tuple[Link, ...] = ()
    menu: tuple[MenuSection, ...] = ()
    bottom: tuple[MenuItem, ...] = ()
    search_href: str = ""
    search_value: str = ""
    create: tuple[Link, ...] = ()
    notices_href: str = ""
    notices_count: int = 0
    help_href: str = ""
    home_href: str = "/"
    me: Me | None = None
    language: Language | None = None
    theme: str = ""
    flashes: tuple[Flash, ...] = ()
    drafts: str = ""
    """Whose drafts of forms the browser keeps: a company and an employee of it."""
    door: str = ""
    """Where one signs in again when the session has ended."""
