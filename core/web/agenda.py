"""What stands on the calendar: the dated records of all modules that are on, as far as the person may see them, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, select
from sqlalchemy.orm import Session

from core.access.criteria import departments_within, parent_of, visible
from core.access.field_rights import may_query
from core.database.records import Record, naming
from core.database.together import Told, ToldRow, read_together, told
from core.exports.operations import may_export
from core.extension.rights import EXPORT
from core.kernel.acting import Actor, Scope, actor
from core.kernel.clock import local
from core.organisation.models import Employee
from core.web.changing import fields_in_place
from core.web.list_values import first_value
from core.web.nouns import Dated, Noun, Nouns

MOST = 300
"""Entries of one kind in what is shown of the calendar."""


@dataclass(frozen=True)
class Entry:
    """One record on one day: ``version`` and ``movable`` for whoever moves it, ``owner`` is an employee's id;
    ``late`` says that something still has to be done whose day is past."""

    noun: Noun
    field: str
    record_id: int
    day: date
    at: datetime | None
    title: str
    note: str
    version: int
    owner: int | None
    who: str
    movable: bool
    late: bool


def dated_nouns(nouns: Nouns) -> list[Noun]:
    """Nouns that stand on the person's calendar."""
    who = actor()
    known = (noun for noun in nouns.by_path.values() if noun.plugin in who.modules and who.may(noun.resource, "read"))
    return [noun for noun in known if owned_by(noun.model) and any(may_query(who, noun.model, one.name) for one in noun.on_calendar)]


def leaving_nouns(nouns: Nouns) -> list[Noun]:
    """Nouns of the person's calendar whose records he or she may export, so that their days may leave in a feed."""
    return [noun for noun in dated_nouns(nouns) if noun.plugin != "core" and may_export(actor(), noun.resource)]


def entries_between(
    session: Session, nouns: Nouns, first: date, last: date, *, mine: bool, leaving: Collection[str] | None = None
) -> list[Entry]:
    """Entries from ``first`` to ``last`` in their order: one's own, or those of one's department and below.

    With ``leaving``, only of the nouns of these paths, as far as the right to export reaches.
    """
    who = actor()
    found_nouns = dated_nouns(nouns) if leaving is None else [noun for noun in leaving_nouns(nouns) if noun.path in leaving]
    reach = partial(_within, who=who, mine=mine, leaving=leaving is not None)
    kinds = [
        Told(_rows(noun, one, first, last, reach(noun)), partial(_entry, noun, one.name, who))
        for noun in found_nouns
        for one in noun.on_calendar
        if may_query(who, noun.model, one.name)
    ]
    found: list[Entry] = read_together(session, kinds, MOST)
    return sorted(found, key=lambda one: (one.day, one.at is None, one.at or one.day, one.noun.path, one.record_id))


def counted_in(session: Session, entries: Sequence[Entry]) -> dict[type[Record], set[int]]:
    """Records of counted kinds that the entries tell of: those that have the day, or those that they are a part of, which they name."""
    by_noun: dict[Noun, set[int]] = {}
    for entry in entries:
        by_noun.setdefault(entry.noun, set()).add(entry.record_id)
    found: dict[type[Record], set[int]] = {}
    for noun, ids in by_noun.items():
        model: Any = noun.model
        if model.__counted__:
            found.setdefault(model, set()).update(ids)
        above = parent_of(model) if model.__scope__ == "child" else None
        if above is not None and above.__counted__:
            parents = session.scalars(select(getattr(model, f"{model.__parent__}_id")).where(model.id.in_(ids)))
            found.setdefault(above, set()).update(parents)
    return found


def owned_by(model: type[Record]) -> Any:
    """The class whose owner has the record: itself, or what it is a part of; None for what belongs to nobody."""
    while model.__scope__ == "child":
        model = parent_of(model)
    return model if model.__scope__ == "owned" else None


def _above(model: type[Record]) -> Iterator[tuple[Any, Any]]:
    """(parent, condition of the join) up to the owned class."""
    while model.__scope__ == "child":
        parent: Any = parent_of(model)
        yield parent, parent.id == getattr(model, f"{model.__parent__}_id")
        model = parent


def _reach(noun: Noun, who: Actor, *, mine: bool) -> Any:
    owned = owned_by(noun.model)
    if owned is None:
        return None
    if mine:
        return owned.owner_id == who.employee_id
    return owned.department_id.in_(sorted({who.department_id, *who.subtree, *who.in_charge}))


def _within(noun: Noun, who: Actor, *, mine: bool, leaving: bool) -> Any:
    reach = _reach(noun, who, mine=mine)
    return and_(reach, visible(noun.model, who, EXPORT)) if leaving else reach


def _rows(noun: Noun, dated: Dated, first: date, last: date, reach: Any) -> Select[Any]:
    model: Any = noun.model
    owned, column, declared = owned_by(model), getattr(model, dated.name), noun.fields[dated.name]
    step = getattr(model, noun.next_step[1]) if noun.next_step and noun.next_step[0] == dated.name else None
    whose = cast(owned.owner_id, String).concat("/").concat(cast(owned.department_id, String))
    on = {"at": column} if declared.kind == "moment" else {"day": column}
    due = noun.late_at(dated.name)
    if due is not None and due.may_be_asked(model):
        whose = whose.concat("/").concat(case((due.late(model), "late"), else_=""))
    rows = told(model.id, _title(model), step, cast(model.version, String), whose, who=Employee.name, **on).select_from(model)
    for parent, condition in _above(model):
        rows = rows.join(parent, condition)
    rows = rows.join(Employee, Employee.id == owned.owner_id).where(reach)
    rows = rows.where(column >= first_value(declared, first), column < first_value(declared, last + timedelta(days=1)))
    return (rows.where(dated.condition()) if dated.condition is not None else rows).order_by(column, model.id)


def _title(model: Any) -> Any:
    """What the record is called, and what the record is called that it is a part of."""
    names = [naming(one) for one in (model, *(parent for parent, _ in _above(model)))]
    known = [name for name in names if name is not None][:2]
    if len(known) < 2:
        return known[0] if known else None
    return known[0].concat(" · ").concat(known[1])


def _entry(noun: Noun, field: str, who: Actor, row: ToldRow) -> Entry:
    title, note, version, whose = row.texts
    owner, department, late = [*(whose or "").split("/"), "", ""][:3]
    moment = local(row.at) if row.at is not None else None
    day = moment.date() if moment is not None else row.day
    assert day is not None
    movable = field in fields_in_place(noun) and _may_change(noun, who, int(owner or 0), int(department or 0))
    owned = int(owner) if owner else None
    return Entry(
        noun, field, row.id, day, moment, title or "", note or "", int(version or 0), owned, row.who or "", movable, late=bool(late)
    )


def _may_change(noun: Noun, who: Actor, owner: int, department: int) -> bool:
    """Whether the scopes of changing reach the owner or the department; shares are not looked up, whoever has one opens the record."""
    scopes = who.scopes(noun.resource, "update")
    within = department in departments_within(who, scopes)
    return bool(scopes) and (bool(scopes & {Scope.COMPANY, Scope.ALL}) or owner == who.employee_id or within)
