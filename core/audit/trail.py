"""Writing the trail: differences are collected before each flush and written before the commit of the same transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, event, insert, inspect, select
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from core.database.records import Record
from core.kernel.acting import Actor, System, acting
from core.kernel.clock import now

NOISE = frozenset({"id", "version", "created_at", "updated_at", "company_id"})

SAID = ("company_id", "at", "employee_id", "who", "action", "table_name", "record_id", "subject", "changes")
"""What the code of a row covers, in this order."""

address: ContextVar[str] = ContextVar("keguan_address", default="")
"""Network address of the person at work; empty for jobs and commands."""


def install_trail(session_class: Any, key: bytes) -> None:
    """Attach the trail to every session of ``session_class``; ``key`` lies outside the database."""
    event.listen(session_class, "before_flush", collect)
    event.listen(session_class, "before_commit", _writer(key))


def name_action(session: Session, record: Record, verb: str) -> None:
    """The trail calls what happens to ``record`` in this use case ``verb`` instead of update."""
    session.info.setdefault("actions", {})[record] = verb


def record_event(session: Session, action: str, subject: str = "", **details: Any) -> None:
    """Put an event that is no change of a record into the trail: a sign-in, a switch, a refusal."""
    _pending(session).append((action, "", None, subject, details))


def collect(session: Session, *_: Any) -> None:
    """Remember what changes in this flush; values are read now, identities at commit."""
    actions = session.info.get("actions", {})
    for record in session.new:
        if isinstance(record, Record) and record.__audited__:
            _pending(session).append(("create", record.__tablename__, record, "", _new_values(record)))
    for record in session.dirty:
        if isinstance(record, Record) and record.__audited__ and (changes := _changes(record)):
            _pending(session).append((actions.get(record, "update"), record.__tablename__, record, "", changes))
    for record in session.deleted:
        if isinstance(record, Record) and record.__audited__:
            _pending(session).append(("delete", record.__tablename__, record, "", _last_values(record)))


def _pending(session: Session) -> list[Any]:
    return session.info.setdefault("trail", [])  # type: ignore[no-any-return]


@cache
def _columns(mapper: Any) -> tuple[str, ...]:
    return tuple(attribute.key for attribute in mapper.column_attrs if attribute.key not in NOISE)


def _new_values(record: Record) -> dict[str, list[Any]]:
    """What was set of a new record; read past the attributes, which would cost a third of an import to answer that most are empty."""
    state: Any = inspect(record)
    return _stated(state.mapper, state.dict.get)


def _last_values(record: Record) -> dict[str, list[Any]]:
    state: Any = inspect(record)
    return _stated(state.mapper, lambda name: getattr(record, name, None))


def _stated(mapper: Any, read: Callable[[str], Any]) -> dict[str, list[Any]]:
    return {name: [None, plain(value)] for name in _columns(mapper) if (value := read(name)) is not None}


def _changes(record: Record) -> dict[str, list[Any]]:
    found = {}
    state: Any = inspect(record)
    for name in _columns(state.mapper):
        history = state.attrs[name].history
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            found[name] = [plain(old), plain(getattr(record, name))]
    return found


def plain(value: Any) -> Any:
    """A value as JSON can carry it, without losing precision."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | bytes):
        return str(value)
    return value


def _writer(key: bytes) -> Callable[[Session], None]:
    def write(session: Session) -> None:
        session.flush()
        rows = [_row(key, *entry) for entry in session.info.pop("trail", [])]
        if rows:
            # Plain SQL, reviewed: nobody chooses what it writes, and as objects the rows would take half the time of an import.
            session.execute(insert(AuditRow.__table__), rows, execution_options={"keguan_reviewed": True})

    return write


def _row(key: bytes, action: str, table: str, record: Any, subject: str, changes: Any) -> dict[str, Any]:
    who = acting()
    row = {
        "company_id": getattr(record, "company_id", None) or getattr(who, "company_id", None),
        "at": now(),
        "employee_id": who.employee_id if isinstance(who, Actor) else None,
        "who": who.name if isinstance(who, Actor) else f"system: {who.reason}" if isinstance(who, System) else "",
        "action": action,
        "table_name": table,
        "record_id": record.id if record is not None else None,
        "subject": (subject or (str(record) if record is not None else ""))[:250],
        "changes": json.dumps(changes, ensure_ascii=False, sort_keys=True, default=str),
        "address": address.get(),
    }
    return row | {"mac": _sealed(key, row)}


def rows_of_record(model: type[Record], record_id: int) -> Select[tuple[AuditRow]]:
    """What the trail says of one record, newest first."""
    mine = (AuditRow.table_name == model.__tablename__, AuditRow.record_id == record_id)
    return select(AuditRow).where(*mine).order_by(AuditRow.id.desc())


def mac(key: bytes, row: AuditRow) -> str:
    """Message authentication code over everything the row says."""
    return _sealed(key, {name: getattr(row, name) for name in SAID})


def _sealed(key: bytes, row: Mapping[str, Any]) -> str:
    said = [row[name].isoformat() if name == "at" else row[name] for name in SAID]
    return hmac.new(key, json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()
