"""Every list of a noun is a source of the export gate: the same columns, filters and order as on its page (design 3.6).

So is every sheet that a page prints, but for lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from core.database.fields import Field
from core.exports.sources import Pairs, Source
from core.extension.registry import Registry
from core.kernel.words import Message, listed, msg
from core.organisation.code_lists import label_of
from core.web.called import kind_and_number
from core.web.listing import Query, read_query, statement
from core.web.lists.words import told_condition
from core.web.nouns import Noun
from core.web.picked import PICKED, picked_ids, picked_text
from core.web.views import RecordView

UNEXPORTED = ("page", "size")
"""What an address says of the page that was looked at, and nothing of what is asked for."""


class NounSource:
    """The list of one noun as the gate sees it."""

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
        known = {"q", "view", "order", "where", "join", *self.noun.filters, *spans}
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
            found.append((msg("Picked records"), str(number)))
        if query.text:
            found.append((msg("Search"), query.text))
        for name, values in query.filters.items():
            declared = self.noun.fields[name]
            found.append((declared.label, str(listed(self._value(session, declared, value) for value in values))))
        days = dict.fromkeys([*query.since, *query.until])
        for one in query.conditions.all:
            words = told_condition(self.noun, one, lambda declared, value: self._value(session, declared, value))
            found.append((self.noun.fields[one.name].label, words))
        if query.conditions.any_of and len(query.conditions.all) > 1:
            found.append((msg("Conditions"), str(msg("any of them"))))
        return [*found, *((self.noun.fields[day].label, f"{query.since.get(day) or ''} – {query.until.get(day) or ''}") for day in days)]

    def _value(self, session: Session, declared: Field, value: str) -> str:
        if declared.choices is not None:
            return str(declared.choices(value).label)
        if declared.kind == "code":
            return str(label_of(session, declared.code_list, value))
        if declared.kind == "reference":
            record = session.get(getattr(self.model, declared.name).property.mapper.class_, int(value))
            return str(record if record is not None else kind_and_number(declared.label, int(value)))
        return value


def noun_sources(registry: Registry) -> Mapping[str, Source]:
    """A source for every list and every sheet of the installed plugins; lists of the house itself are not let out here."""
    views = [view for _, view in registry.at_start("crm_views")]
    lists = {view.noun.path: NounSource(view.noun) for view in views if issubclass(view, RecordView)}
    return lists | {view.sheet.key: view.sheet for view in views if view.sheet is not None}
