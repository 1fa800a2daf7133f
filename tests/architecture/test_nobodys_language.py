"""What is stored is in nobody's language: words that were put into one reach no column, neither in the code nor while the house works.

Here the program speaks a tongue of its own; a word of it that is found in the database is a sentence of which another reader would
understand nothing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Connection, String, Text, cast, inspect, literal_column, select, table

from core.database.records import mappers
from core.kernel import words
from core.kernel.acting import System, acting_as
from core.operations import demo
from core.operations.companies import found
from core.web.nouns import Nouns
from core.work.running import run_due_jobs
from tests.architecture.test_code import place, product, tree
from tests.audit.test_languages import KINDS, Told, backed_up
from tests.conformance.examples import Examples
from tests.scenarios.story import Story
from tests.scenarios.ways import ByVerbs
from tests.world import World

MARK = "⟦"
"""How every sentence begins that the program has put into words for somebody."""
WORDED = {"label", "title", "plural", "message"}
"""Attributes that hold sentences of the program; ``str`` of a text that somebody typed is written by nobody."""
MARKED = {"msg", "Message", "gettext", "_"}


@pytest.fixture
def tongue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program speaks to everybody in a language that is its own, in the terminal and in jobs too."""
    monkeypatch.setattr(words, "translate", lambda text: f"{MARK}{text}⟧")
    monkeypatch.setattr(words, "has_app_context", lambda: True)


def words_in_columns(connection: Connection) -> dict[str, str]:
    """Each column of the database that holds words of the tongue, with the first of them."""
    kept, seen = {}, inspect(connection)
    for name in seen.get_table_names():
        for column in seen.get_columns(name):
            text = cast(literal_column(f'"{column["name"]}"'), Text)
            told = isinstance(column["type"], String | JSON)
            asked = select(text).select_from(table(name)).where(text.contains(MARK)).limit(1)
            if told and (value := connection.scalar(asked)) is not None:
                kept[f"{name}.{column['name']}"] = value
    return kept


def the_demonstration(told: Told) -> None:
    """A company that is founded, and what every plugin does by its verbs, in each state it knows."""
    with acting_as(System("test")), told.world.keguan.database.transaction() as session:
        found(session, told.world.keguan.registry, "yuanda", "远大")
    demo.fill(told.world.keguan.database, told.world.keguan.registry)


def an_example_of_everything(told: Told) -> None:
    """Each noun by its own verb."""
    nouns: Nouns = told.application.extensions["keguan"].nouns
    examples = Examples(told.world, nouns)
    for noun in nouns.by_path.values():
        if noun.create is not None and noun.plugin != "core":
            examples.one(noun)


def the_way_of_a_customer(told: Told) -> None:
    """From the first entry to money and service, with what one plugin makes of the words of another (an agreement by word of mouth)."""
    nouns: Nouns = told.application.extensions["keguan"].nouns
    Story(ByVerbs(told.world, nouns), told.world).tell()


def what_says_why_by_itself(told: Told) -> None:
    """Ways back, files, jobs, backups."""
    for do in (*KINDS.values(), backed_up):
        do(told, "en")


@pytest.mark.parametrize(
    "work",
    [the_demonstration, an_example_of_everything, the_way_of_a_customer, what_says_why_by_itself],
    ids=lambda work: work.__name__,
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_column_holds_words_of_the_language_of_whoever_wrote_them(
    world: World, application: Flask, work: Callable[[Told], None], tongue: None, tmp_path: Path
) -> None:
    keguan = world.keguan
    work(Told(application, world, tmp_path))
    run_due_jobs(keguan.database, keguan.registry)
    with keguan.database.engine.connect() as connection:
        assert words_in_columns(connection) == {}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_words_of_the_tongue_are_found_where_they_are_stored(world: World, tongue: None) -> None:
    with world.keguan.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE core_company SET name = ? WHERE slug = 'qiheng'", (str(words.msg("Company")),))
        assert words_in_columns(connection) == {"core_company.name": "⟦Company⟧"}


class Stores(ast.NodeVisitor):
    """Lines of one file at which words in a language are handed to what stores them."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self._named: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Names that stand for words in this function."""
        before, self._named = self._named, set()
        for one in ast.walk(node):
            if isinstance(one, ast.Assign) and self._worded(one.value):
                self._named |= {target.id for target in one.targets if isinstance(target, ast.Name)}
        self.generic_visit(node)
        self._named = before

    def visit_Assign(self, node: ast.Assign) -> None:
        """An attribute that is a column somewhere."""
        pairs = [pair for target in node.targets for pair in _pairs(target, node.value)]
        self.lines += [
            node.lineno for target, value in pairs if isinstance(target, ast.Attribute) and target.attr in columns() and self._worded(value)
        ]
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Columns of a new record; reasons; events of the trail."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [*enumerate(node.args), *((keyword.arg, keyword.value) for keyword in node.keywords)]
        places = reasons()[name] | classes().get(name, frozenset()) | {"reason"}
        self.lines += [node.lineno for at, value in given if (name == "record_event" or at in places) and self._worded(value)]
        self.generic_visit(node)

    def _worded(self, node: ast.expr) -> bool:
        """Whether ``node`` is a sentence of the program that has been put into words."""
        if isinstance(node, ast.Name):
            return node.id in self._named
        if isinstance(node, ast.Call):
            made = isinstance(node.func, ast.Name) and node.func.id == "str" and any(map(self._sentence, node.args))
            joined = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
            return made or (joined and any(self._worded(one) for arg in node.args for one in ast.walk(arg) if isinstance(one, ast.Call)))
        if isinstance(node, ast.JoinedStr):
            return any(self._sentence(one.value) for one in node.values if isinstance(one, ast.FormattedValue))
        parts = {ast.BoolOp: "values", ast.IfExp: "body orelse", ast.BinOp: "left right", ast.Subscript: "value"}.get(type(node), "")
        inside = [getattr(node, part) for part in parts.split()]
        return any(self._worded(one) for part in inside for one in (part if isinstance(part, list) else [part]))

    def _sentence(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id in MARKED
        return isinstance(node, ast.Attribute) and node.attr in WORDED


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=False)
    else:
        yield target, value


@cache
def classes() -> dict[str, frozenset[str]]:
    """Names of all stored classes, each with its columns."""
    return {mapper.class_.__name__: frozenset(column.key for column in mapper.column_attrs) for mapper in mappers()}


@cache
def columns() -> frozenset[str]:
    """Names of all columns."""
    return frozenset[str]().union(*classes().values())


@cache
def reasons() -> dict[str, set[Any]]:
    """Where a function asks for a reason: its name to the places of that argument, counted as a caller counts them."""
    found: dict[str, set[Any]] = defaultdict(set)
    for path in product():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                names = [one.arg for one in node.args.args if one.arg not in ("self", "cls")]
                found[node.name] |= {at for at, name in enumerate(names) if name in ("reason", "why", "because")}
    return found


def stores_words(code: ast.Module) -> list[int]:
    """The lines of ``code`` that hand words to what stores them."""
    seen = Stores()
    seen.visit(code)
    return seen.lines


def test_no_line_of_the_product_stores_words_of_a_language(application: Flask) -> None:
    assert [f"{place(path)}:{line}" for path in product() for line in stores_words(tree(path))] == []


@pytest.mark.parametrize(
    "line",
    [
        'give_reason(session, str(msg("Taken back")))',
        'erase_person(session, table, 1, None, str(msg("Over")))',
        'Order(noun, reason=str(msg("Taken back")))',
        "because(str(handler.title))",
        'Contract(title=deal.title, origin=str(msg("Opportunity: %(title)s", title=deal.title))[:200])',
        'oral.request_id, oral.origin = 7, str(msg("Service request"))',
        'record_event(session, "export", str(msg("Audit trail")))',
        "part.milestone = f\"{msg('Payment')} 1\"",
        'why = given or str(msg("Regular backup"))\n    make_backup(keguan, target, why, who)',
        'oral.origin = "、".join(str(one.label) for one in chosen)',
    ],
)
def test_a_line_that_stores_words_is_found(application: Flask, line: str) -> None:
    assert stores_words(ast.parse(f"def do():\n    {line}")) != []


@pytest.mark.parametrize(
    "line",
    ['give_reason(session, msg("Taken back"))', "give_reason(session, typed)", "Contract(title=deal.title[:160])", 'say(str(msg("Done")))'],
)
def test_a_line_that_stores_sentences_or_typed_texts_is_let_pass(application: Flask, line: str) -> None:
    assert stores_words(ast.parse(f"def do():\n    {line}")) == []
