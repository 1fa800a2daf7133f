"""From a dict of values to a record: every door hands the same dict to the same verb, and every verb applies it here (design 3.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.database.covering import may_write
from core.database.fields import Field, fields_of
from core.database.records import Record
from core.database.values import clean_value
from core.kernel.acting import acting
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg


def clean_values(model: type[Record], values: Mapping[str, Any], *, partial: bool, also: Collection[str] = ()) -> dict[str, Any]:
    """``values`` by field name as they are stored; a reference is given by its name and the target's id.

    With ``partial`` only the given fields are looked at, else every required one without a default must be there. ``also`` names fields
    that are not editable and that the calling verb itself writes. Raises :class:`BadInput` with a sentence for every wrong field at once.
    """
    known = fields_of(model)
    clean: dict[str, Any] = {}
    wrong: dict[str, Message] = {}
    for name in dict.fromkeys([*values, *([] if partial else _needed(known))]):
        try:
            clean[name] = clean_value(_writable(model, name, also), values.get(name))
        except BadInput as error:
            wrong[name] = error.message
    if wrong:
        raise BadInput(fields=wrong)
    return clean


def apply_changes(record: Record, changes: Mapping[str, Any], *, also: Collection[str] = ()) -> frozenset[str]:
    """Write the given fields of ``record`` and no others; return the names of those whose value is another now."""
    model = type(record)
    clean = clean_values(model, changes, partial=True, also=also)
    known = fields_of(model)
    changed = {name for name, value in clean.items() if not _same(getattr(record, _column(known[name], name)), value)}
    for name in changed:
        setattr(record, _column(known[name], name), clean[name])
    return frozenset(changed)


def _same(present: Any, value: Any) -> bool:
    """Whether nothing is changed: a sentence that comes back in the words it was shown in stays a sentence."""
    return bool(present == value or (isinstance(present, Message) and str(present) == value))


def make_record(model: type[Any], values: Mapping[str, Any], *, also: Collection[str] = ()) -> Any:
    """A new record of ``model`` from ``values``; nothing is stored yet."""
    clean = clean_values(model, values, partial=False, also=also)
    known = fields_of(model)
    return model(**{_column(known[name], name): value for name, value in clean.items()})


def _needed(known: Mapping[str, Field]) -> list[str]:
    return [name for name, field in known.items() if field.required and field.editable and field.default is None and field.kind != "flag"]


def _writable(model: type[Record], name: str, also: Collection[str]) -> Field:
    field = fields_of(model).get(name)
    if field is None:
        raise BadInput(msg("There is no such field."))
    if not field.editable and name not in also:
        raise BadInput(msg("This field is not changed by hand, only by what happens to the record."))
    if name not in also and not may_write(acting(), model, name):
        raise BadInput(msg("Your role cannot edit this field. The security administrator can grant the right."))
    return field


def _column(field: Field, name: str) -> str:
    return f"{name}_id" if field.kind == "reference" else name
