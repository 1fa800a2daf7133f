"""Service notes: what was done for the customer, step by step (R-241)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, make_record
from core.kernel.acting import actor, employee_id
from core.kernel.clock import now
from core.kernel.errors import BadInput, Forbidden
from core.kernel.words import msg
from plugins.service.errors import RequestClosed
from plugins.service.models import ServiceNote, ServiceRequest
from plugins.service.operations.receiving import SLACK
from plugins.service.rules import OPEN

NOT_MINE = msg("Only the author can change a service note.")


def write_note(session: Session, values: Mapping[str, Any], *, moment: datetime | None = None) -> ServiceNote:
    """Write down what was done for the open request ``values["request"]``; handler and participants may.

    Raises :class:`RequestClosed`, :class:`BadInput` for a time to come.
    """
    authorise(ServiceNote, "create")
    note: ServiceNote = make_record(ServiceNote, {**values, "at": values.get("at") or moment or now()})
    request: ServiceRequest = get_for(session, ServiceRequest, "read", note.request_id)
    if request.state not in OPEN:
        raise RequestClosed(request.state.label)
    note.person_id = actor().employee_id
    _check(note, moment or now())
    session.add(note)
    session.flush()
    return note


def change_note(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ServiceNote:
    """Change a record that one has written oneself; it stays with its request."""
    note: ServiceNote = get_for(session, ServiceNote, "update", record_id, version)
    _own(note)
    if changes.get("request", note.request_id) != note.request_id:
        raise BadInput(fields={"request": msg("A service note stays with its request. Please write a new one for the other request.")})
    apply_changes(note, {**changes, "at": changes.get("at") or note.at})
    _check(note, now())
    session.flush()
    return note


def remove_note(session: Session, record_id: int, version: int | None) -> None:
    """Remove a record that one has written oneself by mistake."""
    note: ServiceNote = get_for(session, ServiceNote, "delete", record_id, version)
    _own(note)
    session.delete(note)
    session.flush()


def add_note(session: Session, request: ServiceRequest, content: str, moment: datetime) -> None:
    """A record that a verb writes with the request that it has opened."""
    person = employee_id()
    if person is not None:
        session.add(ServiceNote(request_id=request.id, content=content, at=moment, person_id=person))


def _own(note: ServiceNote) -> None:
    if note.person_id != actor().employee_id:
        raise Forbidden(NOT_MINE)


def _check(note: ServiceNote, moment: datetime) -> None:
    if note.at > moment + SLACK:
        raise BadInput(fields={"at": msg("This time is in the future. Please choose now or an earlier time.")})
