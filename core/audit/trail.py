"""Writing the trail: differences are collected before each flush and written before the commit of the same transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from core.database.records import Record
from core.kernel.acting import Actor, System, acting
from core.kernel.clock import now

NOISE = frozenset({"id", "version", "created_at", "updated_at", "company_id"})

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
            _pending(session).append(("delete", record.__tablename__, record, "", _new_values(record)))


def _pending(session: Session) -> list[Any]:
    return session.info.setdefault("trail", [])  # type: ignore[no-any-return]


def _columns(record: Record) -> list[str]:
    return [attribute.key for attribute in inspect(record).mapper.column_attrs if attribute.key not in NOISE]


def _new_values(record: Record) -> dict[str, list[Any]]:
    values = {name: getattr(record, name, None) for name in _columns(record)}
    return {name: [None, plain(value)] for name, value in values.items() if value is not None}


def _changes(record: Record) -> dict[str, list[Any]]:
    found = {}
    for name in _columns(record):
        history = inspect(record).attrs[name].history
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
        for entry in session.info.pop("trail", []):
            session.add(_row(key, *entry))

    return write


def _row(key: bytes, action: str, table: str, record: Any, subject: str, changes: Any) -> AuditRow:
    who = acting()
    row = AuditRow(
        company_id=getattr(record, "company_id", None) or getattr(who, "company_id", None),
        at=now(),
        employee_id=who.employee_id if isinstance(who, Actor) else None,
        who=who.name if isinstance(who, Actor) else f"system: {who.reason}" if isinstance(who, System) else "",
        action=action,
        table_name=table,
        record_id=record.id if record is not None else None,
        subject=(subject or (str(record) if record is not None else ""))[:250],
        changes=json.dumps(changes, ensure_ascii=False, sort_keys=True, default=str),
        address=address.get(),
    )
    row.mac = mac(key, row)
    return row


def mac(key: bytes, row: AuditRow) -> str:
    """Message authentication code over everything the row says."""
    said = [row.company_id, row.at.isoformat(), row.employee_id, row.who, row.action, row.table_name, row.record_id, row.subject, row.changes]
    return hmac.new(key, json.dumps(said, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()
