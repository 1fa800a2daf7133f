"""Field rights: who reads, writes, or only knows of one field (R-053, R-442). The one room that answers for lists, REST, exports, trail.

Four levels: write, read, masked, none. What no role states follows from the declaration: an ordinary field goes as far as the verbs of
the role; a masked one (telephone, e-mail, identity number, bank account) is masked wherever many records are shown, stands open on the
record itself to its owner, and is uncovered there one value at a time by others who may see the record, which the trail keeps.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import look_for
from core.audit.aside import subject_of
from core.audit.reads import note_read
from core.database.covering import OPEN, access_to, covered_value, may_query, may_write, open_value, stated
from core.database.fields import Field, fields_of
from core.database.records import NAMING, Record
from core.kernel.acting import Acting, Actor, FieldAccess, acting
from core.kernel.errors import Forbidden, NotFound
from core.kernel.words import msg

__all__ = [
    "UNSEEN",
    "access_on",
    "access_to",
    "knows_name",
    "may_query",
    "may_uncover",
    "may_write",
    "refers_unseen",
    "shown_text",
    "shown_value",
    "uncover",
]


def access_on(who: Acting, record: Record, name: str) -> FieldAccess:
    """What ``who`` may do with the field of this one record, which he or she sees: its owner reads openly what nobody has denied."""
    access = access_to(who, type(record), name)
    if access is FieldAccess.MASKED and stated(who, type(record), name) is None and owns(who, record):
        return FieldAccess.WRITE
    return access


def knows_name(who: Acting, model: type[Record]) -> bool:
    """Whether ``who`` may read what records of ``model`` are called: sentences that name one are said without the name to anybody else."""
    called = (*NAMING, model.__called_by__)
    return all(access_to(who, model, name) in OPEN for name in called if name in fields_of(model))


def shown_value(who: Acting, record: Any, name: str, *, alone: bool = False) -> Any:
    """The value of the field as ``who`` may see it: open, masked (a text), or None.

    ``alone`` is for the record's own page or answer; without it the record is one of many.
    """
    access = access_on(who, record, name) if alone else access_to(who, type(record), name)
    if access in OPEN:
        return open_value(record, name)
    declared = fields_of(type(record)).get(name)
    return covered_value(declared, access, open_value(record, name)) if declared is not None else None


UNSEEN = msg("Not visible to you")
"""Said in place of a record that is referred to and that the person may not see: that there is one, and nothing of it."""


def refers_unseen(who: Acting, record: Any, name: str, *, alone: bool = False) -> bool:
    """Whether the field of ``record``, which ``who`` may read, refers to a record that he or she may not see.

    That there is a reference is a value of the record that one sees; which one it is, nobody is told.
    """
    declared = fields_of(type(record)).get(name)
    if declared is None or declared.kind != "reference" or getattr(record, f"{name}_id") is None:
        return False
    access = access_on(who, record, name) if alone else access_to(who, type(record), name)
    return access in OPEN and open_value(record, name) is None


def shown_text(who: Acting, model: type[Record], column: str, value: Any) -> Any:
    """``value`` as the trail keeps it for ``column`` of ``model`` (``x_id`` for a reference), as ``who`` may see it; None is nothing."""
    name = field_of_column(model, column)
    declared = fields_of(model).get(name)
    return covered_value(declared, access_to(who, model, name), value) if declared is not None else value


def field_of_column(model: type[Record], column: str) -> str:
    """The declared field that ``column`` stores."""
    fields = fields_of(model)
    return column if column in fields else column.removesuffix("_id")


def may_uncover(who: Acting, record: Record, name: str) -> bool:
    """Whether ``who`` may have the masked value of this record shown once: nobody has denied it, and there is something to show."""
    model = type(record)
    return (
        isinstance(who, Actor)
        and access_on(who, record, name) is FieldAccess.MASKED
        and stated(who, model, name) is None
        and open_value(record, name) not in (None, "")
    )


def uncover(session: Session, model: type[Record], record_id: int, name: str) -> str:
    """The true value of a masked field of one record, for this once; the trail keeps who asked for it (R-445).

    Raises :class:`NotFound` for a record that may not be seen or a field that is not masked, :class:`Forbidden` where a role denies it.
    """
    record = look_for(session, model, "read", record_id)
    who, declared = acting(), fields_of(model).get(name)
    if declared is None or access_on(who, record, name) is FieldAccess.NONE:
        raise NotFound
    if access_on(who, record, name) is FieldAccess.MASKED:
        if not may_uncover(who, record, name):
            raise Forbidden(msg("Your role may not see “%(field)s” openly.", field=declared.label))
        note_read(session, "unmask", model, [record_id], subject=subject_of(record), field=name)
    return str(open_value(record, name) or "")


def hideable(model: type[Record], declared: Field) -> bool:
    """Whether the field may be hidden at all. State, owner, department and the record that a part belongs to steer who does what with
    the record; who must not know them must not see the record."""
    return declared.name not in ("state", "owner", "department", getattr(model, "__parent__", ""))


def owns(who: Acting, record: Any) -> bool:
    """Whether ``who`` is the owner of the record, or of the record that it is a part of."""
    while record is not None and record.__scope__ == "child":
        record = getattr(record, record.__parent__, None)
    return isinstance(who, Actor) and record is not None and record.__scope__ == "owned" and record.owner_id == who.employee_id
