"""A day inside a sentence is given by ``on_day``: it is said as its reader writes days, also where the sentence is stored."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.architecture.test_code import place, product, tree

SAYING = {"msg", "counted", "labelled", "listed", "in_turn", "Message"}
WRITTEN_BY_HAND = {"isoformat", "ctime"}
OF_A_DAY = {"year", "month", "day"}
A_DAY = {"date", "date | None"}


@cache
def names_of_days() -> frozenset[str]:
    """Fields of records that hold a day and nothing else anywhere."""
    kinds: dict[str, set[str]] = {}
    for path in product():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(node.value, ast.Call):
                kinds.setdefault(node.target.id, set()).add(ast.unparse(node.value.func))
    return frozenset(name for name, makers in kinds.items() if makers == {"fields.day"})


def days_given(module: ast.Module) -> Iterator[ast.expr]:
    """What sentences of ``module`` are given that is a bare day, or one written by hand."""
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        asked = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        known = {one.arg for one in asked if one.annotation is not None and ast.unparse(one.annotation) in A_DAY}
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SAYING:
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                yield from (one for one in given if is_day(one, known))


def is_day(given: ast.expr, known: set[str]) -> bool:
    """Whether ``given`` is a day that says nothing of its reader; ``known`` are names of days."""
    match given:
        case ast.Name(id=name):
            return name in known
        case ast.Attribute(attr=name):
            return name in names_of_days()
        case ast.JoinedStr(values=parts):
            return any(isinstance(part, ast.FormattedValue) and (is_day(part.value, known) or is_part_of_day(part)) for part in parts)
        case ast.Call(func=ast.Name(id="today")):
            return True
        case ast.Call(func=ast.Name(id="str" | "Bilingual"), args=args):
            return any(is_day(one, known) for one in args)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in WRITTEN_BY_HAND
        case ast.BoolOp(values=others):
            return any(is_day(one, known) for one in others)
        case ast.IfExp(body=first, orelse=second):
            return is_day(first, known) or is_day(second, known)
    return False


def is_part_of_day(part: ast.FormattedValue) -> bool:
    return isinstance(part.value, ast.Attribute) and part.value.attr in OF_A_DAY


def test_no_sentence_is_given_a_bare_day() -> None:
    bare = [f"{place(path)}:{one.lineno}: {ast.unparse(one)}" for path in product() for one in days_given(tree(path))]
    assert bare == [], "a sentence takes a day by on_day"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ("day", True),
        ("str(day)", True),
        ("f'{day}'", True),
        ("day.isoformat()", True),
        ("today()", True),
        ("day or today()", True),
        ("contract.signed_on", True),
        ("f'{other.year}-{other.month}'", True),
        ("on_day(day)", False),
        ("formats.day(day, today())", False),
        ("contract.number", False),
    ],
)
def test_bare_days_are_told_from_days_that_are_said(given: str, *, refused: bool) -> None:
    function = f"def say(day: date) -> Message:\n    return msg('from %(day)s', day={given})\n"
    assert bool(list(days_given(ast.parse(function)))) is refused
