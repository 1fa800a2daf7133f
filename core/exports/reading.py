"""Slow scraping is an export too: whoever reads too many different records in a day confirms who it is, then is stopped (security C2).

Counted is what a request has loaded of a class with ``__counted__``, whatever page, answer of REST, search or choice it was for; and
each file of a record that was handed out, within thresholds of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from core.access.holders import holders_of
from core.audit.trail import record_event
from core.database.records import Record, mappers
from core.database.sessions import Database
from core.exports.operations import RESOURCE, WATCH
from core.exports.settings import CONFIRM_AFTER, FILES_CONFIRM_AFTER, FILES_STOP_AFTER, STOP_AFTER
from core.exports.sightings import Reader, sightings
from core.kernel.acting import Actor, System, acting, acting_as
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.work.models import Attachment
from core.work.notices import notify

FREE = 20
"""Below this no company can set its thresholds, so nobody asks for them."""
FILES = Attachment.__tablename__
"""What files of records are counted as."""
CONFIRMED, OVER = "confirmed", "over"
_looked_at: ContextVar[dict[str, set[int]] | None] = ContextVar("keguan_looked_at", default=None)
_labels: dict[str, Message] = {FILES: msg("Files")}


class Level(StrEnum):
    """What is asked of somebody who reads too much: to confirm who it is, or to stop until tomorrow."""

    CONFIRM = "confirm"
    STOP = "stop"


def count_loads() -> None:
    """Let every class with ``__counted__`` note what is loaded of it for a person; once per process, when all classes are there."""
    for mapper in mappers():
        model: type[Record] = mapper.class_
        if model.__counted__ and model.__tablename__ not in _labels:
            _labels[model.__tablename__] = model.__label__
            event.listen(model, "load", _note)


def _note(record: Any, context: Any) -> None:
    looked_at = _looked_at.get()
    if looked_at is not None and isinstance(acting(), Actor):
        looked_at.setdefault(record.__tablename__, set()).add(record.id)


def count_seen(model: type[Record], ids: Collection[int]) -> None:
    """Let records count that were read over people, as bare columns, and are about to be told."""
    looked_at = _looked_at.get()
    if looked_at is not None and model.__counted__:
        looked_at.setdefault(model.__tablename__, set()).update(ids)


def begin_counting() -> None:
    """From now on, until :func:`end_counting`, what is loaded counts as seen."""
    _looked_at.set({})


def end_counting() -> Mapping[str, set[int]]:
    """What was loaded, by table."""
    found = _looked_at.get() or {}
    _looked_at.set(None)
    return found


def note_seen(session: Session, database: Database, who: Actor, looked_at: Mapping[str, set[int]]) -> Level | None:
    """Count what ``who`` is about to see; what is asked first when that would be too much, and then nothing is counted (R-343)."""
    reader = Reader(who.company_id, who.employee_id)
    for kind, ids in looked_at.items():
        if sightings().note(reader, kind, ids, FREE).refused:
            confirm_after, stop_after = (parameter(session, name) for name in _thresholds(kind))
            confirmed = sightings().flagged(reader, CONFIRMED)
            most = stop_after if confirmed else min(confirm_after, stop_after)
            if sightings().note(reader, kind, ids, most).refused:
                level = Level.STOP if most == stop_after else Level.CONFIRM
                sightings().flag(reader, OVER)
                if sightings().flag(reader, f"told-{level.value}-{kind}"):
                    _alert(database, who, kind, most, level)
                return level
    return None


def _thresholds(kind: str) -> tuple[str, str]:
    """The parameters after which one confirms who one is, and after which one stops."""
    return (FILES_CONFIRM_AFTER, FILES_STOP_AFTER) if kind == FILES else (CONFIRM_AFTER, STOP_AFTER)


def is_over(who: Actor) -> bool:
    """Whether ``who`` has come to a threshold today and has not confirmed since."""
    reader = Reader(who.company_id, who.employee_id)
    return sightings().flagged(reader, OVER) and not sightings().flagged(reader, CONFIRMED)


def first_look(who: Actor, file_id: int) -> bool:
    """Note that ``who`` looks at the file inside a page; whether it is for the first time today."""
    return sightings().flag(Reader(who.company_id, who.employee_id), f"shown-{file_id}")


def confirm(session: Session, who: Actor) -> None:
    """Note that ``who`` has shown again who it is; the trail keeps it."""
    sightings().flag(Reader(who.company_id, who.employee_id), CONFIRMED)
    record_event(session, "confirm_reading", who.name)


def sentence_for(level: Level) -> Message:
    """What the person is told."""
    if level is Level.STOP:
        return msg("You have seen as many different records today as your company allows. Please continue tomorrow, or request an export.")
    return msg("You have seen unusually many different records today. Please confirm with your password that it is you.")


def _alert(database: Database, who: Actor, kind: str, most: int, level: Level) -> None:
    """Tell those who watch, once a day and level, in a use case of its own."""
    facts: Mapping[str, Any] = {"who": who.name, "most": most, "kind": _labels[kind]}
    told = (
        msg("%(who)s was stopped: more than %(most)s different records of “%(kind)s” read today.", **facts)
        if level is Level.STOP
        else msg("%(who)s has read more than %(most)s different records of “%(kind)s” today and is asked for the password.", **facts)
    )
    with acting_as(System("heavy reading", who.company_id)), database.transaction() as session:
        record_event(session, "heavy_reading", who.name, employee=who.employee_id, kind=kind, most=most, level=level.value)
        for employee_id in holders_of(session, RESOURCE, WATCH):
            notify(session, employee_id, told)
