"""Help below a field is written for the field: it says more than the label, in both languages, wherever a mistake would cost something."""

from __future__ import annotations

import pytest
from flask import Flask

from core.database.fields import Field
from core.web.nouns import Noun
from tests.conformance.enumerated import chinese

EXPLAINED = frozenset({"money", "quantity", "date"})
"""Kinds of which a reader asks in which unit, including what, from when, and what follows on that day."""
LONGEST = 130


@pytest.fixture
def nouns(application: Flask) -> list[Noun]:
    """All nouns of the application."""
    return list(application.extensions["keguan"].nouns.by_path.values())


def explained(noun: Noun) -> dict[str, Field]:
    """Fields that people write and that need help: key fields, whatever has a unit, amounts and days."""
    found = {name: noun.fields[name] for name in noun.written}
    return {name: one for name, one in found.items() if one.history or one.unit is not None or one.kind in EXPLAINED}


def business(nouns: list[Noun]) -> list[Noun]:
    """Nouns of the plugins; people and rights have pages of their own."""
    return [one for one in nouns if one.plugin != "core"]


def test_every_field_where_a_mistake_costs_something_has_help(nouns: list[Noun]) -> None:
    bare = [f"{noun.path}.{name}" for noun in business(nouns) for name, one in explained(noun).items() if one.help is None]
    assert bare == []


def test_help_says_something_else_than_the_label(nouns: list[Noun]) -> None:
    told = [(f"{noun.path}.{name}", one) for noun in business(nouns) for name in noun.written if (one := noun.fields[name]).help]
    assert len(told) > 100
    for where, one in told:
        assert one.help is not None
        assert one.help.text.strip(" .").casefold() != one.label.text.casefold(), where
        assert len(one.help.text) <= LONGEST, where


def test_help_is_told_in_chinese_too(nouns: list[Noun]) -> None:
    missing = []
    for noun in business(nouns):
        known = chinese(noun.plugin)
        for name in noun.written:
            one = noun.fields[name]
            if one.help is not None and (not known.get(one.help.text) or known[one.help.text] == known.get(one.label.text)):
                missing.append(f"{noun.path}.{name}")
    assert missing == []
