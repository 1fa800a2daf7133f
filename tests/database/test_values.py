"""One value for one field: right kind, storable, within its limits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database.fields import Field
from core.database.values import clean_value
from core.kernel.acting import Scope
from core.kernel.errors import BadInput
from core.kernel.words import msg


def field(kind: str, **marks: Any) -> Field:
    """A field of the kind, 10 characters long where that counts."""
    return Field(kind, msg("Field"), max_length=10, **marks)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", "  two \n words ", "two words"),
        ("text", "", None),
        ("text", "e\u0301", "\u00e9"),
        ("text", "𠮷😀", "𠮷😀"),
        ("long_text", "a\r\nb\r", "a\nb"),
        ("integer", 7, 7),
        ("quantity", "1,234.5", Decimal("1234.5000")),
        ("money", "1,234.5", Decimal("1234.50")),
        ("date", date(2026, 2, 28), date(2026, 2, 28)),
        ("flag", False, False),
        ("reference", 5, 5),
        ("email", "a@b.cn", "a@b.cn"),
        ("phone", "０512-6688", "0512-6688"),
    ],
)
def test_a_good_value_is_brought_into_one_form(kind: str, value: Any, stored: Any) -> None:
    assert clean_value(field(kind), value) == stored


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "longer than ten"),
        ("text", "a\0"),
        ("text", "\ud800"),
        ("text", 5),
        ("integer", "5"),
        ("integer", True),
        ("integer", 2**31),
        ("quantity", "0.00001"),
        ("quantity", "NaN"),
        ("quantity", "1e30"),
        ("quantity", 1.5),
        ("money", "0.001"),
        ("money", "Infinity"),
        ("money", "1e20"),
        ("money", 0.1),
        ("date", "2026-02-31"),
        ("date", datetime(2026, 1, 1, tzinfo=UTC)),
        ("date", date(1, 1, 1)),
        ("moment", datetime(2026, 1, 1)),
        ("flag", 1),
        ("reference", "5"),
        ("reference", -1),
        ("reference", 2**63),
        ("email", "nobody"),
        ("phone", "call me"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(kind: str, value: Any) -> None:
    with pytest.raises(BadInput) as refused:
        clean_value(field(kind), value)
    assert str(refused.value).endswith((".", "it."))


def test_a_choice_is_taken_by_its_word_and_nothing_else() -> None:
    assert clean_value(field("choice", choices=Scope), "own") is Scope.OWN
    with pytest.raises(BadInput):
        clean_value(field("choice", choices=Scope), "OWN")


def test_a_required_field_is_not_emptied() -> None:
    with pytest.raises(BadInput):
        clean_value(field("text", required=True), "   ")


@given(st.text(), st.sampled_from(["text", "long_text"]))
def test_whatever_is_accepted_stays_as_it_is_when_it_is_sent_again(value: str, kind: str) -> None:
    try:
        stored = clean_value(field(kind), value)
    except BadInput:
        return
    assert clean_value(field(kind), stored) == stored
