"""Putting conditions together: a form whose answers become the address of a list. It reads and writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from core.database.fields import TEXTS, Field
from core.kernel.errors import Malformed
from core.kernel.words import Message, msg
from core.web.addresses import address
from core.web.codes import code_options
from core.web.conditions import MOST, Condition, Conditions, Operator, checked_condition, condition_fields, operators_of, own_words
from core.web.lists.chips import named_by
from core.web.lists.naming import Names
from core.web.lists.words import operator_label
from core.web.nouns import Noun, Nouns
from core.web.pages import BuilderPage, BuilderRow, FilterOption, Link, Say
from core.web.showing import view_name
from core.web.spans import Span

Typed = Any
"""The answers as a MultiDict: per row n its field ``fn``, operator ``on``, values ``vn`` (and ``wn``), group ``gn``."""
PREFIX = "in."
"""Before the word of a span among the operators of a day."""


def typed_rows(noun: Noun, form: Typed) -> list[Condition]:
    """The rows as they are typed, whether or not they can be asked; fields that are not offered are left out."""
    offered, found = condition_fields(noun), []
    for number in range(MOST):
        name = form.get(f"f{number}", "")
        if name in offered:
            found.append(_typed_row(noun.fields[name], form, number))
    return found


def _typed_row(declared: Field, form: Typed, number: int) -> Condition:
    word, group = form.get(f"o{number}", ""), form.get(f"g{number}", "0")
    values = [value.strip() for value in form.getlist(f"v{number}") if value.strip()]
    if word.startswith(PREFIX):
        word, values = str(Operator.IN), [word.removeprefix(PREFIX)]
    operator = Operator(word) if word in set(operators_of(declared)) else operators_of(declared)[0]
    if operator is Operator.BETWEEN:
        values = [value for value in (*values[:1], form.get(f"w{number}", "").strip()) if value]
    elif operator in (Operator.EMPTY, Operator.FILLED):
        values = []
    return Condition(declared.name, operator, tuple(values), int(group) if group in set("123456789") else 0)


def list_address(noun: Noun, asked: str, rows: Sequence[Condition], *, any_of: bool) -> str:
    """The list with these conditions instead of the earlier ones; raises :class:`Malformed` for a row that cannot be asked."""
    kept = [(key, value) for key, value in parse_qsl(asked) if key not in ("where", "join", "page")]
    where = [("where", checked_condition(noun, one).written) for one in rows]
    join = [("join", "or")] if any_of and len(rows) > 1 else []
    return f"{address(f'{view_name(noun)}.list')}?{urlencode([*kept, *join, *where]) or 'view=all'}"


def builder_page(nouns: Nouns, noun: Noun, asked: str, conditions: Conditions, names: Names, error: Malformed | None = None) -> BuilderPage:
    """The form with ``conditions`` in its rows; ``asked`` is the address that it goes on from."""
    back = address(f"{view_name(noun)}.list")
    fields = {name: noun.fields[name].label for name in condition_fields(noun)}
    return BuilderPage(
        title=msg("Filter: %(list)s", list=noun.plural),
        crumbs=(Link(noun.plural, back),),
        back=Link(noun.plural, back),
        action=url_for("ListsView.conditions", name=noun.path),
        asked=asked,
        rows=tuple(_row(nouns, noun, number, one, names) for number, one in enumerate(conditions.all)),
        any_of=conditions.any_of,
        fields=tuple(FilterOption(name, label) for name, label in fields.items()),
        full=len(conditions.all) >= MOST,
        cancel_href=f"{back}?{asked}",
        says=(Say(error.message),) if error is not None else (),
    )


def _row(nouns: Nouns, noun: Noun, number: int, one: Condition, names: Names) -> BuilderRow:
    declared = noun.fields[one.name]
    target = nouns.by_table.get(declared.target)
    return BuilderRow(
        number=number,
        name=one.name,
        label=declared.label,
        group=one.group,
        operators=_operators(declared, one),
        control=_control(declared),
        options=_options(declared, one, names),
        search_href=address(f"{view_name(target)}.choices") if target is not None else "",
        first=one.values[0] if one.values and one.operator is not Operator.IN else "",
        second=one.values[1] if one.operator is Operator.BETWEEN and len(one.values) > 1 else "",
    )


def _operators(declared: Field, one: Condition) -> tuple[FilterOption, ...]:
    """Comparisons to choose from; for a day the spans that move with today stand among them."""
    found = []
    for operator in operators_of(declared):
        if operator is Operator.IN:
            found += [FilterOption(f"{PREFIX}{span}", span.label, span.value in one.values and one.operator is operator) for span in Span]
        else:
            found.append(FilterOption(str(operator), operator_label(declared, operator), operator is one.operator))
    return tuple(found)


def _control(declared: Field) -> str:
    if declared.kind in TEXTS:
        return "text"
    return {"date": "date", "moment": "date", "money": "number", "integer": "number", "quantity": "number"}.get(declared.kind, "choose")


def _options(declared: Field, one: Condition, names: Names) -> tuple[FilterOption, ...]:
    """What can be chosen; of a reference "me" and "my department", and what is picked already."""
    picked = set(one.values)
    offered: Mapping[str, Message | str] = {}
    if declared.choices is not None:
        offered = {str(choice.value): choice.label for choice in declared.choices}
    elif declared.kind == "code":
        offered = {option.value: option.label for option in code_options(declared)}
    elif declared.kind == "flag":
        offered = {"1": msg("Yes"), "0": msg("No")}
    elif declared.kind == "reference":
        called = named_by(names)
        known = {value: called(declared, value) for value in one.values if value not in own_words(declared) and value.isdigit()}
        offered = {**own_words(declared), **known}
    return tuple(FilterOption(value, label, value in picked) for value, label in offered.items())
