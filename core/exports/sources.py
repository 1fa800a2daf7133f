"""What can be exported: a list with its columns, its query and the words for that query. Floors above hand their sources over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.database.fields import Field
from core.database.records import mappers
from core.exports.states import ExportFormat
from core.kernel.acting import Actor
from core.kernel.errors import NotFound
from core.kernel.words import Message, msg

Pairs = Sequence[tuple[str, str]]
"""The query of a list as its address writes it, sorted: the exact filter and the order."""


class Source(Protocol):
    """A list that data may leave from."""

    key: str
    """Its name in addresses, such as ``customers``."""
    plugin: str
    resource: str
    title: Message
    model: Any
    formats: Sequence[ExportFormat]
    """What may be asked for; of :data:`ExportFormat.ZIP` alone, the files of the records leave and not their fields."""

    def fields(self) -> Mapping[str, Field]:
        """Fields that may become columns, by name, in their order."""

    def usual(self) -> Sequence[str]:
        """The columns of the list itself, offered first."""

    def checked(self, asked: Pairs) -> Pairs:
        """``asked`` in one canonical form; raises :class:`Malformed` for what the list does not offer."""

    def statement(self, session: Session, asked: Pairs) -> Select[Any]:
        """The records of ``asked`` in their order, as far as the person who acts may see them."""

    def told(self, session: Session, asked: Pairs) -> Sequence[tuple[Message, str]]:
        """The conditions in words, for whoever decides."""


@dataclass(frozen=True)
class SheetSource:
    """A sheet about one record, such as a statement of account: printed through the gate with a reason, never exported as a list.

    The right to print is that of ``resource``; ``table`` is that of the record that the sheet is about, which one must be allowed to read.
    ``conditions`` puts into words what was asked for, such as a period.
    """

    key: str
    plugin: str
    resource: str
    title: Message
    table: str
    conditions: Callable[[Pairs], Sequence[tuple[Message, str]]]
    formats: Sequence[ExportFormat] = (ExportFormat.PDF,)

    @property
    def model(self) -> Any:
        """The class of that record."""
        return next(mapper.class_ for mapper in mappers() if mapper.class_.__tablename__ == self.table)

    def fields(self) -> Mapping[str, Field]:
        """None: a sheet has no columns to choose."""
        return {}

    def usual(self) -> Sequence[str]:
        """None."""
        return ()

    def checked(self, asked: Pairs) -> Pairs:
        """There is no list behind a sheet."""
        raise NotFound

    def statement(self, session: Session, asked: Pairs) -> Select[Any]:
        """There is no list behind a sheet."""
        raise NotFound

    def told(self, session: Session, asked: Pairs) -> Sequence[tuple[Message, str]]:
        """What was asked for, in words."""
        return self.conditions(asked)


CALENDAR = "calendar"


@dataclass(frozen=True)
class CalendarSource:
    """What stands on one's own calendar, as a feed: its columns are kinds of days, each of records that one may export.

    ``kinds()`` names them for the person who acts; ``number(session, names)`` says how many entries there are now.
    """

    title: Message
    kinds: Callable[[], Mapping[str, Field]]
    number: Callable[[Session, Sequence[str]], int]
    key: str = CALENDAR
    plugin: str = "core"
    resource: str = "core.calendar"
    formats: Sequence[ExportFormat] = (ExportFormat.ICS,)

    @property
    def model(self) -> Any:
        """That of the request: a feed is of no one kind of record."""
        return next(mapper.class_ for mapper in mappers() if mapper.class_.__tablename__ == "core_export_request")

    def fields(self) -> Mapping[str, Field]:
        """Kinds of days."""
        return self.kinds()

    def usual(self) -> Sequence[str]:
        """All of them."""
        return list(self.kinds())

    def checked(self, asked: Pairs) -> Pairs:
        """A feed has no conditions."""
        return ()

    def statement(self, session: Session, asked: Pairs) -> Select[Any]:
        """There is no list behind a calendar."""
        raise NotFound

    def told(self, session: Session, asked: Pairs) -> Sequence[tuple[Message, str]]:
        """Whose calendar it is."""
        return ((msg("Whose entries"), str(msg("My own"))),)


@dataclass
class _Known:
    make: Callable[[], Mapping[str, Source]]
    made: Mapping[str, Source] | None = None


_known: list[_Known] = []


def use_sources(make: Callable[[], Mapping[str, Source]]) -> None:
    """Make the sources of this process those that ``make`` returns; it is called when the first one is asked for."""
    _known[:] = [_Known(make)]


def all_sources() -> Mapping[str, Source]:
    """Every source of the installed plugins by key."""
    known = _known[0]
    if known.made is None:
        known.made = known.make()
    return known.made


def source_called(key: str, who: Actor) -> Source:
    """The source called ``key``; :class:`NotFound` when there is none or its module is off for the company."""
    found = all_sources().get(key)
    if found is None or (found.plugin != "core" and found.plugin not in who.modules):
        raise NotFound
    return found
