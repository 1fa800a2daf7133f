"""Writing the trail: differences are collected before each flush and written before the commit of the same transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Engine, Select, event, func, insert, inspect, select
from sqlalchemy.orm import Session

from core.audit.aside import kept_aside, put_aside, subject_of, write_aside
from core.audit.models import AuditRow
from core.audit.reasons import reason_of
from core.audit.rows import LATER, SAID, mac_of
from core.database.records import NAMING, UNTOLD, Record
from core.database.sentences import stored
from core.kernel.acting import Acting, Actor, System, acting
from core.kernel.clock import now, told
from core.kernel.lifecycle import cycle_of
from core.kernel.words import Message

NOISE = frozenset({"id", "version", "created_at", "updated_at", "company_id"})

ERASE = "erase"
"""The action whose personal values are kept nowhere, not even beside the trail."""

PERSON_ERASED = "person_erased"
"""The event that somebody was erased: table, number, when the record was made, and the fingerprint of the certificate."""

MARK = "bulk"
"""What a row of the trail calls the key of a change of many records."""

WRITERS = 0x6B67_7472
"""Whoever writes rows on PostgreSQL holds this advisory lock shared until the commit: who seals knows that no lower id can still come."""

SUBJECT, REASON = 250, 500
"""Characters of what a row keeps: what it is about, and why."""

address: ContextVar[str] = ContextVar("keguan_address", default="")
"""Network address of the person at work; empty for jobs and commands."""


_KEYS: WeakKeyDictionary[Engine, bytes] = WeakKeyDictionary()


def install_trail(session_class: Any) -> None:
    """Attach the trail to every session of ``session_class``."""
    event.listen(session_class, "before_flush", collect)
    event.listen(session_class, "before_commit", write)


def seal_with(engine: Engine, key: bytes) -> None:
    """Rows of the database behind ``engine`` are sealed with ``key``, which lies outside of it; a process may serve several databases."""
    _KEYS[engine] = key


def key_of(engine: Engine) -> bytes:
    """The key that rows of the database behind ``engine`` are sealed with."""
    return _KEYS[engine]


def name_action(session: Session, record: Record, verb: str, *, by_right: bool = False) -> None:
    """The trail calls what happens to ``record`` in this use case ``verb`` instead of update.

    ``by_right`` it is only the right that the record was opened with, which may stand for several verbs: a step of its life cycle that is
    taken says it better (an invoice is made void or reversed by one right).
    """
    session.info.setdefault("actions", {})[record] = verb
    named: set[Record] = session.info.setdefault("named", set())
    (named.discard if by_right else named.add)(record)


def record_event(session: Session, action: str, subject: Message | str = "", **details: Any) -> None:
    """Put an event that is no change of a record into the trail: a sign-in, a switch, a refusal; a detail ``reason`` is also why."""
    kept = {name: stored(value) if isinstance(value, Message | str) else value for name, value in details.items()}
    why = details.get("reason") or ""
    _pending(session).append(Entry(doer(session), action, None, subject, kept, reason=stored(why, REASON)))


def record_deed(session: Session, record: Record, action: str, changes: Mapping[str, list[Any]]) -> None:
    """Put into the trail what was done with ``record`` beside its own columns: name to [old, new]."""
    _pending(session).append(Entry(doer(session), action, record, "", dict(changes)))


@contextmanager
def on_behalf_of(session: Session, who: Acting) -> Iterator[None]:
    """Inside, the trail names ``who`` for what the system does in his or her stead."""
    before = session.info.get("on_behalf_of")
    session.info["on_behalf_of"] = before or who
    try:
        yield
    finally:
        session.info["on_behalf_of"] = before


@dataclass(slots=True)
class Entry:
    """What waits to be written: who did what with which record, and what changed by it."""

    who: Acting
    action: str
    record: Record | None
    subject: Message | str
    changes: dict[str, Any]
    about: tuple[str, int | None] = ("", None)  # table and id, where no record is at hand
    reason: str = ""
    approved_by: str = ""
    at: datetime | None = field(default_factory=told)  # in a past that is made up; what really happens has the time of its commit
    named: bool = True  # by its verb; else a step of the life cycle that was taken names it
    erased: bool = False  # deleted as part of an erasure: its personal values are kept nowhere either


def collect(session: Session, *_: Any) -> None:
    """Remember what changes in this flush and who is at work; identities are read at commit."""
    actions = session.info.get("actions", {})
    for record in session.new:
        if isinstance(record, Record) and record.__audited__:
            _note(session, "create", record, _new_values(record))
    for record in session.dirty:
        if isinstance(record, Record) and record.__audited__ and (changes := _changes(record)):
            _note(session, actions.get(record, "update"), record, changes)
    for record in session.deleted:
        if isinstance(record, Record) and record.__audited__:
            _note(session, "delete", record, _last_values(record))
            session.info["trail_of"][record].erased = actions.get(record) == ERASE


def _note(session: Session, action: str, record: Record, changes: dict[str, Any]) -> None:
    """One verb is one row, however often it flushes: what it goes on to change of the same record joins the row that is there."""
    who, named = doer(session), record in session.info.get("named", ())
    latest: dict[Record, Entry] = session.info.setdefault("trail_of", {})
    entry = latest.get(record)
    if entry is not None and entry.who is who and action in ("update", entry.action) and entry.action != "delete":
        for name, (old, new) in changes.items():
            first = entry.changes.pop(name, (old,))[0]
            if first != new:
                entry.changes[name] = [first, new]
        entry.named = entry.named or named
        return
    latest[record] = Entry(who, action, record, "", changes, named=named)
    _pending(session).append(latest[record])


def mark_rows(session: Session, key: str) -> None:
    """Every row about a record that this use case writes names ``key``: what belongs together is found together."""
    session.info[MARK] = key


def wait_with(session: Session, entries: Sequence[Entry]) -> None:
    """Let ``entries`` be written with the commit of the use case."""
    _pending(session).extend(entries)


def waiting_entries(session: Session) -> Sequence[Entry]:
    """What waits to be written with the commit of the use case, in the order in which it was done."""
    return _pending(session)


def doer(session: Session) -> Acting:
    """Whom the trail names for what is done now."""
    return session.info.get("on_behalf_of") or acting()


def _pending(session: Session) -> list[Entry]:
    return session.info.setdefault("trail", [])  # type: ignore[no-any-return]


def told_columns(model: type[Record]) -> Mapping[str, Column[Any]]:
    """Columns of ``model`` of whose changes the trail tells, by the name of the attribute."""
    return _told_columns(inspect(model))


@cache
def _told_columns(mapper: Any) -> dict[str, Column[Any]]:
    columns = {attribute.key: attribute.columns[0] for attribute in mapper.column_attrs if attribute.key not in NOISE}
    return {name: column for name, column in columns.items() if UNTOLD not in column.info}


def _new_values(record: Record) -> dict[str, list[Any]]:
    """What was set of a new record; read past the attributes, which would cost a third of an import to answer that most are empty."""
    state: Any = inspect(record)
    return _stated(state.mapper, state.dict.get)


def _last_values(record: Record) -> dict[str, list[Any]]:
    state: Any = inspect(record)
    stated = _stated(state.mapper, lambda name: getattr(record, name, None))
    return {name: [value, None] for name, (_, value) in stated.items()}


def _stated(mapper: Any, read: Callable[[str], Any]) -> dict[str, list[Any]]:
    return {name: [None, plain(value)] for name in _told_columns(mapper) if (value := read(name)) is not None}


def _changes(record: Record) -> dict[str, list[Any]]:
    found = {}
    state: Any = inspect(record)
    for name in _told_columns(state.mapper):
        history = state.attrs[name].history
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            found[name] = [plain(old), plain(getattr(record, name))]
    return found


def plain(value: Any) -> Any:
    """A value as JSON can carry it, without losing precision and in nobody's language."""
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    if isinstance(value, (Decimal, bytes)):
        return str(value)
    if isinstance(value, Message):
        return stored(value)
    return value


def write(session: Session) -> None:
    """Write what was collected, as the last thing before a commit: if it cannot be written, nothing is committed.

    A use case that goes through very many records calls it between portions, so that what waits stays small.
    """
    session.flush()
    session.info.pop("trail_of", None)
    entries = [entry for entry in session.info.pop("trail", []) if entry.changes or entry.action != "update"]
    if entries:
        for entry in entries:
            entry.action = entry.action if entry.named else _step_of(entry) or entry.action
            entry.reason = entry.reason or reason_of(session)
            entry.approved_by = entry.approved_by or session.info.get("approved_by", "")
            if MARK in session.info and entry.record is not None:
                entry.changes[MARK] = session.info[MARK]
        put(session, session.get_bind().engine, entries)


def _step_of(entry: Entry) -> str:
    """The verb of the one step of its life cycle that leads from the state before to the state after; empty where there is no such."""
    before, after = entry.changes.get("state", (None, None))
    cycle = cycle_of(type(after))
    steps = [step.verb for step in cycle.transitions if before in step.sources and step.target == after] if cycle is not None else []
    return steps[0] if len(steps) == 1 else ""


def put(through: Any, engine: Engine, entries: Sequence[Entry]) -> None:
    """Write ``entries`` by the session or connection ``through``, as the last thing of its transaction."""
    key = key_of(engine)
    if engine.dialect.name == "postgresql":
        through.execute(select(func.pg_advisory_xact_lock_shared(WRITERS)), execution_options={"keguan_reviewed": True})
    # Plain SQL, reviewed: nobody chooses what it writes, and as objects the rows would take half the time of an import.
    aside: list[dict[str, Any]] = []
    through.execute(insert(AuditRow.__table__), [_row(key, entry, aside) for entry in entries], execution_options={"keguan_reviewed": True})
    write_aside(through, aside)


def _row(key: bytes, entry: Entry, aside: list[dict[str, Any]]) -> dict[str, Any]:
    """What is inserted; personal values go ``aside``, unless the use case erases them."""
    who, record = entry.who, entry.record
    changes = entry.changes
    company = getattr(record, "company_id", None)
    if record is not None and company is not None and not kept_aside(record, changes).isdisjoint(changes):
        changes, rows = put_aside(record, changes, company, keep=entry.action != ERASE and not entry.erased)
        aside += rows
    table, record_id = (record.__tablename__, record.id) if record is not None else entry.about
    row = {
        "company_id": getattr(record, "company_id", None) or getattr(who, "company_id", None),
        "at": entry.at or now(),
        "employee_id": who.employee_id if isinstance(who, Actor) else None,
        "who": who.name if isinstance(who, Actor) else f"system: {who.reason}" if isinstance(who, System) else "",
        "action": entry.action,
        "table_name": table,
        "record_id": record_id,
        "subject": _subject(entry),
        "changes": json.dumps(changes, ensure_ascii=False, sort_keys=True, default=str),
        "address": address.get(),
        "reason": entry.reason,
        "approved_by": entry.approved_by,
    }
    return row | {"mac": mac_of(key, row)}


def _called(record: Record) -> Message | str:
    named = record.told_as() or next((value for name in NAMING if (value := getattr(record, name, None))), None)
    return named if isinstance(named, Message) else subject_of(record)


def _subject(entry: Entry) -> str:
    named = entry.subject or (_called(entry.record) if entry.record is not None else "")
    return stored(named if isinstance(named, Message) else named[:SUBJECT], SUBJECT)


def rows_of_record(model: type[Record], record_id: int) -> Select[tuple[AuditRow]]:
    """What the trail says of one record, newest first."""
    mine = (AuditRow.table_name == model.__tablename__, AuditRow.record_id == record_id)
    return select(AuditRow).where(*mine).order_by(AuditRow.id.desc())


def mac(key: bytes, row: AuditRow) -> str:
    """Message authentication code over everything the row says."""
    return mac_of(key, {name: getattr(row, name) for name in (*SAID, *LATER)})
