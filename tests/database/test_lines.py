"""Lines of a document: all that is wrong is said at once, each sentence at its line and field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.database.answers import clean_reason, needed_answer, needed_reason
from core.database.fields import Field
from core.database.lines import clean_lines, parted, wrong_goods
from core.kernel.errors import BadInput
from core.kernel.words import msg

AMOUNTS = some.decimals(-5, 5, places=2)


def _goods(line: Mapping[str, Any]) -> dict[str, Any]:
    if wrong := wrong_goods(line["quantity"], line["price"]):
        raise BadInput(fields=wrong)
    return dict(line)


@given(some.lists(some.fixed_dictionaries({"quantity": AMOUNTS, "price": AMOUNTS}), max_size=12))
def test_every_wrong_field_of_every_line_is_named(lines: list[dict[str, Decimal]]) -> None:
    wrong = {f"parts-{number}-quantity" for number, line in enumerate(lines) if line["quantity"] <= 0}
    wrong |= {f"parts-{number}-price" for number, line in enumerate(lines) if line["price"] < 0}
    if wrong:
        with pytest.raises(BadInput) as refused:
            clean_lines(lines, _goods, most=12, name="parts")
        assert set(refused.value.fields) == wrong
    else:
        assert clean_lines(lines, _goods, most=12, name="parts") == lines


def test_too_many_lines_are_refused_before_any_is_looked_at() -> None:
    with pytest.raises(BadInput) as refused:
        clean_lines([{}] * 3, _goods, most=2)
    assert set(refused.value.fields) == {"lines"}


def test_a_document_is_told_from_its_lines() -> None:
    assert parted({"title": "A", "parts": [{"name": "B"}]}, "parts") == ({"title": "A"}, [{"name": "B"}])
    assert parted({"title": "A"}) == ({"title": "A"}, None)  # not given: what is stored stays


@pytest.mark.parametrize("nothing", [None, "", "  ", "\n"])
def test_a_reason_that_is_needed_is_more_than_blanks(nothing: str | None) -> None:
    assert clean_reason(nothing) is None
    with pytest.raises(BadInput) as refused:
        needed_reason(nothing, "why")
    assert set(refused.value.fields) == {"why"}


def test_an_answer_is_refused_under_the_name_that_the_verb_gives_it() -> None:
    declared = Field("text", msg("Result"), "result", max_length=3)
    assert needed_answer(declared, " ok ", "outcome") == "ok"
    with pytest.raises(BadInput) as refused:
        needed_answer(declared, "too long", "outcome")
    assert set(refused.value.fields) == {"outcome"}
