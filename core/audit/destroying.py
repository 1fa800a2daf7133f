"""Destroying what stands beside the trail, for an erasure; the trail says which values these were, by their tokens (R-445).

So a value that is gone without such a row was taken by somebody else, and the check of the trail tells it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from core.audit.aside import as_stored, commitments
from core.audit.models import AsideValue, AuditRow
from core.audit.trail import record_event
from core.kernel.acting import System, acting_as, company_id

DESTROYED = "values_destroyed"
"""The row that names what an erasure has destroyed: the tokens, whole."""
AT_ONCE = 500
REVIEWED = {"keguan_reviewed": True}


def erase_aside_of(session: Session, table: str, record_id: int, names: Collection[str]) -> int:
    """Destroy what stands aside for these fields of one record, now and at any time before; how many values that were."""
    mine = (AuditRow.table_name == table, AuditRow.record_id == record_id)
    tokens: set[str] = set()
    with acting_as(System("values beside the trail", company_id())):  # reviewed: part of an erasure, which has asked for its right
        for changes in session.scalars(select(AuditRow.changes).where(*mine)):
            told = json.loads(changes)
            tokens |= {one["aside"] for one in commitments({name: told.get(name) for name in names})}
    return _destroy(session, table, record_id, AsideValue.token.in_(tokens))


def erase_aside(session: Session, records: Iterable[tuple[str, int]], values: Iterable[str] | None = None) -> int:
    """Destroy what stands aside for the records (table and id), with its salts; how many values that were. Part of an erasure alone.

    With ``values`` only those: the record is somebody else's, or nobody's.
    """
    within = () if values is None else (AsideValue.value.in_([as_stored(value) for value in values]),)
    return sum(_destroy(session, table, record_id, *within) for table, record_id in records)


def _destroy(session: Session, table: str, record_id: int, *within: ColumnElement[bool]) -> int:
    mine: Any = (AsideValue.table_name == table, AsideValue.record_id == record_id, *within)
    with acting_as(System("values beside the trail", company_id())):  # reviewed: as above
        tokens = list(session.scalars(select(AsideValue.token).where(*mine).order_by(AsideValue.id)))
    for first in range(0, len(tokens), AT_ONCE):
        portion = tokens[first : first + AT_ONCE]
        session.execute(delete(AsideValue).where(AsideValue.token.in_(portion)), execution_options=REVIEWED)
        record_event(session, DESTROYED, table=table, record=record_id, tokens=portion)
    return len(tokens)
