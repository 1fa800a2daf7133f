"""Files of a kind of record that only declares how it is found again: fields, their kinds and references are read off its class.

>>> TARGET = declared_import(Contact, add_contact, change_contact, aliases={"name": ("姓名", "联系人")})

A document comes with its lines: rows of one key that stand one below the other are one, each with a line.

>>> ORDERS = declared_documents(Order, create_order, change_order, LinesOf(OrderLine, ("code", "quantity")), keys=(("customer", "title"),))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.criteria import visible
from core.access.field_rights import UNSEEN
from core.access.guard import authorise, open_for_writing
from core.access.people import employees_called
from core.database.changes import clean_values
from core.database.fields import Field, fields_of
from core.database.lines import lines_of
from core.database.records import ChildRecord, Record, mappers
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.acting import acting
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.code_lists import resolve_values
from core.organisation.models import Employee
from core.work.import_fields import CONVERTED

ENTERED_ON = "entered_on"
LINE = "line_"
_LINE_FIELD = re.compile(r"(\w+)-(\d+)-(\w+)")
NOON = time(12)
_TOO_LONG_TO_ASK = frozenset({"long_text"})
"""Kinds by which the database is not asked for a record; they are compared once it is read."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class LinesOf:
    """The lines of a document in a file: their class, the fields that people write of one, and what the verbs call all of them."""

    model: type[ChildRecord]
    typed: tuple[str, ...]
    name: str = "lines"

    def offered(self) -> list[Field]:
        """What a column may be read into."""
        known = fields_of(self.model)
        return [
            replace(known[name], name=f"{LINE}{name}", label=msg("Line: %(field)s", field=known[name].label), required=False)
            for name in self.typed
        ]


def declared_import(
    model: type[Record],
    create: Callable[..., Any],
    change: Callable[..., Any],
    *,
    keys: tuple[Key, ...] = (),
    aliases: Mapping[str, tuple[str, ...]] | None = None,
    author: str = "",
    entered_on: bool = False,
) -> ImportTarget:
    """The target for files of ``model``, whose rows go through ``create(session, values)`` and ``change(session, id, version, changes)``.

    A known record is found by the business key of the class (``__business_key__``), or by any of ``keys``, the usual one first. A column
    of a reference holds the business key of what it leads to, of an employee the user name or full name; references to what has none are
    left out. With ``entered_on`` a file may say on which day a new record was entered where it comes from, and ``author`` names the
    reference to the employee who wrote it there.
    """
    taking = _Taking(model, create, change, keys or (model.__business_key__,), author, entered_on)
    return ImportTarget(model.__resource__, taking.write, taking.offered, taking.keys, dict(aliases or {}))


def declared_documents(
    model: type[Record],
    create: Callable[..., Any],
    change: Callable[..., Any],
    lines: LinesOf,
    *,
    keys: tuple[Key, ...],
    aliases: Mapping[str, tuple[str, ...]] | None = None,
) -> ImportTarget:
    """As :func:`declared_import`, for documents: each row holds a line, under ``line_`` and the name of the line's field.

    What is said of the document itself may stand in its first row alone, or be repeated. Lines of a known document are replaced when the
    file says others, and stay when it says none.
    """
    taking = _Taking(model, create, change, keys, lines=lines)
    return ImportTarget(model.__resource__, taking.write, taking.offered, taking.keys, dict(aliases or {}), documents=True)


def _is_unseen(value: Any) -> bool:
    """Whether the cell holds what an export says of a record that one may not see: like an empty cell it changes nothing."""
    return value in (UNSEEN.text, str(UNSEEN))


@dataclass(frozen=True)
class _Taking:
    """How rows become records of one class."""

    model: type[Record]
    create: Callable[..., Any]
    change: Callable[..., Any]
    keys: tuple[Key, ...]
    author: str = ""
    entered_on: bool = False
    lines: LinesOf | None = None

    def offered(self) -> Sequence[Field]:
        """What a column may be read into: what people write, others by their keys, and where the record comes from."""
        found = [_asked(one) if one.kind == "reference" else one for one in fields_of(self.model).values() if self._is_taken(one)]
        if self.author:
            label = fields_of(self.model)[self.author].label
            found.append(Field("text", label, self.author, max_length=80, help=msg("Account or full name of the author.")))
        if self.entered_on:
            said = msg("When it was entered in the system that the file comes from.")
            found.append(Field("date", msg("Entered on"), ENTERED_ON, help=said))
        return [*found, *(self.lines.offered() if self.lines is not None else ())]

    def _is_taken(self, one: Field) -> bool:
        return one.editable and (one.kind in CONVERTED or (one.kind == "reference" and _key_of(_target(self.model, one.name)) != ""))

    def write(self, session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
        """Add or change the records of ``rows``; an ill-formed row is rejected alone, any other refusal takes the batch back."""
        authorise(self.model, "create")
        documents = [[row] for row in rows] if self.lines is None else [list(some) for _, some in groupby(rows, lambda row: row.key)]
        written = [_Written(of) for of in documents]
        batch = _Batch(session, self, written)
        return [outcome for one in written for outcome in [batch.take(one)] * len(one.rows)]


class _Written:
    """What the rows of one record say together: the record itself, and its lines with the rows that they stand in."""

    def __init__(self, rows: Sequence[ConvertedRow]) -> None:
        self.rows = rows
        self.values: dict[str, Any] = {}
        self.refused: Outcome | None = None
        self.lines: list[dict[str, Any]] = []
        self.line_rows: list[int] = []
        for row in rows:
            self._read(row)

    def _read(self, row: ConvertedRow) -> None:
        line = {name.removeprefix(LINE): value for name, value in row.values.items() if name.startswith(LINE)}
        if line:
            self.lines.append(line)
            self.line_rows.append(row.number)
        for name, value in row.values.items():
            if not name.startswith(LINE) and self.values.setdefault(name, value) != value:
                said = msg("Row %(row)s says something else of the same document. Please correct one of them.", row=row.number)
                self.refused = self.refused or rejected(said, name)


class _Batch:
    """What the records of one batch need to be looked up, each class by one statement."""

    def __init__(self, session: Session, taking: _Taking, rows: Sequence[_Written]) -> None:
        self._session = session
        self._taking = taking
        self._fields = fields_of(taking.model)
        self._key = next((key for key in taking.keys if all(_holds(one, key) for one in rows)), taking.keys[0])
        self._led = {
            one.name: _led_to(session, _target(taking.model, one.name), _words(rows, one.name))
            for one in self._fields.values()
            if one.kind == "reference" and (one.name == taking.author or (one.editable and _words(rows, one.name)))
        }
        self._ready = {id(one): one.refused or self._resolved(one) for one in rows}
        self._known = self._find(values for values in self._ready.values() if isinstance(values, dict))
        ids = [record.id for several in self._known.values() for record in several]
        writable = select(taking.model.id).where(taking.model.id.in_(ids), visible(taking.model, acting(), "update"))
        self._writable = set(session.scalars(writable)) if ids else set()

    def take(self, row: _Written) -> Outcome:
        """Enter or change one record."""
        values = self._ready[id(row)]
        if isinstance(values, Outcome):
            return values
        known = self._known.get(tuple(values[name] for name in self._key), [])
        if len(known) > 1:
            return rejected(msg("Several records have this name. Please change the right one on its page."), self._key[-1])
        try:
            return self._change(known[0], values, row.lines) if known else self._enter(row, values)
        except BadInput as error:
            # What the verb has touched already must not stay: the batch is taken back, and the row is refused when it stands alone.
            raise BadInput(self._sentence(error, row)) from error

    def _resolved(self, row: _Written) -> dict[str, Any] | Outcome:
        """The fields of the record as they are stored, or why they cannot be."""
        own = {name: value for name, value in row.values.items() if name not in (ENTERED_ON, self._taking.author) and not _is_unseen(value)}
        if missing := [name for name in self._key if own.get(name) in (None, "")]:
            return rejected(msg("This cell must not be empty."), missing[0])
        try:
            self._check_origin(row)
            for name in own.keys() & self._led.keys():
                own[name] = self._led_by(name, str(own[name]))
            return clean_values(self._taking.model, resolve_values(self._session, self._taking.model, own), partial=True)
        except BadInput as error:
            field, reason = next(iter(error.fields.items()), ("", error.message))
            return rejected(reason, field)

    def _led_by(self, name: str, word: str) -> int:
        if word not in self._led[name]:
            said = msg("“%(word)s” is not known, or you may not see it. Please check the cell or import it first.", word=word)
            raise BadInput(fields={name: said})
        return self._led[name][word]

    def _check_origin(self, row: _Written) -> None:
        day, author = row.values.get(ENTERED_ON), row.values.get(self._taking.author)
        if day is not None and day > today():
            raise BadInput(fields={ENTERED_ON: msg("This day is in the future. Please choose today or an earlier day.")})
        if author:
            self._led_by(self._taking.author, str(author))

    def _find(self, rows: Any) -> dict[tuple[Any, ...], list[Any]]:
        """Records that one sees with a key of the rows."""
        wanted = {tuple(values[name] for name in self._key) for values in rows}
        model: Any = self._taking.model
        asked = [
            getattr(model, self._column(name)).in_({key[place] for key in wanted})
            for place, name in enumerate(self._key)
            if self._fields[name].kind not in _TOO_LONG_TO_ASK
        ]
        found: dict[tuple[Any, ...], list[Any]] = {}
        for record in self._session.scalars(select(model).where(*asked)) if wanted else ():
            key = tuple(getattr(record, self._column(name)) for name in self._key)
            if key in wanted:
                found.setdefault(key, []).append(record)
        return found

    def _enter(self, row: _Written, values: dict[str, Any]) -> Outcome:
        record = self._taking.create(self._session, values | self._as_lines(row.lines))
        self._known.setdefault(tuple(values[name] for name in self._key), []).append(record)
        self._writable.add(record.id)
        day: date | None = row.values.get(ENTERED_ON)
        author = row.values.get(self._taking.author)
        if day is not None or author:
            open_for_writing(self._session, record)
        if day is not None:
            record.created_at = datetime.combine(day, NOON, SHANGHAI)
        if author:
            setattr(record, self._column(self._taking.author), self._led[self._taking.author][str(author)])
        return CREATED

    def _change(self, record: Any, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Outcome:
        changes = {name: value for name, value in values.items() if getattr(record, self._column(name)) != value}
        if lines and self._are_others(record, lines):
            changes |= self._as_lines(lines)
        if not changes:
            return UNCHANGED
        if record.id not in self._writable:
            return rejected(msg("You may read this record but not change it."), self._key[-1])
        self._taking.change(self._session, record.id, None, changes)
        return UPDATED

    def _as_lines(self, lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        of = self._taking.lines
        return {of.name: lines} if of is not None and lines else {}

    def _are_others(self, record: Any, lines: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the file says other lines than the document has; what it does not say of a line is as it is."""
        assert self._taking.lines is not None
        model = self._taking.lines.model
        stored = lines_of(self._session, model, record.id)
        said = [clean_values(model, line, partial=True) for line in lines]
        pairs = zip(stored, said, strict=False)
        return len(stored) != len(said) or any(getattr(line, name) != value for line, more in pairs for name, value in more.items())

    def _column(self, name: str) -> str:
        return f"{name}_id" if self._fields[name].kind == "reference" else name

    def _sentence(self, error: BadInput, row: _Written) -> Message:
        """What is wrong, beginning with the field; a row that stands alone has no column of the file to show it at."""
        if not error.fields:
            return error.message
        name, reason = next(iter(error.fields.items()))
        of = self._taking.lines
        if of is not None and (found := _LINE_FIELD.fullmatch(name)) is not None and found[1] == of.name:
            known = fields_of(of.model).get(found[3])
            if known is not None:
                return msg("Row %(row)s, %(field)s: %(reason)s", row=row.line_rows[int(found[2])], field=known.label, reason=reason)
        known = self._fields.get(name)
        return msg("%(field)s: %(reason)s", field=known.label, reason=reason) if known is not None else reason


def _asked(one: Field) -> Field:
    """The column in which a file names another record."""
    target = one.target or ""
    if target == Employee.__tablename__:
        return Field("text", one.label, one.name, max_length=80, help=msg("Account or full name."))
    key = fields_of(_class_called(target))[_key_of(_class_called(target))]
    said = msg("As its field “%(field)s” says.", field=key.label)
    return Field("text", one.label, one.name, max_length=key.max_length or 200, help=said)


def _target(model: type[Record], name: str) -> type[Record]:
    """What the reference ``name`` leads to."""
    return _class_called(fields_of(model)[name].target or "")


def _class_called(table: str) -> type[Record]:
    found: type[Record] = next(mapper.class_ for mapper in mappers() if mapper.class_.__tablename__ == table)
    return found


def _key_of(target: type[Record]) -> str:
    """The one field by which files name records of ``target``; empty where they cannot."""
    if target is Employee:
        return "name"
    return target.__business_key__[0] if len(target.__business_key__) == 1 else ""


def _holds(row: _Written, key: Key) -> bool:
    return tuple(row.values.get(name) for name in key) == row.rows[0].key


def _words(rows: Sequence[_Written], name: str) -> set[str]:
    return {str(row.values[name]) for row in rows if row.values.get(name)}


def _led_to(session: Session, target: type[Record], words: Collection[str]) -> Mapping[str, int]:
    """Word to id of what the person who acts may see."""
    if not words:
        return {}
    if target is Employee:
        return {name: employee.id for name, employee in employees_called(session, words).items()}
    key = getattr(target, _key_of(target))
    return {str(word): record_id for word, record_id in session.execute(select(key, target.id).where(key.in_(words)))}
