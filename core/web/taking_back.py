"""What a change of one's own has replaced, so that the noun's verb can put it back: the trail knows it, no page has to carry it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from core.access.field_rights import may_write
from core.access.guard import as_system
from core.audit.history import changes_of
from core.audit.models import AuditRow
from core.audit.trail import MARK, rows_of_record
from core.kernel.acting import Actor, acting
from core.web.history import column_of, of_json
from core.web.nouns import Noun

UNTOUCHED = "what one has just changed oneself"


def own_last_change(session: Session, noun: Noun, record_id: int) -> AuditRow | None:
    """The newest row of the trail about the record, if it tells of a change that the person who acts has made."""
    with as_system(session, UNTOUCHED):
        found: Any = session.scalars(rows_of_record(noun.model, record_id).limit(1))
        row: AuditRow | None = found.one_or_none()
    who = acting()
    mine = row is not None and isinstance(who, Actor) and row.employee_id == who.employee_id
    return row if mine and row is not None and row.action not in ("create", "delete") else None


def change_marked(session: Session, noun: Noun, record_id: int, key: str) -> AuditRow | None:
    """The newest row of the trail about the record, if it was written by the change of many records that ``key`` names."""
    row = own_last_change(session, noun, record_id)
    return row if row is not None and json.loads(row.changes).get(MARK) == key else None


def values_before(session: Session, noun: Noun, row: AuditRow) -> dict[str, Any]:
    """Values, as the noun's verb takes them, that the fields which people write had before the change that ``row`` tells of.

    What the person may no longer write is left out; so is what the verb itself has reckoned, which it reckons again.
    """
    with as_system(session, UNTOUCHED):
        changes = changes_of(row)
    columns = {column_of(noun.fields[name], name): name for name in noun.written if may_write(acting(), noun.model, name)}
    return {columns[column]: of_json(noun.fields[columns[column]], old) for column, (old, _) in changes.items() if column in columns}
