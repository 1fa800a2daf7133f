"""Values of filters: read from an address, compared with a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from core.access.field_rights import may_query
from core.database.fields import Field
from core.database.references import class_of
from core.kernel.acting import acting
from core.kernel.clock import SHANGHAI
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.web.nouns import Noun

NONE_SEEN = msg("Not given or not visible")
"""The label of that value where it stands for references: none, or to a record that the person may not see."""
EMPTY = "-"
"""The value of a filter that asks for the records that have none, or none that the person may see."""


def day_of(text: str) -> date:
    """A day written like 2026-03-18; raises :class:`Malformed` for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed(msg("This day does not exist. Please write it like 2026-03-18.")) from None
    if not 1900 <= day.year < 2200:
        raise Malformed(msg("The year must lie between 1900 and 2199. Please check it."))
    return day


def checked(declared: Field, value: str) -> str:
    """``value`` if the field can hold it; raises :class:`Malformed` else."""
    if value == EMPTY:
        return value
    if declared.kind in ("reference", "integer") and not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
    if declared.choices is not None and value not in set(declared.choices):
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
    return value


def column_of(noun: Noun, name: str) -> Any:
    """The attribute that stores the field."""
    return getattr(noun.model, f"{name}_id" if noun.fields[name].kind == "reference" else name)


def sum_of(noun: Noun, name: str) -> Any:
    """The sum of a figure over the records of a statement; what stands in a state that does not count adds nothing."""
    return func.coalesce(func.sum(summed_of(noun, name)), 0)


def summed_of(noun: Noun, name: str) -> Any:
    """What each record adds to the sum of a figure: null for one without it, and for one in a state that does not count."""
    model: Any = noun.model
    column, off = getattr(model, name), uncounted(noun)
    return case((model.state.not_in(off), column)) if off else column


def adding(noun: Noun, amount: str) -> Any:
    """How many records of a statement add something to the sum of ``amount``."""
    return func.count(func.nullif(summed_of(noun, amount), 0))


def uncounted(noun: Noun) -> list[Any]:
    """States in which a record adds nothing to a sum.

    None for whoever may not ask for the state: that person is given the sum of all, as any other would tell it.
    """
    state = noun.fields.get("state")
    off = [one for one in (state.choices if state is not None else None) or () if not one.counts]
    return off if off and may_query(acting(), noun.model, "state") else []


def value_of(declared: Field, value: str) -> Any:
    """A checked value as the column holds it."""
    if declared.choices is not None:
        return declared.choices(value)
    if declared.kind == "flag":
        return value in ("1", "true")
    return int(value) if declared.kind in ("reference", "integer") else value


def among(noun: Noun, name: str, values: Sequence[str]) -> ColumnElement[bool]:
    """Records that hold one of ``values``; to have none is one of them, and so is a reference to what one may not see."""
    declared = noun.fields[name]
    given: ColumnElement[bool] = column_of(noun, name).in_([value_of(declared, value) for value in values if value != EMPTY])
    return or_(nothing_in(noun, name), given) if EMPTY in values else given


def nothing_in(noun: Noun, name: str) -> ColumnElement[bool]:
    """Records that have no value in the field, or none that the person may see."""
    column, declared = column_of(noun, name), noun.fields[name]
    if declared.kind != "reference":
        nothing: ColumnElement[bool] = column.is_(None)
        return nothing
    target: Any = aliased(class_of(noun.model, declared.target))
    return ~select(target.id).where(target.id == column).exists()


def first_value(declared: Field, day: date) -> date | datetime:
    """The first value of ``day``: for a moment its midnight on the company's clock."""
    return datetime.combine(day, time.min, SHANGHAI) if declared.kind == "moment" else day
