"""Every list of a noun is a source of the export gate: the same columns, filters and order as on its page (design 3.6).

So is every sheet that a page prints, but for lists; and the files of the records of every list, where files can be attached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from core.access.field_rights import knows_name
from core.database.fields import Field
from core.exports.sources import CALENDAR, CalendarSource, Pairs, Source
from core.exports.states import LISTS, ExportFormat
from core.extension.registry import Registry
from core.kernel.acting import actor
from core.kernel.clock import today
from core.kernel.words import Message, listed, msg
from core.organisation.code_lists import label_of
from core.web.agenda import Entry, entries_between, leaving_nouns
from core.web.called import kind_and_number
from core.web.listing import Query, read_query, statement
from core.web.lists.words import told_condition, told_span
from core.web.nouns import Noun, Nouns
from core.web.picked import PICKED, files_key, picked_ids, picked_text
from core.web.tagging import LABEL, TAG, tag_words
from core.web.views import RecordView

UNEXPORTED = ("page", "size")
"""What an address says of the page that was looked at, and nothing of what is asked for."""


PICKED_RECORDS = msg("Picked records")
TOLD_BY_NAME = 10
FEED_BACK, FEED_AHEAD = 31, 183  # days


class NounSource:
    """The list of one noun as the gate sees it."""

    formats: Sequence[ExportFormat] = LISTS

    def __init__(self, noun: Noun) -> None:
        self.noun = noun
        self.key, self.plugin, self.resource, self.model = noun.path, noun.plugin, noun.resource, noun.model
        self.title = noun.plural

    def fields(self) -> Mapping[str, Field]:
        """Every declared field of the noun."""
        return self.noun.fields

    def usual(self) -> Sequence[str]:
        """The columns of the list."""
        return [shown.name for shown in self.noun.columns]

    def checked(self, asked: Pairs) -> Pairs:
        """The pairs that say something, sorted; raises :class:`Malformed` for a filter, view or order that the list does not offer."""
        pairs = sorted({(str(name), str(value)) for name, value in asked if value and name not in UNEXPORTED})
        spans = {f"{name}_{end}" for name in self.noun.filters for end in ("from", "to")}
        known = {"q", "view", "order", "where", "join", TAG, *self.noun.filters, *spans}
        kept = [(name, value) for name, value in pairs if name in known]
        self._query(kept)
        picked = [(PICKED, picked_text(picked_ids(value))) for name, value in pairs if name == PICKED]
        return sorted([*kept, *picked[:1]])

    def _query(self, asked: Pairs) -> Query:
        return read_query(self.noun, MultiDict(list(asked)))

    def statement(self, session: Session, asked: Pairs) -> Select[Any]:
        """The records of the list."""
        found = statement(session, self.noun, self._query(asked))
        picked = dict(asked).get(PICKED)
        return found if picked is None else found.where(self.model.id.in_(picked_ids(picked)))

    def told(self, session: Session, asked: Pairs) -> Sequence[tuple[Message, str]]:
        """View, search, filters and days in words; what is referred to by number is named as far as the reader may see it."""
        query = self._query(asked)
        found: list[tuple[Message, str]] = []
        if view := next((view for view in self.noun.views if view.key == query.view), None):
            found.append((msg("View"), str(view.label)))
        if picked := dict(asked).get(PICKED):
            number = len(picked_ids(picked))
            found.append((PICKED_RECORDS, str(number)))
        if query.text:
            found.append((msg("Search"), query.text))
        for name, values in query.filters.items():
            declared = self.noun.fields[name]
            found.append((declared.label, str(listed(self._value(session, declared, value) for value in values))))
        if query.tags:
            found.append((LABEL, str(listed(tag_words(session, query.tags)))))
        days = dict.fromkeys([*query.since, *query.until])
        for one in query.conditions.all:
            words = told_condition(self.noun, one, lambda declared, value: self._value(session, declared, value))
            found.append((self.noun.fields[one.name].label, words))
        if query.conditions.any_of and len(query.conditions.all) > 1:
            found.append((msg("Conditions"), str(msg("any of them"))))
        return [*found, *((self.noun.fields[day].label, told_span(query, day)) for day in days)]

    def _value(self, session: Session, declared: Field, value: str) -> str:
        if declared.choices is not None:
            return str(declared.choices(value).label)
        if declared.kind == "code":
            return str(label_of(session, declared.code_list, value))
        if declared.kind == "reference":
            record = session.get(getattr(self.model, declared.name).property.mapper.class_, int(value))
            return str(record if record is not None else kind_and_number(declared.label, int(value)))
        return value


class FilesSource(NounSource):
    """The files of the records of a list: the list says of which, and no field of them leaves but what they are called."""

    formats: Sequence[ExportFormat] = (ExportFormat.ZIP,)

    def __init__(self, noun: Noun) -> None:
        super().__init__(noun)
        self.key, self.title = files_key(noun.path), msg("Files of “%(list)s”", list=noun.plural)

    def fields(self) -> Mapping[str, Field]:
        """None: a file has no columns."""
        return {}

    def usual(self) -> Sequence[str]:
        """None."""
        return ()

    def told(self, session: Session, asked: Pairs) -> Sequence[tuple[Message, str]]:
        """As of the list; a few picked records are told by their names, as far as the reader sees them."""
        found = super().told(session, asked)
        ids = picked_ids(dict(asked)[PICKED]) if PICKED in dict(asked) else []
        if not 0 < len(ids) <= TOLD_BY_NAME or not knows_name(actor(), self.model):
            return found
        names = {one.id: str(one) for one in session.scalars(select(self.model).where(self.model.id.in_(ids)))}
        words = str(listed(names.get(one) or kind_and_number(self.noun.title, one) for one in ids))
        return [(label, words if label == PICKED_RECORDS else value) for label, value in found]


def calendar_source(nouns: Nouns) -> CalendarSource:
    """The calendar feed of whoever acts: a kind of days for each noun that stands on the calendar and may be exported."""

    def kinds() -> Mapping[str, Field]:
        return {noun.path: Field("flag", noun.plural, noun.path) for noun in leaving_nouns(nouns)}

    def number(session: Session, names: Sequence[str]) -> int:
        return len(feed_entries(session, nouns, names))

    return CalendarSource(msg("Calendar feed"), kinds, number)


def feed_entries(session: Session, nouns: Nouns, kinds: Sequence[str]) -> list[Entry]:
    """What a feed of these kinds holds now: own entries of the last month and the coming half year."""
    first, last = today() - timedelta(days=FEED_BACK), today() + timedelta(days=FEED_AHEAD)
    return entries_between(session, nouns, first, last, mine=True, leaving=kinds)


def noun_sources(registry: Registry, known: Nouns) -> Mapping[str, Source]:
    """A source for every list and every sheet of the installed plugins; lists of the house itself are not let out here."""
    views = [view for _, view in registry.at_start("crm_views")]
    nouns = [view.noun for view in views if issubclass(view, RecordView)]
    lists: dict[str, Source] = {noun.path: NounSource(noun) for noun in nouns}
    files: dict[str, Source] = {files_key(noun.path): FilesSource(noun) for noun in nouns if noun.files}
    feed: dict[str, Any] = {CALENDAR: calendar_source(known)}
    return lists | files | feed | {view.sheet.key: view.sheet for view in views if view.sheet is not None}
