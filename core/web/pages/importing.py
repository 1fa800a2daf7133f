"""Bringing a file in: hand it over, say what its columns mean, see what would happen, see what has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.web.pages.forms import FormField, Option
from core.web.pages.parts import Block, Figure, Link, Page, Text, Verb


@dataclass(frozen=True, kw_only=True)
class ImportPage(Page):
    """What all steps have: ``step`` of the four is where one is, from 1."""

    step: int
    steps: tuple[Text, ...]


@dataclass(frozen=True, kw_only=True)
class UploadPage(ImportPage):
    """Choose or drop a file, or paste rows. ``blank`` is an empty form to fill in; ``typed`` what was pasted before a refusal."""

    action: str
    accept: str
    limit: Text
    blank: Link
    typed: str = ""
    kept: tuple[Link, ...] = ()
    template: ClassVar[str] = "keguan/import_upload.html"


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the file, what stands in it, and the field that it is read into; ``field`` is empty where it is passed over."""

    name: str
    label: str
    samples: tuple[str, ...]
    field: str = ""
    error: Text = ""


@dataclass(frozen=True, kw_only=True)
class MapPage(ImportPage):
    """What each column means. ``fields`` may be chosen, ``key`` asks how known records are found, ``name`` keeps the mapping."""

    action: str
    file: Text
    columns: tuple[ColumnRow, ...]
    fields: tuple[Option, ...]
    key: FormField
    name: FormField
    profiles: tuple[Link, ...] = ()
    drop: Verb | None = None
    discard: Verb | None = None
    template: ClassVar[str] = "keguan/import_map.html"

    @property
    def passed_over(self) -> int:
        """How many columns nobody reads."""
        return sum(not column.field for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class ProgressPage(ImportPage):
    """The try or the import as far as it is; ``again`` is asked every other second while it moves."""

    file: Text
    lead: Text
    figures: tuple[Figure, ...] = ()
    share: int | None = None
    again: str = ""
    verbs: tuple[Verb | Link, ...] = ()
    blocks: tuple[Block, ...] = ()
    template: ClassVar[str] = "keguan/import_progress.html"
