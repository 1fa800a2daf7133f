"""What a record was at any past moment, told from the trail alone (R-054, R-058, R-354)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, object_session

from core.audit.aside import opened
from core.audit.models import AuditRow
from core.audit.trail import plain, rows_of_record
from core.database.records import Record
from core.kernel.clock import local

Told = tuple[datetime, str, Mapping[str, Any]]
"""One row of the trail: when, what was done, and what it changed by column: [old, new]."""
Stay = tuple[Any, datetime | None]
"""A value and since when the record had it; None where it is older than the trail."""


def changes_of(row: AuditRow) -> dict[str, list[Any]]:
    """What ``row`` says was changed: column to [old, new]; details of events, which are none, are left out."""
    session = object_session(row)
    told = opened(session, row) if session is not None else json.loads(row.changes)
    return {name: value for name, value in told.items() if isinstance(value, list) and len(value) == 2}


def values_at(session: Session, model: type[Record], record_id: int, moment: datetime) -> dict[str, Any] | None:
    """Values of the record by column as they were at ``moment`` (UTC), as the trail keeps them (JSON); None while there was no record.

    A record that is older than the trail had what the first change says it had before. Read it under :func:`~core.access.guard.as_system`
    after the record itself was found to be visible, and show it by field rights.
    """
    rows: Any = session.scalars(rows_of_record(model, record_id).order_by(None).order_by(AuditRow.id))
    return replayed([(row.at, row.action, changes_of(row)) for row in rows], moment, defaults_of(model))


def replayed(rows: Iterable[Told], moment: datetime, defaults: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values at ``moment`` after ``rows``, oldest first, over the ``defaults`` that a new record begins with."""
    state: dict[str, Any] | None = None
    later: list[Told] = []
    for row in rows:
        if row[0] > moment:
            later.append(row)
            continue
        state = None if row[1] == "delete" else _stepped(state, row, defaults)
    if state is None and later and later[0][1] != "create":  # it was there before the trail
        state = dict(defaults)
    if state is not None:
        _fill_from_later(state, later, {name for name in state if state[name] != defaults.get(name)})
    return state


def _stepped(state: dict[str, Any] | None, row: Told, defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {**(dict(defaults) if state is None else state), **{name: new for name, (_, new) in row[2].items()}}


def _fill_from_later(state: dict[str, Any], later: Iterable[Told], known: set[str]) -> None:
    """What no row up to the moment has named was what the next change says it was before."""
    for _, action, changes in later:
        for name, (old, _) in changes.items():
            if name not in known and action != "create":
                state[name] = old
        known.update(changes)


def defaults_of(model: type[Record]) -> dict[str, Any]:
    """What a new record has in the columns that nobody has named, as the trail would say it."""
    found = {}
    for attribute in inspect(model).column_attrs:
        default = attribute.columns[0].default
        if default is not None and default.is_scalar:
            found[attribute.key] = plain(default.arg)
    return found


def rows_of_present(session: Session, model: type[Record], record_id: int, limit: int) -> list[AuditRow]:
    """What the trail says of the record that has this id now, newest first.

    Before its tables counted on, SQLite gave the id of a deleted record again.
    """
    found: Any = session.scalars(rows_of_record(model, record_id).limit(limit))
    return list(takewhile(lambda row: row.action != "delete", found))


def stays_of(session: Session, model: type[Record], record_id: int, column: str) -> list[Stay]:
    """What the record that has this id now has had in ``column`` and since when, oldest first, as the trail keeps it.

    Read it as :func:`values_at` is read.
    """
    spoken: Any = session.scalars(rows_of_record(model, record_id).where(AuditRow.changes.contains(f'"{column}": [')))
    stays: list[Stay] = []
    for row in reversed(list(takewhile(lambda row: row.action != "delete", spoken))):
        before, after = changes_of(row)[column]
        stays += [(after, row.at)] if stays or before is None else [(before, None), (after, row.at)]
    return stays


def days_of(stays: Sequence[Stay], until: date) -> dict[Any, int]:
    """How many days the record has spent with each value, all its rounds together; those whose beginning nobody knows are left out."""
    days: dict[Any, int] = {}
    began = [local(since).date() if since is not None else None for _, since in stays]
    for (value, _), first, following in zip(stays, began, [*began[1:], until], strict=False):
        if first is not None and following is not None:
            days[value] = days.get(value, 0) + max((following - first).days, 0)
    return days


def row_for(session: Session, model: type[Record], record_id: int, row_id: int) -> AuditRow | None:
    """The row ``row_id`` if it speaks of the record that has this id now."""
    mine = (AuditRow.table_name == model.__tablename__, AuditRow.record_id == record_id)
    ended = select(AuditRow.id).where(*mine, AuditRow.action == "delete", AuditRow.id > row_id).limit(1)
    if session.scalar(ended) is not None:
        return None
    return session.scalars(select(AuditRow).where(AuditRow.id == row_id, *mine)).one_or_none()
