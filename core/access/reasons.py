"""A company may demand a reason for every change of a key field: a field declared with ``history=True`` (R-164, R-354)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from core.audit.reasons import FIELD, reason_of
from core.database.fields import Field, fields_of
from core.database.records import Record
from core.kernel.acting import Actor, acting
from core.kernel.errors import BadInput
from core.kernel.words import listed, msg
from core.organisation.parameters import parameter

DEMANDED = "core.reason_for_key_changes"


def install_reasons(session_class: Any) -> None:
    """Attach the demand to every session of ``session_class``, below all doors."""
    event.listen(session_class, "before_flush", demand_reason)


def key_fields(model: type[Record]) -> dict[str, Field]:
    """Fields of ``model`` whose history is kept and that people write."""
    return {name: field for name, field in fields_of(model).items() if field.history and field.editable}


def demand_reason(session: Session, *_: Any) -> None:
    """Refuse that a person changes a key field without a reason where the company wants one.

    A verb with a name of its own (sign, hand over) says by its name why it changes what it changes; so does a part of the house.
    """
    if not isinstance(acting(), Actor) or reason_of(session):
        return
    actions = session.info.get("actions", {})
    for record in session.dirty:
        if isinstance(record, Record) and actions.get(record, "update") == "update" and not record.__tablename__.startswith("core_"):
            changed = _changed(record)
            if changed and _demanded(session):
                names = listed(field.label for field in changed)
                raise BadInput(fields={FIELD: msg("Please say why this is changed: %(fields)s.", fields=names)})


def _changed(record: Record) -> list[Field]:
    state: Any = inspect(record)
    columns = {name: f"{name}_id" if field.kind == "reference" else name for name, field in key_fields(type(record)).items()}
    return [field for name, field in key_fields(type(record)).items() if state.attrs[columns[name]].history.has_changes()]


def _demanded(session: Session) -> bool:
    with session.no_autoflush:
        return bool(parameter(session, DEMANDED))
