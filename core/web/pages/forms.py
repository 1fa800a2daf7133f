"""Forms: fields, groups, the full page and the drawer, the conflict of two editors."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from core.web.pages.parts import BesideLines, Block, FileChip, Link, Page, Text, Tone


class FieldKind(enum.StrEnum):
    """How a value is asked for; MONEY is typed in yuan, DATE and DATETIME are ISO texts (DATETIME in Shanghai time)."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    REFERENCE = "reference"
    CHECKBOX = "checkbox"
    EMAIL = "email"
    PHONE = "phone"
    PASSWORD = "password"  # noqa: S105 - the kind of a field, no secret
    FILE = "file"
    LINES = "lines"
    SHOWN = "shown"


MOST_SEGMENTS = 6
SHORT_TEXT = 100  # characters
SHORT_KINDS = (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE, FieldKind.DATETIME, FieldKind.EMAIL, FieldKind.PHONE)
TYPED = frozenset((FieldKind.TEXT, FieldKind.TEXTAREA, FieldKind.PASSWORD, *SHORT_KINDS))
CHOSEN = frozenset((FieldKind.CHOICE, FieldKind.REFERENCE))


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; ``icon`` is shown in segments only."""

    value: str
    label: Text
    icon: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    """One question. ``value`` is what was typed, also when it was refused, never the parsed value.

    CHOICE with at most six options is drawn as segments, more as a searchable list; without ``required`` an empty choice is
    offered. REFERENCE asks ``search_href`` (``?q=&page=`` gives ``{"items": [{"id", "text", "hint"}], "more": bool}``);
    ``value`` is the id and ``shown`` its text. ``hint_href`` is asked while typing and shown under the field (duplicate hint).
    ``pair`` puts two following fields side by side. LINES carry ``lines``.
    """

    name: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    shown: Text = ""
    required: bool = False
    help: Text = ""
    error: Text = ""
    unit: Text = ""
    options: tuple[Option, ...] = ()
    search_href: str = ""
    create: Link | None = None
    leads: bool = False
    """Whether it is answered before all others: the choice made, the hand goes on to the first text."""
    near: tuple[Option, ...] = ()
    """Records at hand, offered beside the search of a REFERENCE."""
    hint_href: str = ""
    on_the_way: bool = False
    """Whether a FILE may also be a photo that is taken or words that are recorded here and now."""
    files: tuple[FileChip, ...] = ()
    lines: Lines | None = None
    pair: bool = False
    disabled: Text = ""
    """The reason why the value cannot be changed; the value is shown."""
    max_length: int | None = None
    rows: int = 3
    autocomplete: str = "off"
    accept: str = ""
    multiple: bool = False
    step: str = "any"

    @property
    def typed(self) -> bool:
        """Whether it is answered by typing."""
        return self.kind in TYPED

    @property
    def chosen(self) -> bool:
        """Whether it is answered by a choice."""
        return self.kind in CHOSEN

    @property
    def segmented(self) -> bool:
        """Whether the choices stand side by side."""
        return self.kind is FieldKind.CHOICE and self.required and len(self.options) <= MOST_SEGMENTS

    @property
    def short(self) -> bool:
        """Whether the question needs so little room that the next short one may stand beside it."""
        if self.kind is FieldKind.CHOICE:
            return self.pair or not self.required or not 2 < len(self.options) <= MOST_SEGMENTS
        if self.kind is FieldKind.TEXT:
            return self.pair or (not self.hint_href and 0 < (self.max_length or 0) <= SHORT_TEXT)
        return self.pair or self.kind in SHORT_KINDS


@dataclass(frozen=True, slots=True)
class LineColumn:
    """A column of a sub-table; the ``amount`` column is computed as quantity times price, in the browser and again on the server."""

    name: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    role: str = ""
    """``quantity``, ``price``, ``discount`` (per cent of the price that are paid) or ``amount``, else empty."""
    width: str = ""
    """``wide``, ``narrow`` or empty."""
    offers: tuple[tuple[str, str], ...] = ()
    """Values that are offered while one types, each with its words; others may be written."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its values by column name, errors by column name, and the id of a stored row (empty when new)."""

    values: dict[str, str]
    errors: dict[str, Text] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A sub-table. Values are sent as ``<field>-<n>-<column>`` and ``<field>-<n>-id`` with n from 0 without gaps expected."""

    columns: tuple[LineColumn, ...]
    rows: tuple[Line, ...] = ()
    add: Text = ""
    total: Text = ""
    blank_rows: int = 1


@dataclass(frozen=True, slots=True)
class FieldSet:
    """Fields under one heading; ``folded`` ones open on demand and name their fields in the fold."""

    title: Text
    fields: tuple[FormField, ...]
    folded: bool = False

    @property
    def repeated(self) -> bool:
        """Whether the heading is what its only field is called: it is said once then."""
        only = self.fields[0] if len(self.fields) == 1 else None
        return only is not None and only.kind is not FieldKind.LINES and str(only.label) == str(self.title)


@dataclass(frozen=True, slots=True)
class ConflictField:
    """One value that both editors changed. The choice is sent as ``choose-<name>`` = ``yours`` or ``theirs``."""

    name: str
    label: Text
    yours: Text
    theirs: Text


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved first (409): who (empty: the same person, in another window), when, and each differing value side by side.

    Fields only they changed are ``taken``.
    """

    who: Text
    when: Text
    fields: tuple[ConflictField, ...]
    taken: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BesidePage(Page):
    """Those blocks alone: into their place on the form, or as a page of their own."""

    blocks: tuple[Block, ...]
    wide: bool = True
    template: ClassVar[str] = "keguan/panel.html"
    fragments: ClassVar[Mapping[str, str]] = {"beside": "keguan/beside.html"}


@dataclass(frozen=True, kw_only=True)
class FormPage(Page):
    """A form as a page, or as a drawer when HTMX asks for ``#drawer`` (``#over``: over a form that waits for it): the same template.

    Text typed is kept on error.

    ``hidden`` carries the record's ``version`` and the idempotency key; the CSRF token is added by the template.
    ``errors`` counts what must be mended, page errors stand in ``says``.
    """

    action: str
    groups: tuple[FieldSet, ...]
    submit: Text
    cancel_href: str
    hidden: tuple[tuple[str, str], ...] = ()
    conflict: Conflict | None = None
    beside: BesideLines | None = None
    saved_draft: Text = ""
    submit_tone: Tone = Tone.IDLE
    more_submits: tuple[tuple[str, Text], ...] = ()
    """Further submit buttons as (value of ``then``, label), for example save and write another."""
    template: ClassVar[str] = "keguan/form.html"
    fragments: ClassVar[Mapping[str, str]] = dict.fromkeys(("drawer", "over"), "keguan/form_drawer.html")

    @property
    def errors(self) -> int:
        """How many fields carry an error, lines counted each."""
        fields = [item for group in self.groups for item in group.fields]
        in_lines = sum(len(row.errors) for item in fields if item.lines for row in item.lines.rows)
        return sum(bool(str(item.error)) for item in fields) + in_lines

    @property
    def multipart(self) -> bool:
        """Whether a file is asked for."""
        return any(item.kind == FieldKind.FILE for group in self.groups for item in group.fields)
