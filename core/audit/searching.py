"""Finding rows of the trail: who did what, when, with which record; page by page from the newest, by indexes alone (R-445)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from core.audit.models import AuditRow

LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True)
class Search:
    """What is asked: any of the given people, actions and tables, within the time, of the one record; ``subject`` is how its name begins.

    ``before`` is the (time, id) of the last row of the page before.
    """

    people: Sequence[int] = ()
    actions: Sequence[str] = ()
    tables: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    record: tuple[str, int] | None = None
    subject: str = ""
    before: tuple[datetime, int] | None = None
    size: int = 50


def rows_asked(search: Search) -> Select[Any]:
    """The statement for one page and one row more, newest first; scope is added by the session."""
    asked = select(AuditRow).where(*_conditions(search))
    return asked.order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(search.size + 1)


def find_rows(session: Session, search: Search) -> tuple[list[AuditRow], bool]:
    """One page, and whether there are older rows."""
    found = list(session.scalars(rows_asked(search)))
    return found[: search.size], len(found) > search.size


def _conditions(search: Search) -> list[Any]:
    found: list[Any] = []
    for column, values in ((AuditRow.employee_id, search.people), (AuditRow.action, search.actions), (AuditRow.table_name, search.tables)):
        if values:
            found.append(column == values[0] if len(values) == 1 else column.in_(values))
    if search.record is not None:
        found += [AuditRow.table_name == search.record[0], AuditRow.record_id == search.record[1]]
    if search.since is not None:
        found.append(AuditRow.at >= search.since)
    if search.until is not None:
        found.append(AuditRow.at < search.until)
    if search.subject:  # a range, because LIKE finds no index on SQLite
        found.append(and_(AuditRow.subject >= search.subject, AuditRow.subject < search.subject + LAST_SIGN))
    if search.before is not None:
        at, row_id = search.before
        found.append(and_(AuditRow.at <= at, or_(AuditRow.at < at, AuditRow.id < row_id)))
    return found
