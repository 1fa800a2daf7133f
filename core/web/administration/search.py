"""The search of the top bar: one text, every kind of record that the person may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import Select, String, cast, func, literal
from werkzeug.wrappers import Response

from core.access.field_rights import may_query
from core.database.records import NAMING, Record, name_behind, naming
from core.database.references import class_of
from core.database.sessions import capped_counts
from core.database.together import Told, ToldRow, told
from core.exports.reading import count_seen
from core.extension.calling import hooks
from core.kernel.acting import acting
from core.kernel.words import msg
from core.web.access import member
from core.web.called import kind_and_number
from core.web.listing import Query, statement
from core.web.nouns import Noun
from core.web.offers import entries_by
from core.web.pages import DeskCard, DeskItem, DeskPage, Link
from core.web.showing import record_url, view_name
from core.web.views import PluginView

PER_KIND = 8
FACTS = 2  # told of a record beside its name, owner and state
WANTED = msg("Search by name, number or telephone; pinyin and its initials find names too.")
"""What may be sought."""


class SearchView(PluginView):
    """Finds by name, by pinyin and by initials."""

    route_base = "/search"

    @expose("/")
    @member
    def search(self) -> Response:
        """Up to eight records of each kind, with a door to the whole list."""
        text = (request.args.get("find") or request.args.get("q", "")).strip()[:100]
        if not text:
            return self.page(DeskPage(title=msg("Search"), lead=WANTED, sought=""))
        nouns = [self.nouns.by_path[path] for path in hooks().crm_search_kinds()]
        found = [card for card in self._cards([noun for noun in nouns if g.actor.may(noun.resource, "read")], text) if card.items]
        cards = found or [DeskCard(msg("Nothing found."), (), empty=WANTED, span=12)]
        return self.page(DeskPage(title=msg("Search: %(text)s", text=text), cards=tuple(cards), sought=text))

    def _cards(self, nouns: Sequence[Noun], text: str) -> tuple[DeskCard, ...]:
        """One card for each kind; all kinds are read in one statement, and those with more than stand here counted in one."""
        asked = {noun.path: statement(self.session, noun, Query(text=text, order=noun.order)) for noun in nouns}
        found = entries_by(self.session, {noun.path: [_rows(noun, asked[noun.path])] for noun in nouns}, PER_KIND + 1)
        many = [path for path, rows in found.items() if len(rows) > PER_KIND]
        totals = dict(zip(many, capped_counts(self.session, [asked[path] for path in many]), strict=True))
        return tuple(_card(noun, found[noun.path], totals.get(noun.path, (len(found[noun.path]), False)), text) for noun in nouns)


@dataclass(frozen=True)
class Hit:
    """One record that was found: its name, and what tells it from others of that name."""

    number: int
    name: str
    detail: str = ""


def _rows(noun: Noun, asked: Select[tuple[object]]) -> Told:
    """Name, state, up to two facts and the owner of what was found, all in the one statement that finds.

    Behind the state stand the ids of counted records whose names are among the facts.
    """
    facts, nothing = _facts(noun), literal("")
    state: Any = cast(noun.model.state, String) if _open(noun, "state") and noun.fields["state"].choices is not None else nothing
    owner = name_behind(noun.model, "owner") if _open(noun, "owner") else None
    counted = _counted(noun, facts)
    for name in counted:
        state = func.coalesce(state, nothing).concat(" ").concat(func.coalesce(cast(getattr(noun.model, f"{name}_id"), String), nothing))
    rows = told(noun.model.id, naming(noun.model), state, *facts.values(), who=owner)
    return Told(asked.with_only_columns(*rows.selected_columns), partial(_row, noun, tuple(counted.values())))


def _open(noun: Noun, name: str) -> bool:
    return name in noun.fields and may_query(acting(), noun.model, name)


def _facts(noun: Noun) -> dict[str, Any]:
    """The first facts of the record's head that are texts of its own or names of what it refers to, as columns by field."""
    found: dict[str, Any] = {}
    for name in noun.facts:
        declared = noun.fields[name]
        if name in NAMING[:2] or name == "owner" or not _open(noun, name):
            continue
        if declared.kind == "text":
            found[name] = getattr(noun.model, name)
        elif declared.kind == "reference" and (called := name_behind(noun.model, name)) is not None:
            found[name] = called
    return dict(list(found.items())[:FACTS])


def _counted(noun: Noun, names: Iterable[str]) -> dict[str, type[Record]]:
    """References among the fields ``names``, with the class of their records, where those are counted when they are seen."""
    targets = {name: class_of(noun.model, noun.fields[name].target) for name in names if noun.fields[name].kind == "reference"}
    return {name: target for name, target in targets.items() if target.__counted__}


def _row(noun: Noun, counted: Sequence[type[Record]], row: ToldRow) -> Hit:
    name, told_of, *facts = row.texts
    state, *ids = (told_of or "").split(" ")
    for target, number in zip(counted, ids, strict=True):
        count_seen(target, [int(number)] if number else [])
    choices = noun.fields["state"].choices if "state" in noun.fields else None
    told_state = str(choices(state).label) if choices is not None and state else ""
    return Hit(
        row.id,
        name or str(kind_and_number(noun.title, row.id)),
        " · ".join(one for one in (*facts, row.who, told_state) if one and one != name),
    )


def _card(noun: Noun, rows: Sequence[Hit], total: tuple[int, bool], text: str) -> DeskCard:
    items = tuple(DeskItem(one.name, record_url(noun, one.number), one.detail) for one in rows[:PER_KIND])
    number, more = total
    everything = Link(msg("All %(total)s", total=f"{number}{'+' if more else ''}"), url_for(f"{view_name(noun)}.list", q=text))
    return DeskCard(noun.plural, items, all=everything if items else None, span=6)
