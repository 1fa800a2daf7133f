"""Frozen dataclasses that plugins hand to the host through the platform hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.kernel.words import Message


@dataclass(frozen=True)
class MenuEntry:
    """One line of the side menu: ``endpoint`` is called ``View.method``; shown to whom ``verb`` on ``resource`` is given."""

    key: str
    label: Message
    endpoint: str
    icon: str
    resource: str = ""
    verb: str = "read"
    parent: str = ""
    creates: bool = False


@dataclass(frozen=True)
class RelatedCount:
    """A stat button on a record's page: another plugin's records with their count; ``more`` when the count was capped."""

    label: Message
    icon: str
    count: int
    url: str
    more: bool = False


@dataclass(frozen=True)
class Figure:
    """A key figure of a record or of the desk; ``url`` leads to the records that it sums."""

    label: Message
    value: Decimal | int | None
    kind: str = "number"
    note: Message | None = None
    url: str = ""


@dataclass(frozen=True)
class RelatedTable:
    """A lazily loaded tab of a record's page, rendered by ``endpoint`` of the plugin that offers it."""

    key: str
    label: Message
    endpoint: str
    icon: str = "table"
    count: int | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened to a record."""

    at: datetime
    who: str
    what: Message
    icon: str = "point"
    tone: str = "idle"
    body: str = ""
    url: str = ""
    changes: Sequence[tuple[Message, str, str]] = ()


@dataclass(frozen=True)
class DeskTask:
    """Something the person has to do, for the desk and the to-do list."""

    title: str
    url: str
    due: Any = None
    note: str = ""


@dataclass(frozen=True)
class JobHandler:
    """Runs a kind of background job inside its own use case; must be idempotent: a job may run again after a crash."""

    kind: str
    run: Callable[..., Any]
    title: Message
    every_minutes: int = 0  # more than 0: also scheduled, once per company


@dataclass(frozen=True)
class ImportTarget:
    """What the import command needs of a resource: ``write`` takes a session and converted rows, returns their outcomes."""

    resource: str
    write: Callable[..., Any]
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchKind:
    """Records found by the search of the top bar."""

    resource: str
    label: Message
    icon: str
    model: Any
    endpoint: str
