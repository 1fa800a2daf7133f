"""Records against the trail: what the trail says a record is, and what it is (R-354).

A change that went past the program (raw SQL, a restored table) leaves a record of which the trail tells something else.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Numeric, select
from sqlalchemy.orm import Session

from core.audit.aside import Salted, aside_between, is_aside, opened_value
from core.audit.history import defaults_of
from core.audit.models import AuditRow
from core.audit.trail import ERASE, plain, told_columns
from core.audit.verification import Problem
from core.database.records import Record
from core.database.types import Fen, Moment, Quantity
from core.extension.installed import stored_classes

AT_ONCE = 500
REVIEWED = {"keguan_reviewed": True}
LOST = object()
"""What the trail says of a value that stood aside and no longer does."""
ERASED = object()
"""The same, where an erasure has destroyed it: nobody can say what it was, and nobody may."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A record that is not what the trail says: ``changes`` tells both by column, ``row`` what is stored (None for one that is gone)."""

    model: type[Record]
    kind: str
    record_id: int
    row: Mapping[str, Any] | None = None
    changes: Mapping[str, list[Any]] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """The same as a finding of a check, with the first column that differs."""
        return Problem(self.kind, 0, self.record_id, " ".join([self.model.__tablename__, *list(self.changes)[:1]]))


def audited_models() -> list[type[Record]]:
    """Classes whose every change is recorded."""
    return [model for model in stored_classes() if model.__audited__]


def all_strangers(session: Session) -> dict[str, list[Problem]]:
    """What :func:`strangers` finds, by table; tables where all is well are left out."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for model in audited_models():
        for problem in strangers(session, model):
            found[model.__tablename__].append(problem)
    return dict(found)


def strangers(session: Session, model: type[Record]) -> Iterator[Problem]:
    """Records of ``model`` that are not what the trail says: changed, made or removed past it. In portions, by the primary key."""
    newest: int | None = 0
    while newest is not None:
        found, newest = strangers_after(session, model, newest)
        yield from (one.problem for one in found)


def strangers_after(session: Session, model: type[Record], newest: int, company: int | None = None) -> tuple[list[Stranger], int | None]:
    """What is found in the portion of at most 500 records after the id ``newest``, and where the next one begins; None after the last.

    Of ``company`` alone, if given. The transaction of ``session`` must see records and trail as of one moment while people work.
    """
    table = model.__table__
    asked = select(*table.c).where(table.c.id > newest).order_by(table.c.id).limit(AT_ONCE)
    within = company if "company_id" in table.c else None
    if within is not None:
        asked = asked.where(table.c.company_id == within)
    portion = session.execute(asked, execution_options=REVIEWED).mappings().all()
    last = portion[-1]["id"] if len(portion) == AT_ONCE else None
    told = _told(session, model, newest, last, within)
    return list(_compared(model, {row["id"]: row for row in portion}, told)), last


def _compared(model: type[Record], stored: Mapping[int, Any], told: Mapping[int, Values | None]) -> Iterator[Stranger]:
    columns = told_columns(model)
    for record_id in sorted({*stored, *told}):
        values, row = told.get(record_id), stored.get(record_id)
        if row is None or values is None:
            if not (row is None and values is None):
                yield Stranger(model, "made_past" if values is None else "removed_past", record_id, row)
            continue
        different = [name for name, column in columns.items() if not _same(column, values.get(name), row[column.name])]
        if different:
            both = {name: [_sayable(values.get(name)), plain(row[columns[name].name])] for name in different}
            yield Stranger(model, "changed_past", record_id, row, both)


def _sayable(told: Any) -> Any:
    return None if told is LOST else told


def _told(session: Session, model: type[Record], after: int, until: int | None, company: int | None) -> dict[int, Values | None]:
    """What the trail says the records between two ids are; None for one that was deleted."""
    asked = select(AuditRow.record_id, AuditRow.action, AuditRow.changes).where(AuditRow.table_name == model.__tablename__)
    asked = asked.where(AuditRow.record_id > after).order_by(AuditRow.id)
    if company is not None:
        asked = asked.where(AuditRow.company_id == company)
    found: dict[int, Values | None] = {}
    aside = aside_between(session, model.__tablename__, after, until)
    defaults = defaults_of(model)
    rows: Any = session.execute(asked if until is None else asked.where(AuditRow.record_id <= until))
    for record_id, action, changes in rows:
        values = found.get(record_id)
        told = {name: both[1] for name, both in json.loads(changes).items() if isinstance(both, list) and len(both) == 2}
        if action == "delete":
            found[record_id] = None
        elif action == "create" or values is not None:
            opened = {name: _opened(new, aside) for name, new in told.items()}
            found[record_id] = _after(action, values or defaults, opened)
    return found


def _after(action: str, values: Values, told: Values) -> Values:
    """An erasure destroys what stood aside before it, and keeps nothing of its own."""
    together = {**values, **told}
    return {name: ERASED if value is LOST else value for name, value in together.items()} if action == ERASE else together


def _opened(told: Any, aside: Mapping[str, Salted]) -> Any:
    if not is_aside(told):
        return told
    value = opened_value(told, aside)
    return LOST if value is None else value


def _same(column: Column[Any], told: Any, stored: Any) -> bool:
    """Whether both are one value. The trail writes a moment in the zone and a number with the digits in which it was given."""
    if told is ERASED:
        return True
    if told in (None, "") or stored in (None, ""):
        return told in (None, "") and stored in (None, "")
    if told is LOST:
        return False
    if isinstance(column.type, Moment):
        return bool(datetime.fromisoformat(told) == stored)
    if isinstance(column.type, Fen | Quantity | Numeric):
        return bool(Decimal(str(told)) == stored)
    return bool(told == plain(stored))
