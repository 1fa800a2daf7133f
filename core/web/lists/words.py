"""Conditions in words: on the chips above a list, and in the wish for an export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from core.database.fields import Field
from core.kernel.words import Message, listed, msg, on_day
from core.web.codes import code_label
from core.web.conditions import Condition, Operator, own_words
from core.web.listing import Query
from core.web.nouns import Noun
from core.web.showing import YES_NO
from core.web.spans import Span

Named = Callable[[Field, str], Message | str]
"""What a picked record of a reference is called."""
OPERATOR_LABELS = {
    Operator.IS: msg("is"),
    Operator.NOT: msg("is not"),
    Operator.HAS: msg("contains"),
    Operator.GT: msg("greater than"),
    Operator.LT: msg("less than"),
    Operator.BETWEEN: msg("between"),
    Operator.EMPTY: msg("is empty"),
    Operator.FILLED: msg("is not empty"),
}
TIME_LABELS = {Operator.GT: msg("after"), Operator.LT: msg("before"), Operator.IS: msg("on")}


def operator_label(declared: Field, operator: Operator) -> Message:
    """The word for a comparison of the field."""
    times = TIME_LABELS if declared.kind in ("date", "moment") else {}
    return times.get(operator, OPERATOR_LABELS[operator])


def told_condition(noun: Noun, one: Condition, named: Named) -> str:
    """What a condition says of its field."""
    declared = noun.fields[one.name]
    values = [str(told_value(declared, value, named)) for value in one.values]
    if one.operator in (Operator.IS, Operator.IN):
        return str(listed(values))
    if one.operator is Operator.BETWEEN:
        return " – ".join(values)
    return " ".join(filter(None, (str(operator_label(declared, one.operator)), str(listed(values)))))


def told_span(query: Query, name: str) -> str:
    """From which day to which the field of a list that is asked for lies; either may be open."""
    return f"{on_day(query.since.get(name))} – {on_day(query.until.get(name))}"


def told_value(declared: Field, value: str, named: Named) -> Message | str:
    """A value as people know it."""
    if own := own_words(declared).get(value):
        return own
    if declared.kind in ("date", "moment") and value in set(Span):
        return Span(value).label
    tell: Mapping[str, Callable[[], Message | str]] = {
        "choice": lambda: declared.choices(value).label if declared.choices is not None else value,
        "code": lambda: code_label(declared, value),
        "reference": lambda: named(declared, value),
        "flag": lambda: YES_NO[value == "1"],
        "money": lambda: f"¥{value}",
        "date": lambda: on_day(date.fromisoformat(value)),
        "moment": lambda: on_day(date.fromisoformat(value)),
    }
    return tell[declared.kind]() if declared.kind in tell else value
