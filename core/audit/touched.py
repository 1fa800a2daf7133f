"""What one step of a use case has touched: the records whose rows wait to be written with its commit, and later those rows by their key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.history import changes_of
from core.audit.models import AuditRow
from core.audit.trail import MARK, waiting_entries

Touched = dict[str, list[int]]
"""Ids of records by their table."""


@contextmanager
def noting(session: Session, touched: Touched) -> Iterator[None]:
    """Put into ``touched`` what is created, changed or deleted inside, by id once it is flushed.

    What had a row of this use case before is not told again.
    """
    session.flush()
    before = len(waiting_entries(session))
    yield
    session.flush()
    for entry in waiting_entries(session)[before:]:
        if entry.record is not None and entry.record.id is not None:
            ids = touched.setdefault(entry.record.__tablename__, [])
            ids += [] if entry.record.id in ids else [entry.record.id]


def row_of_key(session: Session, table: str, record_id: int, key: str) -> AuditRow | None:
    """The row about the record that the change of many records called ``key`` has written. To be asked under ``as_system``."""
    mine = (AuditRow.table_name == table, AuditRow.record_id == record_id, AuditRow.changes.contains(f'"{MARK}": {json.dumps(key)}'))
    found: Any = session.scalars(select(AuditRow).where(*mine).order_by(AuditRow.id.desc()).limit(1))
    row: AuditRow | None = found.one_or_none()
    return row


def changed_by(session: Session, table: str, record_id: int, key: str) -> tuple[str, Mapping[str, list[Any]]]:
    """What the change called ``key`` did with the record: the action, and column to [old, new]; empty when it did nothing with it."""
    row = row_of_key(session, table, record_id, key)
    return (row.action, changes_of(row)) if row is not None else ("", {})
