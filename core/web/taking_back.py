"""What a change of one's own has replaced, so that the noun's verb can put it back: the trail knows it, no page has to carry it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.access.field_rights import may_write
from core.access.guard import as_system
from core.access.taken_back import CHANGED_SINCE, Done
from core.audit.history import changes_of
from core.audit.models import AuditRow
from core.audit.trail import plain, rows_of_record
from core.kernel.acting import Actor, acting
from core.kernel.errors import Conflict
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


def values_of_before(session: Session, noun: Noun, record: Any, done: Done) -> dict[str, Any]:
    """Values that the fields of the record had before the change of many records ``done``, as the noun's verb takes them.

    Raises :class:`Conflict` when somebody has changed one of these fields since; whatever else was written meanwhile does not matter.
    """
    changes = done.of(session, record)
    found = {name: changes[column] for column, name in _written(noun).items() if column in changes}
    if not found or any(plain(getattr(record, column_of(noun.fields[name], name))) != new for name, (_, new) in found.items()):
        raise Conflict(CHANGED_SINCE)
    return {name: of_json(noun.fields[name], old) for name, (old, _) in found.items()}


def values_before(session: Session, noun: Noun, row: AuditRow) -> dict[str, Any]:
    """Values, as the noun's verb takes them, that the fields which people write had before the change that ``row`` tells of.

    What the person may no longer write is left out; so is what the verb itself has reckoned, which it reckons again.
    """
    with as_system(session, UNTOUCHED):
        changes = changes_of(row)
    columns = _written(noun)
    return {columns[column]: of_json(noun.fields[columns[column]], old) for column, (old, _) in changes.items() if column in columns}


def _written(noun: Noun) -> dict[str, str]:
    """Fields by column that the person may write."""
    return {column_of(noun.fields[name], name): name for name in noun.written if may_write(acting(), noun.model, name)}
