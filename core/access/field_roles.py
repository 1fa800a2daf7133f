"""The matrix of field rights of a role: what can be stated, what is stated, and the verb that states it (R-442)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.field_rights import hideable
from core.access.guard import get_for, open_for_writing
from core.access.joining import resource_of, restrictable_models
from core.access.models import FieldGrant, Role
from core.access.separation import check_not_own_role
from core.database.fields import TEXTS, Field, fields_of
from core.database.records import Record
from core.kernel.acting import FieldAccess
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import msg

Cells = dict[tuple[str, str], FieldAccess]
"""Access by (table, field)."""


def choices_for(model: type[Record], declared: Field) -> tuple[FieldAccess, ...]:
    """What a role can be given of a field: only texts have a mask, and what steers the work is never hidden."""
    found = [FieldAccess.WRITE, FieldAccess.READ]
    if hideable(model, declared):
        found += [FieldAccess.MASKED, FieldAccess.NONE] if declared.kind in TEXTS else [FieldAccess.NONE]
    return tuple(found)


def restrictable_fields() -> dict[tuple[str, str], tuple[type[Record], Field]]:
    """(table, field) of everything that field rights can be stated of."""
    return {
        (model.__tablename__, name): (model, declared) for model in restrictable_models() for name, declared in fields_of(model).items()
    }


def field_rights_of_role(session: Session, role_id: int) -> Cells:
    """What is stated for the role."""
    rows = session.execute(select(FieldGrant.table_name, FieldGrant.field, FieldGrant.access).where(FieldGrant.role_id == role_id))
    return {(table, field): access for table, field, access in rows}


def stated_of_role(session: Session, role_id: int) -> list[tuple[type[Record], Field, FieldAccess]]:
    """The same with class and declaration; what belonged to a plugin that is gone is left out."""
    known = restrictable_fields()
    return [(*known[key], access) for key, access in field_rights_of_role(session, role_id).items() if key in known]


def set_field_rights(session: Session, role_id: int, version: int, wanted: Mapping[tuple[str, str], FieldAccess | None]) -> Role:
    """State the named field rights of a role, or with None leave them to the declaration; others stay. Effective at the next request.

    Raises :class:`BadInput` for a field that nobody declares or a level that it cannot have, :class:`Forbidden` for a role of one's own.
    """
    role: Role = get_for(session, Role, "update", role_id, version)
    check_not_own_role(session, role)
    known = restrictable_fields()
    for (table, name), access in wanted.items():
        if (table, name) not in known:
            raise BadInput(msg("There is no field “%(field)s” in “%(table)s”.", field=name[:40], table=table[:63]))
        model, declared = known[table, name]
        if access is not None and access not in choices_for(model, declared):
            raise BadInput(msg("“%(field)s” cannot be set to “%(access)s”.", field=declared.label, access=access.label))
    stored = {(one.table_name, one.field): one for one in session.scalars(select(FieldGrant).where(FieldGrant.role_id == role_id))}
    for (table, name), access in wanted.items():
        _state(session, role, stored.get((table, name)), known[table, name][0], name, access)
    role.updated_at = now()  # the next editor of this role meets a new version
    session.flush()
    return role


def _state(session: Session, role: Role, stored: FieldGrant | None, model: type[Record], name: str, access: FieldAccess | None) -> None:
    if stored is None:
        if access is None:
            return
        stored = FieldGrant(
            company_id=role.company_id,
            role_id=role.id,
            resource=resource_of(model),
            table_name=model.__tablename__,
            field=name,
            access=access,
        )
        session.add(stored)
        open_for_writing(session, stored)
        return
    open_for_writing(session, stored)
    if access is None:
        session.delete(stored)
    else:
        stored.access = access
