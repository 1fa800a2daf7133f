"""Setting parameters: dated, for today or a day to come, never for the past (R-061)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.audit.trail import name_action
from core.kernel.acting import company_id, employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.organisation.models import Parameter
from core.organisation.parameters import as_text, checked, spec_called


def set_parameter(session: Session, name: str, value: Any, starts_on: date | None = None) -> Parameter:
    """Let ``value`` be in force from ``starts_on`` (today unless given); a second value for the same day replaces the first.

    Raises :class:`NotFound` for a name nobody declares, :class:`BadInput` for a value that does not fit or a day that is over.
    """
    authorise(Parameter, "update")
    spec = spec_called(name)
    text = as_text(checked(spec, value))
    day = starts_on or today()
    if day < today():
        raise BadInput(fields={"starts_on": msg("The past cannot be changed. Please choose today or a later day.")})
    found = session.scalars(select(Parameter).where(Parameter.name == name, Parameter.starts_on == day)).one_or_none()
    row = found or Parameter(company_id=company_id(), name=name, starts_on=day)
    row.value, row.set_by_id = text, employee_id()
    session.add(row)
    open_for_writing(session, row)
    name_action(session, row, "set")
    session.flush()
    return row


def withdraw_parameter(session: Session, record_id: int, version: int | None = None) -> None:
    """Take back a value that is not in force yet; raises :class:`Conflict` for one that is or was."""
    row: Parameter = get_for(session, Parameter, "update", record_id, version)
    if row.starts_on <= today():
        raise Conflict(msg("This value is or was in force and stays in the history. Please set a new one instead."))
    session.delete(row)
    session.flush()
