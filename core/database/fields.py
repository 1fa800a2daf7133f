"""A field is declared once: list, form, filter, REST, import, audit and documentation follow from it (design 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Boolean, Date, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from core.database.sentences import Said
from core.database.types import Chosen, Fen, Moment, Quantity
from core.kernel.choices import Choice
from core.kernel.words import Message

_MISSING: Any = object()


@dataclass(frozen=True)
class Field:
    """What the whole product needs to know of one field.

    ``kind`` is text, long_text, sentence, email, phone, integer, quantity, money, date, moment, choice, code, flag or reference;
    ``editable`` False means that only verbs write it; ``history`` keeps the old values on the record's page;
    ``searchable`` puts it into the name search; ``sortable`` promises an index; ``target`` is the table a reference points to;
    ``code_list`` the list that a code is chosen from. ``personal`` values belong to the dossier of a person. ``masked`` ones are shown as
    ``mask`` (a key of :data:`core.kernel.masks.MASKS`) wherever nobody has been given the right to read them openly; ``open_to`` are
    preset roles whose work needs them open. A ``hidden`` one of any kind, such as what goods cost the company, is shown to nobody else at
    all. An integer of ``stars`` is a grade from 1 to 5 and is chosen by its stars. What is ``said`` begins as a sentence of the program,
    told in the language of the reader, until a person writes it anew.
    """

    kind: str
    label: Message
    name: str = ""
    required: bool = False
    editable: bool = True
    max_length: int = 0
    choices: type[Choice] | None = None
    target: str = ""
    code_list: str = ""
    unit: Message | None = None
    help: Message | None = None
    masked: bool = False
    hidden: bool = False
    mask: str = ""
    open_to: tuple[str, ...] = ()
    personal: bool = False
    history: bool = False
    searchable: bool = False
    sortable: bool = False
    filterable: bool = False
    rare: bool = False
    said: bool = False
    stars: bool = False
    default: Any = None

    @property
    def mask_kind(self) -> str:
        """The mask of this field: as declared, else by its kind."""
        return self.mask or (self.kind if self.kind in ("phone", "email") else "text")


TEXTS = frozenset({"text", "long_text", "phone", "email"})
"""Kinds of field that can be masked."""


def declared(column_type: Any, field: Field, *, default: Any = _MISSING, **options: Any) -> MappedColumn[Any]:
    """Return the mapped column for ``field``; nullable unless it is required."""
    options.setdefault("nullable", not field.required)
    if default is not _MISSING:
        options["default"] = default
        field = replace(field, default=default)
    if field.sortable or field.filterable:
        options.setdefault("info", {})["ordered"] = field.sortable
    return mapped_column(column_type, info={"field": field}, **{k: v for k, v in options.items() if k != "info"})


def text(label: Message, *, length: int = 200, default: Any = _MISSING, **marks: Any) -> MappedColumn[Any]:
    """One line of text of at most ``length`` characters."""
    return declared(
        Said(length) if marks.get("said") else String(length), Field("text", label, max_length=length, **marks), default=default
    )


def long_text(label: Message, *, length: int = 10_000, **marks: Any) -> MappedColumn[Any]:
    """Several lines of text."""
    return declared(Text(), Field("long_text", label, max_length=length, **marks))


def sentence(label: Message, *, length: int = 0, **marks: Any) -> MappedColumn[Any]:
    """What the program itself says: stored without a language, told in the reader's (:class:`~core.database.sentences.Said`).

    Verbs write it, as a :class:`Message` or with a text that somebody typed; ``length`` is that of the column, 0 for any.
    """
    return declared(Said(length), Field("sentence", label, max_length=length, editable=False, said=True, **marks))


def email(label: Message, **marks: Any) -> MappedColumn[Any]:
    """An e-mail address; personal and masked unless stated otherwise."""
    return declared(String(254), Field("email", label, max_length=254, **_personal(marks)))


def phone(label: Message, **marks: Any) -> MappedColumn[Any]:
    """A telephone number as written; personal and masked unless stated otherwise."""
    return declared(String(40), Field("phone", label, max_length=40, **_personal(marks)))


def _personal(marks: dict[str, Any]) -> dict[str, Any]:
    personal = marks.get("personal", True)
    return {"personal": personal, "masked": personal, **marks}


def integer(label: Message, **marks: Any) -> MappedColumn[Any]:
    """A whole number."""
    return declared(Integer(), Field("integer", label, **marks))


def quantity(label: Message, **marks: Any) -> MappedColumn[Any]:
    """A number with up to four decimals."""
    return declared(Quantity(), Field("quantity", label, **marks))


def money(label: Message, *, default: Any = _MISSING, **marks: Any) -> MappedColumn[Any]:
    """An amount in yuan, stored in fen."""
    return declared(Fen(), Field("money", label, **marks), default=default)


def day(label: Message, **marks: Any) -> MappedColumn[Any]:
    """A calendar day."""
    return declared(Date(), Field("date", label, **marks))


def moment(label: Message, **marks: Any) -> MappedColumn[Any]:
    """A moment; UTC in the database."""
    return declared(Moment(), Field("moment", label, **marks))


def choice(label: Message, choices: type[Choice], *, default: Any = _MISSING, **marks: Any) -> MappedColumn[Any]:
    """One of a closed list; with a default it is never empty."""
    return declared(Chosen(choices), Field("choice", label, choices=choices, **marks), default=default)


def code(label: Message, code_list: str, *, length: int = 60, default: Any = _MISSING, **marks: Any) -> MappedColumn[Any]:
    """A code of the list called ``code_list``, which each company may extend (R-060); stored as text, shown by its label.

    What is written may also be a label or another word for it: the session keeps the code, and refuses what the list does not know.
    """
    return declared(String(length), Field("code", label, max_length=length, code_list=code_list, **marks), default=default)


def state(label: Message, choices: type[Choice], initial: Choice) -> MappedColumn[Any]:
    """The state of a record: required, filterable, written by verbs alone."""
    field = Field("choice", label, choices=choices, required=True, editable=False, filterable=True, history=True)
    return declared(Chosen(choices), field, default=initial)


def flag(label: Message, *, default: bool = False, **marks: Any) -> MappedColumn[Any]:
    """Yes or no."""
    return declared(Boolean(), Field("flag", label, required=True, **marks), default=default)


_FIELDS: dict[type[Any], Mapping[str, Field]] = {}  # a class declares its fields once and for all


def fields_of(model: type[Any]) -> Mapping[str, Field]:
    """Every declared field of ``model`` by name, in the order of declaration; a reference goes by its own name."""
    if model not in _FIELDS:
        _FIELDS[model] = MappingProxyType(_read_fields(model))
    return _FIELDS[model]


def _read_fields(model: type[Any]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for column in cast("type[DeclarativeBase]", model).__table__.columns:
        field = column.info.get("field")
        if field is not None:
            name = field.name or str(column.key)
            found[name] = replace(field, name=name)
    return found
