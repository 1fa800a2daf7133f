"""Conditions on a list beyond its quick filters: joined by and/or, in groups one level deep, all in the address.

``where=amount.gt.100000`` is one condition; ``where=1.state.is.open,held`` one of group 1. Conditions and groups must all hold, or any
with ``join=or``; inside a group it is the other way round. A comma or a backslash in a value is written with a backslash before it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select

from core.access.field_rights import may_query
from core.database.fields import TEXTS, Field
from core.kernel.acting import acting
from core.kernel.acting import actor as person
from core.kernel.clock import today
from core.kernel.errors import Malformed
from core.kernel.money import plain_number
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web.list_values import checked, column_of, day_of, first_value, nothing_in, value_of
from core.web.nouns import Noun
from core.web.spans import Span

MOST, MOST_VALUES, LONGEST = 20, 50, 200
ME, MY_DEPARTMENT = "me", "my_department"
WRITTEN = re.compile(r"(?:([1-9])\.)?([A-Za-z_]\w*)\.(\w+)(?:\.(.*))?", re.DOTALL)
PART = re.compile(r"((?:\\.|[^,\\])*)(?:,|$)", re.DOTALL)


class Operator(enum.StrEnum):
    """How a field is compared; IN takes the word of a :class:`Span`, both ends of BETWEEN belong to it."""

    IS = "is"
    NOT = "not"
    HAS = "has"
    GT = "gt"
    LT = "lt"
    BETWEEN = "between"
    IN = "in"
    EMPTY = "empty"
    FILLED = "filled"


SINGLE = (Operator.EMPTY, Operator.FILLED)
_CHOSEN = (Operator.IS, Operator.NOT, *SINGLE)
_COUNTED = (Operator.IS, Operator.GT, Operator.LT, Operator.BETWEEN, *SINGLE)
OPERATORS: Mapping[str, tuple[Operator, ...]] = {
    **dict.fromkeys(TEXTS, (Operator.HAS, Operator.IS, Operator.NOT, *SINGLE)),
    **dict.fromkeys(("choice", "code", "reference"), _CHOSEN),
    **dict.fromkeys(("money", "integer", "quantity"), _COUNTED),
    **dict.fromkeys(("date", "moment"), (Operator.IN, *_COUNTED)),
    "flag": (Operator.IS,),
}


@dataclass(frozen=True)
class Condition:
    """One comparison; ``group`` 0 stands alone, ``written`` is how the address says it."""

    name: str
    operator: Operator
    values: tuple[str, ...] = ()
    group: int = 0

    @property
    def written(self) -> str:
        """As a value of ``where``."""
        head = f"{self.group}." * bool(self.group) + f"{self.name}.{self.operator}"
        return f"{head}.{','.join(map(_escaped, self.values))}" if self.values else head


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,")


@dataclass(frozen=True)
class Conditions:
    """All conditions of a list; ``any_of`` when one of them is enough."""

    all: tuple[Condition, ...] = ()
    any_of: bool = False


NONE = Conditions()


def condition_fields(noun: Noun) -> tuple[str, ...]:
    """Fields that conditions may be put on: declared filters, and whatever else has an index, as far as the person may read it."""
    offered = (name for name, field in noun.fields.items() if field.filterable or field.sortable or name in noun.filters)
    return tuple(name for name in offered if noun.fields[name].kind in OPERATORS and may_query(acting(), noun.model, name))


def operators_of(declared: Field) -> tuple[Operator, ...]:
    """How the field may be compared; what is always there is never empty."""
    return tuple(one for one in OPERATORS[declared.kind] if one not in SINGLE or not declared.required)


def read_conditions(noun: Noun, arguments: Any) -> Conditions:
    """Parse ``where`` and ``join`` (a MultiDict); raises :class:`Malformed` with one sentence for what is not offered."""
    written = [value for value in arguments.getlist("where") if value]
    if len(written) > MOST:
        raise Malformed(msg("A list takes up to %(most)s conditions.", most=MOST))
    if arguments.get("join", "") not in ("", "and", "or"):
        raise Malformed(msg("Conditions are joined by “and” or “or”."))
    return Conditions(tuple(_read(noun, one) for one in written), arguments.get("join") == "or")


def _read(noun: Noun, written: str) -> Condition:
    found = WRITTEN.fullmatch(written)
    if found is None:
        raise Malformed(msg("The condition “%(text)s” cannot be understood.", text=written[:60]))
    group, name, operator, values = found.groups()
    return checked_condition(noun, Condition(name, _operator(operator), _parts(values or ""), int(group or 0)))


def _operator(word: str) -> Operator:
    if word not in set(Operator):
        raise Malformed(msg("There is no comparison “%(name)s”.", name=word[:40]))
    return Operator(word)


def _parts(values: str) -> tuple[str, ...]:
    parts = [re.sub(r"\\(.)", r"\1", part) for part in PART.findall(values)]
    return tuple(part[:LONGEST].strip() for part in parts if part.strip())[: MOST_VALUES + 1]


def checked_condition(noun: Noun, one: Condition) -> Condition:
    """``one`` as it is when it is offered to the person; raises :class:`Malformed` else."""
    declared = noun.fields.get(one.name)
    if declared is not None and not may_query(acting(), noun.model, one.name):
        raise Malformed(msg("You may not read “%(field)s” openly, so the list cannot be filtered or ordered by it.", field=declared.label))
    if declared is None or one.name not in condition_fields(noun):
        raise Malformed(msg("The list cannot be filtered by “%(name)s” in this way.", name=one.name[:40]))
    if one.operator not in operators_of(declared):
        raise Malformed(msg("“%(field)s” cannot be compared in this way.", field=declared.label))
    least, most = {Operator.BETWEEN: (2, 2), **dict.fromkeys(SINGLE, (0, 0))}.get(one.operator, (1, MOST_VALUES))
    if one.operator in (Operator.GT, Operator.LT, Operator.IN, Operator.HAS):
        most = 1
    if not least <= len(one.values) <= most:
        raise Malformed(msg("The condition on “%(field)s” has no value, or too many.", field=declared.label))
    for value in one.values:
        _typed(declared, one.operator, value)
    return one


def _typed(declared: Field, operator: Operator, value: str) -> Any:
    """One value as the database compares it; raises :class:`Malformed` when it is none."""
    if operator is Operator.IN:
        if value not in set(Span):
            raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
        return Span(value)
    if declared.kind in ("date", "moment"):
        return day_of(value)
    if declared.kind in ("money", "quantity", "integer"):
        return _amount(declared, value)
    if declared.kind == "flag" and value not in ("0", "1"):
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
    return value if value in own_words(declared) else value_of(declared, checked(declared, value))


def own_words(declared: Field) -> Mapping[str, Message]:
    """Words that stand for whoever looks at the list."""
    department = {MY_DEPARTMENT: msg("My department")}
    return {"core_employee": {ME: msg("Myself"), **department}, "core_department": department}.get(declared.target, {})


def _amount(declared: Field, value: str) -> Decimal | int:
    places = {"money": 2, "quantity": 4}.get(declared.kind, 0)
    plain = plain_number(value)
    if not re.fullmatch(r"-?\d{1,12}" + (rf"(\.\d{{1,{places}}})?" if places else ""), plain, re.ASCII):
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=value[:40], field=declared.label))
    return Decimal(plain) if places else int(plain)


def clause_of(noun: Noun, conditions: Conditions) -> ColumnElement[bool] | None:
    """All of it as one condition of SQL; None when nothing is asked."""
    if not conditions.all:
        return None
    whole, within = (or_, and_) if conditions.any_of else (and_, or_)
    groups: dict[int, list[ColumnElement[bool]]] = {}
    for one in conditions.all:
        groups.setdefault(one.group, []).append(_comparison(noun, one))
    alone = groups.pop(0, [])
    return whole(*alone, *(within(*group) for group in groups.values()))


def _comparison(noun: Noun, one: Condition) -> ColumnElement[bool]:
    declared, column = noun.fields[one.name], column_of(noun, one.name)
    typed = [_typed(declared, one.operator, value) for value in one.values]
    if one.operator in SINGLE:
        nothing = or_(nothing_in(noun, one.name), column == "") if declared.kind in TEXTS else nothing_in(noun, one.name)
        return nothing if one.operator is Operator.EMPTY else not_(nothing)
    if declared.kind in ("date", "moment"):
        return _in_time(declared, column, one.operator, typed)
    if one.operator is Operator.HAS:
        found: ColumnElement[bool] = column.icontains(one.values[0], autoescape=True)
        return found
    compare: Mapping[Operator, Callable[[], Any]] = {
        Operator.IS: lambda: _among(declared, column, typed),
        Operator.NOT: lambda: or_(column.is_(None), not_(_among(declared, column, typed))),
        Operator.GT: lambda: column > typed[0],
        Operator.LT: lambda: column < typed[0],
        Operator.BETWEEN: lambda: column.between(min(typed), max(typed)),
    }
    return compare[one.operator]()  # type: ignore[no-any-return]


def _among(declared: Field, column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether the column holds one of ``values``; "me" and "my department" are those of whoever asks, each time anew."""
    plain: list[Any] = [value for value in values if value not in own_words(declared)]
    meant: list[Any] = []
    if ME in values and declared.target == "core_employee":
        plain.append(person().employee_id)
    if MY_DEPARTMENT in values and own_words(declared):
        departments = sorted({person().department_id, *person().subtree})
        colleagues = select(Employee.id).where(Employee.department_id.in_(departments))
        meant.append(column.in_(colleagues if declared.target == "core_employee" else departments))
    return or_(column.in_(plain), *meant) if meant else column.in_(plain)


def _in_time(declared: Field, column: Any, operator: Operator, typed: Sequence[Any]) -> ColumnElement[bool]:
    first: date | None
    last: date | None
    if operator is Operator.IN:
        first, last = typed[0].days(today())
    elif operator is Operator.GT:
        first, last = typed[0] + timedelta(days=1), None
    elif operator is Operator.LT:
        first, last = None, typed[0] - timedelta(days=1)
    else:
        first, last = min(typed), max(typed)
    ends = [column >= first_value(declared, first)] if first else []
    ends += [column < first_value(declared, last + timedelta(days=1))] if last else []
    return and_(*ends)
