"""Small pieces that several pages are made of: links, tags, people, verbs, blocks."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from flask_babel import LazyString

from core.kernel.words import Message

Text: TypeAlias = str | LazyString | Message
"""Anything a person reads; lazy ones are translated while the page is rendered."""


class Tone(enum.StrEnum):
    """What a colour means; one state has one tone everywhere (look.md, colour by meaning)."""

    IDLE = "idle"
    RUN = "run"
    WAIT = "wait"
    GOOD = "good"
    BAD = "bad"
    NOTE = "note"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Link:
    """A door to another page; ``drawer`` opens a form beside the page where scripts run, as a page of its own where not.

    ``count`` stands beside the label; one that is told once the page is there finds its place by ``counted``, a word of its own.
    """

    label: Text
    href: str
    icon: str = ""
    count: str = ""
    current: bool = False
    hint: Text = ""
    drawer: bool = False
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A state or a mark of importance, as a word on a coloured ground."""

    label: Text
    tone: Tone = Tone.IDLE


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the screen shows one: round mark with the surname, fixed hue, name beside it. Make it by ``Person.of``."""

    name: Text
    hue: int = 225
    mark: str = ""
    note: Text = ""

    @classmethod
    def of(cls, identity: int, name: str, note: Text = "") -> Person:
        """The person with this employee id; the hue never changes for one id."""
        from core.web.formats import person_hue, surname

        return cls(name, person_hue(identity), surname(name), note)


@dataclass(frozen=True, slots=True)
class FileChip:
    """A file that may be downloaded, with its size already written for people (``2.4 MB``)."""

    name: str
    href: str
    size: Text = ""
    icon: str = "file-text"


@dataclass(frozen=True, slots=True)
class Say:
    """One sentence to the reader; ``bad`` is read out at once by screen readers."""

    text: Text
    tone: Tone = Tone.BAD
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure that is a door to the list it sums; ``share`` draws a bar of so many percent of a target.

    ``nothing``: it counts what there is none of.
    """

    label: Text
    value: Text
    href: str = ""
    context: Text = ""
    late: bool = False
    share: int | None = None
    share_tone: Tone = Tone.RUN
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """The confirmation in place, before what cannot be undone or touches others: consequences counted, safe choice first."""

    title: Text
    consequence: Text
    yes: Text
    no: Text = ""
    typed: str = ""
    """When set, the person types this name before the verb runs (erasure only)."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A button that runs a verb by POST with CSRF token, and ``hidden`` values such as the record's version.

    ``forbidden`` is the reason why it cannot run just now (the button is shown, disabled); what is forbidden for ever is left out
    by the view. ``ask`` and ``fields`` open in place, under the button.
    """

    label: Text
    action: str
    icon: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    forbidden: Text = ""
    ask: Ask | None = None
    fields: tuple[Any, ...] = ()
    """Fields of ``core.web.pages.forms`` asked for in place."""
    tone: Tone = Tone.IDLE
    primary: bool = False


class Block:
    """A part of a page that brings its own template; inside the template it is called ``block``."""

    template: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class Fragment(Block):
    """A plugin's own template inside our frame, with its context."""

    name: str
    context: Mapping[str, Any] = field(default_factory=dict)
    template: ClassVar[str] = "keguan/blocks/fragment.html"


@dataclass(frozen=True)
class BesideLines(Block):
    """The place of what helps while lines are written: filled from ``first``, if that is known, once it is there.

    On a form it is filled anew from ``again`` with the fields that the selector ``asked`` finds, whenever one of the form has changed.
    """

    again: str
    first: str
    asked: str = ""
    template: ClassVar[str] = "keguan/blocks/beside.html"


@dataclass(frozen=True, kw_only=True)
class Figures(Block):
    """A few key figures under a heading."""

    title: Text
    figures: tuple[Figure, ...]
    template: ClassVar[str] = "keguan/blocks/figures.html"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What every page has: a title, the way that led here, and sentences about the page as a whole."""

    title: Text
    place: Text = ""
    """The page's name in the breadcrumbs and the window, where it is not the title."""
    crumbs: tuple[Link, ...] = ()
    back: Link | None = None
    says: tuple[Say, ...] = ()
    template: ClassVar[str] = ""
    fragments: ClassVar[Mapping[str, str]] = {}
    """Which template answers a request of HTMX that targets this element of the page, by its id."""


@dataclass(frozen=True, kw_only=True)
class PanelPage(Page):
    """A few blocks to read, as a drawer beside the page or as a page of its own: the history of a field, a preview."""

    blocks: tuple[Block, ...]
    wide: bool = False
    """Whether its tables need more room than lines of text do."""
    template: ClassVar[str] = "keguan/panel.html"
    fragments: ClassVar[Mapping[str, str]] = {"drawer": "keguan/panel_drawer.html"}
