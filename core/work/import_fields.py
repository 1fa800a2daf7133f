"""What a column of a file may be read into: the fields of an import target, and how a cell of each kind becomes a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.database.covering import may_write
from core.database.fields import Field, fields_of
from core.database.records import Record, mappers
from core.extension.chinese import chinese
from core.extension.exchange import ImportTarget
from core.kernel.acting import acting
from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg

KEY_NAMES = ("code", "number", "external_number", "name", "title", "subject")
CONVERTED: Mapping[str, str] = {
    "date": "date",
    "moment": "moment",
    "integer": "int",
    "quantity": "decimal",
    "money": "decimal",
    "choice": "choice",
    "flag": "bool",
    "text": "text",
    "long_text": "text",
    "email": "text",
    "phone": "text",
    "code": "text",
}
"""How cells of a field are read, by its kind; a reference has no form that every file shares."""
YES_NO = (msg("Yes"), msg("No"))


@dataclass(frozen=True)
class Offer:
    """A target as a person sees it: its fields by name, and the keys that it can be found by."""

    target: ImportTarget
    fields: Mapping[str, Field]
    keys: tuple[tuple[str, ...], ...]


def offer_of(target: ImportTarget) -> Offer:
    """The target with the fields that the person who acts may write; its keys are never left out."""
    model = model_of(target)
    declared = {one.name: one for one in (target.fields() if target.fields is not None else written_fields(model))}
    keys = target.keys or tuple((name,) for name in KEY_NAMES if name in declared)[:1]
    needed = {name for key in keys for name in key}
    known = fields_of(model) if model is not None else {}
    open_ones = {
        name: one
        for name, one in declared.items()
        if one.kind in CONVERTED and (name in needed or name not in known or model is None or may_write(acting(), model, name))
    }
    return Offer(target, open_ones, keys)


def model_of(target: ImportTarget) -> type[Record] | None:
    """The class that the target writes; of several with its right, the one that is no part of another."""
    found = [mapper.class_ for mapper in mappers() if mapper.class_.__resource__ == target.resource]
    return min(found, key=lambda model: model.__scope__ == "child", default=None)


def written_fields(model: type[Record] | None, *left_out: str) -> list[Field]:
    """What people write by hand, without what leads to another record."""
    known = fields_of(model).values() if model is not None else ()
    return [one for one in known if one.editable and one.kind in CONVERTED and one.name not in left_out]


def check_target(target: ImportTarget) -> None:
    """Raise :class:`StartRefused` for a key that is no field of the target."""
    offer = offer_of(target)
    for name in {name for key in offer.keys for name in key} - offer.fields.keys():
        raise StartRefused(
            msg("The import of %(resource)s is keyed by %(field)s, which it does not take.", resource=target.resource, field=name)
        )
    if not offer.keys:
        raise StartRefused(msg("The import of %(resource)s names no key.", resource=target.resource))


def words_of(one: Field) -> Sequence[str]:
    """What a cell may say, for a field with few answers; empty for any other."""
    if one.choices is not None:
        return [str(choice.label) for choice in one.choices]
    return [str(word) for word in YES_NO] if one.kind == "flag" else ()


def column_of(one: Field, source: str, *, needed: bool) -> dict[str, Any]:
    """The part of a mapping profile that reads the column ``source`` into the field."""
    table: dict[str, Any] = {"from": [source], "convert": CONVERTED[one.kind]}
    if needed:
        table["required"] = True
    return table | _SETTINGS.get(one.kind, _plain)(one)


def _plain(one: Field) -> dict[str, Any]:
    return {"max": one.max_length} if one.max_length else {}


def _lines(one: Field) -> dict[str, Any]:
    return {**_plain(one), "many_lines": True}


def _choices(one: Field) -> dict[str, Any]:
    """The stored value and its word in both languages; what is written in the reader's language counts as well."""
    assert one.choices is not None
    words: dict[str, str] = {}
    for choice in one.choices:
        for word in _names(choice.label, str(choice.value)):
            words.setdefault(word, str(choice.value))
    return {"values": words}


def _names(label: Message, *more: str) -> list[str]:
    return [word for word in (str(label), label.text, chinese(label), *more) if word]


_SETTINGS: Mapping[str, Callable[[Field], dict[str, Any]]] = {
    "long_text": _lines,
    "choice": _choices,
    "money": lambda one: {"places": 2},
    "quantity": lambda one: {"places": 4},
    "date": lambda one: {},
    "moment": lambda one: {},
    "integer": lambda one: {},
    "flag": lambda one: {},
}
