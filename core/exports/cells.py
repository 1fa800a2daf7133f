"""From stored rows to cells, a portion at a time: words in the reader's language, references within scope, constant memory."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access.field_rights import UNSEEN
from core.database.fields import Field
from core.exports.sources import Source
from core.kernel.clock import local
from core.kernel.words import msg
from core.organisation.code_lists import label_of

Cell = str | int | Decimal | date
"""What a file can hold; an empty cell is the empty text."""
PORTION = 1_000
KEPT = 50_000  # words of references and codes that are remembered between portions
YES_NO = {True: msg("Yes"), False: msg("No")}
MARKED = ("choice", "code", "reference", "flag")
"""Kinds whose every word may carry a mark; of texts only those that are no code or number."""


def columns_of(source: Source, names: Sequence[str]) -> list[Any]:
    """The bare columns behind ``names``: no object is built for a row."""
    fields = source.fields()
    return [getattr(source.model, f"{name}_id" if fields[name].kind == "reference" else name) for name in names]


def portions(session: Session, source: Source, statement: Select[Any], names: Sequence[str]) -> Generator[list[list[Cell]], None, None]:
    """The cells of ``statement``, at most :data:`PORTION` rows at a time, column by column in the order of ``names``.

    To be closed by whoever stops before the end: the database keeps a cursor for it.
    """
    bare = statement.with_only_columns(source.model.id, *columns_of(source, names), maintain_column_froms=True)
    makers = [_maker(session, source, name) for name in names]
    with session.execute(bare, execution_options={"yield_per": PORTION}) as found:
        for rows in found.partitions():
            columns = list(zip(*rows, strict=True))[1:]
            yield [make(column) for make, column in zip(makers, columns, strict=True)]


Column = Sequence[Any]


def _maker(session: Session, source: Source, name: str) -> Callable[[Column], list[Cell]]:
    declared = source.fields()[name]
    if declared.kind == "reference":
        return _References(session, getattr(source.model, name).property.mapper.class_)
    if declared.kind in ("choice", "flag", "code"):
        return _Words(session, declared)
    if declared.kind == "moment":
        return lambda column: ["" if value is None else _moment(value) for value in column]
    if declared.said:
        return lambda column: ["" if value is None else str(value) for value in column]
    return lambda column: ["" if value is None else value for value in column]


def _moment(value: datetime) -> str:
    return local(value).isoformat(" ", "minutes")[:16]


class _Words:
    """Words of choices, codes and flags, each looked up once."""

    def __init__(self, session: Session, declared: Field) -> None:
        self._session = session
        self._declared = declared
        self._known: dict[Any, str] = {None: ""}

    def __call__(self, column: Column) -> list[Cell]:
        known = self._known
        for value in set(column) - known.keys():
            known[value] = self._word(value)
        words: list[Cell] = [known[value] for value in column]
        if len(known) > KEPT:
            self._known = {None: ""}
        return words

    def _word(self, value: Any) -> str:
        if self._declared.kind == "flag":
            return str(YES_NO[bool(value)])
        if self._declared.kind == "code":
            return str(label_of(self._session, self._declared.code_list, str(value)))
        return str(value.label)


class _References:
    """Names of the records referred to, asked for once per portion; of one that may not be seen only that there is one."""

    def __init__(self, session: Session, target: Any) -> None:
        self._session = session
        self._target = target
        self._known: dict[int | None, str] = {None: ""}

    def __call__(self, column: Column) -> list[Cell]:
        if len(self._known) > KEPT:
            self._known = {None: ""}
        if unknown := sorted(set(column) - self._known.keys()):
            asked = select(self._target).where(self._target.id.in_(unknown))
            found = {record.id: str(record) for record in self._session.scalars(asked)}
            self._session.expunge_all()
            self._known.update({number: found.get(number, str(UNSEEN)) for number in unknown})
        return [self._known[value] for value in column]


def may_carry_mark(declared: Field, said: str) -> bool:
    """Whether a mark may stand in the cell: never in a code, a number or a telephone number that somebody looks up by."""
    if declared.kind in MARKED:
        return bool(said)
    return declared.kind in ("text", "long_text") and not declared.personal and (not said.isascii() or " " in said)


def labels(fields: Mapping[str, Field], names: Sequence[str]) -> list[str]:
    """The words above the columns in the reader's language."""
    return [str(fields[name].label) for name in names]
