"""What a person may not read of a record is not in the record: values are covered in memory while somebody looks (R-442, design 3.5).

Inside a use case the verbs of the business work with the true values. Whatever is read outside of one, for a page, an answer of REST, a
print, is covered as it is loaded, so that no template, plugin or message can tell what it never had. The true value stands aside; only
:func:`open_value` reads it, for those who may. Numbers, days, choices and references are left as they are, because business is computed
from them; the rooms that show a record ask :func:`access_to` for those.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BinaryExpression,
    ColumnElement,
    Null,
    Select,
    String,
    TypeDecorator,
    case,
    event,
    inspect,
    literal,
    null,
    type_coerce,
)
from sqlalchemy.orm import Session, object_session
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import Label
from sqlalchemy.sql.operators import is_, is_not
from sqlalchemy.sql.selectable import ScalarSelect

from core.database.fields import TEXTS, Field, fields_of
from core.database.records import UNCALLED, Record
from core.kernel.acting import Acting, Actor, FieldAccess, acting
from core.kernel.masks import STARS, masked

OPEN = frozenset({FieldAccess.READ, FieldAccess.WRITE})
COVERED = "covered"  # where the state of a record keeps its true values


def stated(who: Acting, model: type[Any], name: str) -> FieldAccess | None:
    """What the roles of ``who`` say of the field outright; None where its declaration decides."""
    return who.field_rights.get((model.__tablename__, name)) if isinstance(who, Actor) else None


def access_to(who: Acting, model: type[Any], name: str) -> FieldAccess:
    """What ``who`` may do with the field among many records: lists, searches, notices, exports.

    Without a word about it a masked field is masked for everybody, a hidden one not there; on the record itself
    :mod:`core.access.field_rights` knows more.
    """
    if not isinstance(who, Actor):
        return FieldAccess.WRITE
    found = who.field_rights.get((model.__tablename__, name))
    if found is not None:
        return found
    declared = fields_of(model).get(name)
    if declared is not None and declared.hidden:
        return FieldAccess.NONE
    return FieldAccess.MASKED if declared is not None and declared.masked else FieldAccess.WRITE


def may_write(who: Acting, model: type[Any], name: str) -> bool:
    """Whether ``who`` may give the field a value where a verb lets him or her write the record at all."""
    found = stated(who, model, name)
    return found is FieldAccess.WRITE or (found is None and access_to(who, model, name) is not FieldAccess.NONE)


def may_query(who: Acting, model: type[Any], name: str) -> bool:
    """Whether ``who`` may filter, order and search by the field: the answer would tell what it holds."""
    return access_to(who, model, name) in OPEN


def restricted(model: Any, who: Acting) -> Mapping[str, FieldAccess]:
    """Fields of ``model`` that ``who`` may not read openly, with what is left; empty for nearly all."""
    return _restricted(model, who)


@lru_cache(maxsize=4_096)
def _restricted(model: Any, who: Acting) -> Mapping[str, FieldAccess]:
    found = {name: access_to(who, model, name) for name in fields_of(model)}
    return {name: access for name, access in found.items() if access not in OPEN}


def covered_value(declared: Field, access: FieldAccess, value: Any) -> Any:
    """``value`` as somebody with ``access`` may see it: itself, its mask, or nothing."""
    if access in OPEN or value in (None, ""):
        return value
    return masked(declared.mask_kind, value) if access is FieldAccess.MASKED and isinstance(value, str) else None


def open_value(record: Any, name: str) -> Any:
    """The true value of a field, from where it stands aside if it is covered: for those alone who have been found to be allowed."""
    kept = inspect(record).info.get(COVERED, {})
    return kept[name] if name in kept else getattr(record, name)


def install_covering(session_class: type[Session]) -> None:
    """Cover what sessions of ``session_class`` load outside of a use case."""

    def on_load(record: Any, context: Any, names: Any = None) -> None:
        session = object_session(record)  # a statement that updates what is in memory brings no context
        if isinstance(session, session_class) and not session.info.get("in_use_case"):
            _cover(record, acting(), fields_of(type(record)) if names is None else names)

    event.listen(Record, "load", on_load, propagate=True)
    event.listen(Record, "refresh", on_load, propagate=True)


def cover_all(session: Session) -> None:
    """Cover what a use case, or a look of the house itself, leaves in memory: the answer is built from it."""
    who = acting()
    for record in session.identity_map.values():
        if isinstance(record, Record):
            _cover(record, who)


def _cover(record: Any, who: Acting, loaded: Collection[str] = ()) -> None:
    """Cover what is not yet covered of ``record``, and what has just been ``loaded`` again."""
    hidden = restricted(type(record), who) if isinstance(who, Actor) else {}
    if not hidden:
        return
    state: Any = inspect(record)
    declared, kept = fields_of(type(record)), state.info.setdefault(COVERED, {})
    for name, access in hidden.items():
        if (name not in kept or name in loaded) and name in state.dict and declared[name].kind in TEXTS:
            kept[name] = state.dict[name]
            state.dict[name] = covered_value(declared[name], access, kept[name])  # past the attribute: nothing has been changed
    state.info[UNCALLED] = record.__called_by__ in hidden


class _Masked(TypeDecorator[str]):
    """A column that comes out under its mask."""

    impl = String
    cache_ok = True

    def __init__(self, mask: str) -> None:
        super().__init__()
        self.mask = mask

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return masked(self.mask, value) if value else value


def covered_columns(statement: Any, who: Acting) -> Any:
    """``statement`` so that single columns which it reads come out as ``who`` may see them."""
    if not isinstance(who, Actor) or not isinstance(statement, Select):
        return statement
    before = statement._raw_columns
    after = [covered_column(column, who) for column in before]
    if all(one is other for one, other in zip(before, after, strict=True)):
        return statement
    return statement.with_only_columns(*after, maintain_column_froms=True)


def asks_openly(statement: Select[Any], who: Acting) -> bool:
    """Whether ``who`` may know every field by which ``statement`` chooses its rows: how many come would tell what a hidden one holds."""
    asked = statement.whereclause
    return asked is None or not isinstance(who, Actor) or all(name not in restricted(model, who) for model, name in _fields_in(asked))


def covered_column(column: Any, who: Acting) -> Any:
    """``column``, or what stands for it: its mask, or nothing where a hidden field goes into something that is computed."""
    hidden = [(model, name) for model, name in _fields_in(column) if name in restricted(model, who)]
    if not hidden:
        return column
    model, name = hidden[0]
    plain = isinstance(column, ColumnElement) and _field_behind(column) == (model, name)
    label = column.name if isinstance(column, Label) else name
    if plain and restricted(model, who)[name] is FieldAccess.MASKED:
        return type_coerce(column, _Masked(fields_of(model)[name].mask_kind)).label(label)
    return type_coerce(null(), column.type).label(label)


def covered_text(column: Any, who: Acting) -> Any:
    """Like :func:`covered_column` where no mask can be put on afterwards, because many selects are read as one: stars stand for a value."""
    found = covered_column(column, who)
    if isinstance(getattr(found, "type", None), _Masked):
        return case((column != "", literal(STARS)), else_=null())
    return found


def fields_behind(expression: Any) -> set[tuple[type[Any], str]]:
    """(class, field) of every declared field that occurs anywhere in ``expression``, a condition for instance."""
    return {found for part in visitors.iterate(expression) if (found := _field_behind(part)) is not None}


def is_emptiness(element: Any) -> bool:
    """Whether a condition only asks if there is a value: a mask tells that as well, and nobody else may ask for more."""
    return isinstance(element, BinaryExpression) and element.operator in (is_, is_not) and isinstance(element.right, Null)


def fields_asked(expression: Any) -> tuple[set[tuple[type[Any], str]], set[tuple[type[Any], str]]]:
    """(class, field) of the fields whose values a condition asks for, and of those of which it asks only whether they are empty."""
    values, waiting, empty = set[tuple[type[Any], str]](), [expression], set[tuple[type[Any], str]]()
    while waiting:
        element = waiting.pop()
        if is_emptiness(element):
            empty |= fields_behind(element)
            continue
        if (found := _field_behind(element)) is not None:
            values.add(found)
        waiting += element.get_children()
    return values, empty


def _fields_in(column: Any) -> set[tuple[type[Any], str]]:
    """Declared fields that ``column`` of a select tells; the conditions of a select inside of it tell nothing."""
    if isinstance(column, ScalarSelect):
        inner: Any = column.element
        return {found for one in getattr(inner, "_raw_columns", ()) for found in _fields_in(one)}
    return fields_behind(column) if isinstance(column, ColumnElement) else set()


def _field_behind(element: Any) -> tuple[type[Any], str] | None:
    notes: Any = getattr(element, "_annotations", {})
    mapper = getattr(notes.get("parententity"), "mapper", None)
    key = notes.get("proxy_key")
    if mapper is None or key is None or not issubclass(mapper.class_, Record):
        return None
    declared = fields_of(mapper.class_)
    name = key if key in declared else str(key).removesuffix("_id")
    return (mapper.class_, name) if name in declared else None
