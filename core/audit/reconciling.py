"""Records against the trail: what the trail says a record is, and what it is (R-354).

A change that went past the program (raw SQL, a restored table) leaves a record of which the trail tells something else.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from core.audit.history import defaults_of
from core.audit.models import AuditRow
from core.audit.trail import NOISE, plain
from core.audit.verification import Problem
from core.database.records import Record
from core.extension.installed import stored_classes

AT_ONCE = 500
REVIEWED = {"keguan_reviewed": True}


def audited_models() -> list[type[Record]]:
    """Classes whose every change is recorded."""
    return [model for model in stored_classes() if model.__audited__]


def strangers(session: Session, model: type[Record]) -> Iterator[Problem]:
    """Records of ``model`` that are not what the trail says: changed, made or removed past it. In portions, by the primary key."""
    table = model.__table__
    newest = 0
    while portion := session.execute(_portion(table, newest), execution_options=REVIEWED).mappings().all():
        last = portion[-1]["id"]
        yield from _compare(session, model, {row["id"]: row for row in portion}, newest, last if len(portion) == AT_ONCE else None)
        newest = last
        if len(portion) < AT_ONCE:
            return
    if not newest:
        yield from _compare(session, model, {}, 0, None)


def _portion(table: Any, newest: int) -> Any:
    return select(*table.c).where(table.c.id > newest).order_by(table.c.id).limit(AT_ONCE)


def _compare(session: Session, model: type[Record], stored: dict[int, Any], after: int, until: int | None) -> Iterator[Problem]:
    told = _told(session, model, after, until)
    columns = {name: attribute for name, attribute in inspect(model).column_attrs.items() if name not in NOISE}
    for record_id in sorted({*stored, *told}):
        values, row = told.get(record_id), stored.get(record_id)
        if row is None or values is None:
            if not (row is None and values is None):
                kind = "made_past" if values is None else "removed_past"
                yield Problem(kind, 0, record_id, model.__tablename__)
            continue
        for name, attribute in columns.items():
            if not _same(values.get(name), plain(row[attribute.columns[0].name])):
                yield Problem("changed_past", 0, record_id, f"{model.__tablename__} {name}")
                break


def _told(session: Session, model: type[Record], after: int, until: int | None) -> dict[int, dict[str, Any] | None]:
    """What the trail says the records between two ids are; None for one that was deleted."""
    asked = select(AuditRow.record_id, AuditRow.action, AuditRow.changes).where(AuditRow.table_name == model.__tablename__)
    asked = asked.where(AuditRow.record_id > after).order_by(AuditRow.id)
    found: dict[int, dict[str, Any] | None] = {}
    defaults = defaults_of(model)
    rows: Any = session.execute(asked if until is None else asked.where(AuditRow.record_id <= until))
    for record_id, action, changes in rows:
        values = found.get(record_id)
        told = {name: value[1] for name, value in json.loads(changes).items() if isinstance(value, list) and len(value) == 2}
        if action == "delete":
            found[record_id] = None
        elif action == "create" or values is not None:
            found[record_id] = {**(values or defaults), **told}
    return found


def _same(told: Any, stored: Any) -> bool:
    if told in (None, "") and stored in (None, ""):
        return True
    if isinstance(told, str) and isinstance(stored, str) and told != stored:
        return _number(told) is not None and _number(told) == _number(stored)
    return bool(told == stored) or str(told) == str(stored) or json.dumps(told, default=str) == json.dumps(stored, default=str)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def all_strangers(session: Session) -> dict[str, list[Problem]]:
    """What :func:`strangers` finds, by table; tables where all is well are left out."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for model in audited_models():
        for problem in strangers(session, model):
            found[model.__tablename__].append(problem)
    return dict(found)
