"""The page of one record: identity, figures, next step, tabs, timeline, fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from core.web.pages.forms import FormField
from core.web.pages.parts import Block, Figure, FileChip, Link, Page, Person, Tag, Text, Tone, Verb
from core.web.pages.tables import Cell, ColumnKind


@dataclass(frozen=True, slots=True)
class NextStep:
    """What has to be done next on the record; red when ``due`` is before today."""

    text: Text
    due: date | None
    detail: Text = ""
    verbs: tuple[Verb, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The place of the record in the list one came from ("3 / 186")."""

    position: str = ""
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """Where a page asks for its :class:`Neighbours`, the list that it asks about, and where it says that it was opened."""

    href: str
    list_href: str
    opened_action: str


@dataclass(frozen=True, slots=True)
class StageStep:
    """One step of a life cycle shown as a bar; ``state`` is ``done``, ``now`` or ``later``, ``note`` the days it took;
    ``tone`` that of the state in which the record is now, as in lists."""

    label: Text
    state: str
    note: Text = ""
    verb: Verb | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the record. Its address answers with the whole page, and with ``#tab-body`` alone when HTMX asks for it."""

    key: str
    label: Text
    href: str
    count: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A field and its value. ``unmask_action`` (POST) shows the masked value and leaves a trace."""

    label: Text
    value: Cell
    kind: ColumnKind = ColumnKind.TEXT
    href: str = ""
    edit: Link | None = None
    unmask_action: str = ""
    fixed: Text = ""
    """Why the field is not changed now, where others of the record are."""


@dataclass(frozen=True, kw_only=True)
class FieldGroup(Block):
    """At most eight fields under one heading; the ``folded`` ones open on demand. ``wide`` sets them in two columns."""

    title: Text
    rows: tuple[ValueRow, ...]
    note: Text = ""
    folded: tuple[ValueRow, ...] = ()
    wide: bool = False
    edit: Link | None = None
    template: ClassVar[str] = "keguan/blocks/fields.html"

    @property
    def repeated(self) -> bool:
        """Whether the heading is what its only field is called: it is said once then."""
        return len(self.rows) == 1 and not self.folded and str(self.rows[0].label) == str(self.title)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, newest first. ``at`` is UTC. ``changes`` are (label, before, after)."""

    at: datetime
    who: Text
    what: Text
    icon: str = "point"
    tone: Tone = Tone.IDLE
    body: Text = ""
    changes: tuple[tuple[Text, Text, Text], ...] = ()
    files: tuple[FileChip, ...] = ()
    href: str = ""
    mark: Tag | None = None
    verbs: tuple[Verb, ...] = ()
    anchor: str = ""
    """By what an address leads to it; it stands out then."""


@dataclass(frozen=True, kw_only=True)
class AsOf(Block):
    """What a record was at a moment that the reader chooses: ``rows`` are (field, value then, value now)."""

    action: str
    moment: str
    rows: tuple[tuple[Text, Text, Text], ...] = ()
    note: Text = ""
    kept: tuple[tuple[str, str], ...] = ()
    template: ClassVar[str] = "keguan/blocks/as_of.html"


@dataclass(frozen=True, kw_only=True)
class Timeline(Block):
    """Entries by day. ``kinds`` filter by kind; ``older`` leads to the entries before, ``later`` back to the top."""

    entries: tuple[Entry, ...]
    label: Text = ""
    kinds: tuple[Link, ...] = ()
    older: Link | None = None
    later: Link | None = None
    empty: Text = ""
    template: ClassVar[str] = "keguan/blocks/timeline.html"


@dataclass(frozen=True, kw_only=True)
class Composer(Block):
    """The place to write a follow-up. The first field is the text, the others stand in the foot; kept text and errors as in a form."""

    action: str
    title: Text
    text: FormField
    fields: tuple[FormField, ...] = ()
    submit: Text = ""
    hidden: tuple[tuple[str, str], ...] = ()
    waits: Text = ""
    """Why nothing can be written now; it stands in the place of the fields."""
    template: ClassVar[str] = "keguan/blocks/composer.html"


@dataclass(frozen=True, kw_only=True)
class CommentBox(Block):
    """The place to write a comment. ``people_href`` offers colleagues, ``accept`` says which files may be added: none when it is empty."""

    action: str
    people_href: str
    text: str = ""
    max_length: int = 0
    accept: str = ""
    folded: bool = False
    template: ClassVar[str] = "keguan/blocks/comment.html"


@dataclass(frozen=True, kw_only=True)
class RecordPage(Page):
    """A record. ``facts`` are the second line (code, place, owner as ``Person``); ``body`` is the open tab, ``aside`` the right column."""

    turned: bool = False
    """Whether this stands in place of what was sent, so that the browser gives back what was typed."""
    mark: str = ""
    hue: int = 225
    stars: int | None = None
    starred: bool | None = None
    star_action: str = ""
    tags: tuple[Tag, ...] = ()
    facts: tuple[Text | Person, ...] = ()
    figures: tuple[Figure, ...] = ()
    next_step: NextStep | None = None
    stages: tuple[StageStep, ...] = ()
    stats: tuple[Link, ...] = ()
    tabs: tuple[Tab, ...] = ()
    tabs_label: Text = ""
    verbs: tuple[Verb | Link, ...] = ()
    primary: Verb | Link | None = None
    more: tuple[Verb | Link, ...] = ()
    near: Near | None = None
    begun: Link | None = None
    """What a phone's filled button begins here."""
    body: tuple[Block, ...] = ()
    aside: tuple[Block, ...] = ()
    template: ClassVar[str] = "keguan/record.html"
    fragments: ClassVar[Mapping[str, str]] = {"tab-body": "keguan/tab_body.html"}
