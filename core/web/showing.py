"""From records to what pages show: cells, values, tags, form fields. Knows declarations, nothing of one business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import g

from core.access.field_rights import UNSEEN, access_to, refers_unseen, shown_value
from core.database.covering import OPEN
from core.database.fields import Field, fields_of
from core.kernel.acting import FieldAccess, acting
from core.kernel.choices import Choice
from core.kernel.clock import local
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web.addresses import address
from core.web.codes import code_label, code_options, is_open
from core.web.dues import Ask
from core.web.nouns import Noun, Nouns, Shown
from core.web.pages import Cell, Column, ColumnKind, FieldKind, FormField, Link, Option, Person, Tag, Tone

KINDS: dict[str, ColumnKind] = {
    "money": ColumnKind.EXACT_MONEY,
    "date": ColumnKind.DATE,
    "moment": ColumnKind.RELATIVE,
    "choice": ColumnKind.TAG,
    "integer": ColumnKind.NUMBER,
    "quantity": ColumnKind.NUMBER,
    "phone": ColumnKind.PHONE,
}
FORM_KINDS: dict[str, FieldKind] = {
    "text": FieldKind.TEXT,
    "long_text": FieldKind.TEXTAREA,
    "integer": FieldKind.NUMBER,
    "quantity": FieldKind.NUMBER,
    "money": FieldKind.MONEY,
    "date": FieldKind.DATE,
    "moment": FieldKind.DATETIME,
    "choice": FieldKind.CHOICE,
    "code": FieldKind.CHOICE,
    "reference": FieldKind.REFERENCE,
    "flag": FieldKind.CHECKBOX,
    "email": FieldKind.EMAIL,
    "phone": FieldKind.PHONE,
}
YES_NO = {True: msg("Yes"), False: msg("No")}


def view_name(noun: Noun) -> str:
    """Name of the page class of a noun, which is also its endpoint."""
    return "".join(part.capitalize() for part in noun.path.split("-")) + "View"


def record_url(noun: Noun, record_id: int) -> str:
    """Address of one record's page."""
    return f"{address(f'{view_name(noun)}.list')}{record_id}"  # twenty of them in a list: the record's page lies below it


def kind_of(noun: Noun, shown: Shown) -> ColumnKind:
    """How a column is shown: what is due as such, else as stated, else by the kind of its field."""
    if noun.due_by(shown.name) is not None:
        return ColumnKind.DUE_DAY if shown.kind is ColumnKind.DUE_DAY else ColumnKind.DUE
    if shown.kind is not None:
        return shown.kind
    declared = noun.fields[shown.name]
    if declared.target == "core_employee":
        return ColumnKind.PERSON
    kind = KINDS.get(declared.kind, ColumnKind.TEXT)
    return ColumnKind.MONEY if kind is ColumnKind.EXACT_MONEY else kind


def label_with_unit(declared: Field, kind: ColumnKind) -> Message:
    """The label of a field; a number says in it what it counts."""
    if not declared.unit or kind is not ColumnKind.NUMBER:
        return declared.label
    return msg("%(label)s (%(unit)s)", label=declared.label, unit=declared.unit)


def column_of(name: str, declared: Field, kind: ColumnKind, **more: Any) -> Column:
    """The column of a field, with what its numbers count; ``more`` goes to :class:`Column`."""
    unit = declared.unit if kind is ColumnKind.NUMBER else ""
    return Column(name, label_with_unit(declared, kind), kind, unit=unit, bare=declared.label if unit else "", **more)


def cell(record: Any, name: str, kind: ColumnKind | None = None, *, alone: bool = False) -> Cell:
    """The raw value of a field as page models want it, as far as the person may read it; ``alone`` on the record's own page."""
    who, value = acting(), shown_value(acting(), record, name, alone=alone)
    if value is None and refers_unseen(who, record, name, alone=alone):
        return UNSEEN
    return as_cell(fields_of(type(record)).get(name), value, kind)


def as_cell(declared: Field | None, value: Any, kind: ColumnKind | None) -> Cell:
    """``value`` of the declared field as page models want it."""
    if isinstance(value, Choice):  # before the texts, because it is one too
        return Tag(value.label, Tone(value.tone)) if kind in (None, ColumnKind.TAG, ColumnKind.TAGS) else value.label
    if value is None or isinstance(value, str):
        return code_label(declared, value) if value is not None and declared is not None and declared.kind == "code" else value
    if isinstance(value, Employee):
        return Person.of(value.id, value.name) if kind in (None, ColumnKind.PERSON) else value.name
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, Decimal):
        return to_fen(value) if kind in (ColumnKind.MONEY, ColumnKind.EXACT_MONEY) else value.normalize()
    return str(value) if hasattr(value, "__tablename__") else value


def told(noun: Noun, record: Any, name: str, kind: ColumnKind | None = None, *, alone: bool = False) -> Cell:
    """The value of a field of ``noun`` for its pages: in words, where the noun has words for what is stored."""
    words = noun.told.get(name) if access_to(acting(), noun.model, name) in OPEN else None
    return words(record) if words is not None else cell(record, name, kind, alone=alone)


def about_of(noun: Noun, record: Any, path: str) -> str:
    """What the record that a reference, or a path of two, leads to is called for cards and calendars; empty where nobody is told."""
    head, _, rest = path.partition(".")
    if not rest:
        return str(told(noun, record, path) or "") if path else ""
    between = getattr(record, head) if readable(noun, head) else None
    return str(cell(between, rest) or "") if between is not None else ""


def title_of(noun: Noun, record: Any) -> str:
    """What ``record`` is called on a card: its name, in words where the noun has words for what is stored of it."""
    name = next((shown.name for shown in noun.columns if shown.kind is ColumnKind.NAME), "")
    return str(told(noun, record, name)) if name in noun.told else str(record)


def heading_of(noun: Noun, record: Any) -> str:
    """What ``record`` is called where nothing beside it says what it belongs to: a page's heading, a pick list."""
    whose = about_of(noun, record, record.__told_with__)
    return f"{record} · {whose}" if whose else str(record)


def due_teller(noun: Noun, name: str, tell: Callable[[Any], Cell], ask: Ask | None = None) -> Callable[[Any], Cell]:
    """``tell``, where something is due by the field: what does not matter any more is told as a day like others (:meth:`Due.teller`)."""
    due = noun.due_by(name)
    return tell if due is None else due.teller(noun.model, tell, ask)


def teller(noun: Noun, name: str, kind: ColumnKind | None = None) -> Callable[[Any], Cell]:
    """What tells the field of many records as :func:`told` does; what is the same for them all is found out once."""
    who, declared, words = acting(), noun.fields[name], noun.told.get(name)
    if access_to(who, noun.model, name) not in OPEN:
        return lambda record: cell(record, name, kind)
    if words is not None:
        return words
    if declared.kind == "reference":
        return lambda record: cell(record, name, kind) if getattr(record, name) is None else as_cell(declared, getattr(record, name), kind)
    if declared.kind not in ("choice", "code"):
        return lambda record: as_cell(declared, getattr(record, name), kind)
    known: dict[Any, Cell] = {}

    def tell(record: Any) -> Cell:
        value = getattr(record, name)
        if value not in known:
            known[value] = as_cell(declared, value, kind)
        return known[value]

    return tell


def readable(noun: Noun, name: str) -> bool:
    """Whether the person may know anything of the field at all; what is hidden has no place on a page."""
    return access_to(acting(), noun.model, name) is not FieldAccess.NONE


def typed_value(declared: Field, value: Any) -> str:
    """A stored value as a form shows it for typing."""
    if value is None:
        return ""
    if isinstance(value, Choice | bool):
        return str(value.value) if isinstance(value, Choice) else "1" * value
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%dT%H:%M")
    if is_open(declared):
        return str(code_label(declared, value))
    if declared.kind == "quantity":
        return format(value.normalize(), "f")
    return str(value)


def form_field(
    nouns: Nouns, declared: Field, value: str, *, error: Message | str = "", shown: Message | str = "", hint: str = ""
) -> FormField:
    """One question of a form."""
    kind = FieldKind.TEXT if is_open(declared) else FieldKind.CHOICE if declared.stars else FORM_KINDS[declared.kind]
    noun = nouns.by_table.get(declared.target)
    options = tuple(Option(str(choice.value), choice.label) for choice in declared.choices or ())
    options = options or (_grades(value) if declared.stars else code_options(declared, value))
    return FormField(
        name=declared.name,
        label=declared.label,
        kind=kind,
        value=value,
        shown=shown,
        required=declared.required and kind is not FieldKind.CHECKBOX,
        help=declared.help or "",
        error=error,
        unit=declared.unit or "",
        options=options,
        search_href=address(f"{view_name(noun)}.choices") if noun is not None else "",
        max_length=declared.max_length or None,
        hint_href=address(hint) if hint else "",
        create=_create_link(noun),
    )


def _grades(present: str) -> tuple[Option, ...]:
    """One to five stars, the number first so that it is found by typing it; and what was ``present``, also where it is no grade."""
    found = tuple(Option(str(number), f"{number} {'★' * number}") for number in range(1, 6))
    return found if not present or any(one.value == present for one in found) else (*found, Option(present, present))


def _create_link(noun: Noun | None) -> Link | None:
    """The way to create a record while choosing one, for whoever may."""
    if noun is None or noun.create is None or not g.actor.may(noun.resource, "create"):
        return None
    return Link(noun.create_label or msg("New: %(title)s", title=noun.title), address(f"{view_name(noun)}.add"), "plus")


def texts_of(session: Any, nouns: Nouns, declared: Mapping[str, Field], values: Mapping[str, str]) -> dict[str, str]:
    """Shown texts of the chosen references, as far as the person may see them."""
    found = {}
    for name, field in declared.items():
        noun = nouns.by_table.get(field.target)
        value = str(values.get(name) or "")
        if noun is not None and value.isdigit() and len(value) < 19:
            record = session.get(noun.model, int(value))
            found[name] = str(record) if record is not None else ""
    return found


def own_page(nouns: Nouns, record: Any) -> Link | None:
    """A link to the page of ``record``, when its noun has one."""
    noun = nouns.by_table.get(record.__tablename__) if record is not None else None
    return Link(str(record), record_url(noun, record.id)) if noun is not None else None
