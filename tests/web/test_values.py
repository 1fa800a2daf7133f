"""What cannot be accepted is told beside its field: what is wrong with it, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from core.database.fields import Field
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.web.values import SENTENCES, load
from plugins.customers.rules import CustomerKind

LARGE = 10**40


def refusal(kind: str, raw: Any, **more: Any) -> str:
    """What is said of ``raw`` in a field of the kind."""
    with pytest.raises(BadInput) as refused:
        load((Field(kind, msg("Field"), "one", required=True, **more),), {"one": raw})
    return str(refused.value.fields["one"])


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        ("text", "", "Please fill this in."),
        ("text", 7, "This is not text."),
        ("text", "x" * 11, "At most 10 characters; this has 11."),
        ("integer", "a dozen", "This is not a whole number."),
        ("integer", LARGE, "This number is too large or too small."),
        ("integer", float("inf"), "This number is too large or too small."),
        ("quantity", "a dozen", "This is not a number."),
        ("quantity", "0.00001", "A quantity has at most four decimals"),
        ("money", "a dozen", "This is not an amount."),
        ("money", LARGE, "This amount is too large"),
        ("money", "0.001", "An amount has at most two decimals."),
        ("date", "2026-02-31", "This day does not exist."),
        ("date", "0026-02-01", "The year must lie between 1900 and 2199."),
        ("moment", "2026-02-31 10:00", "This time does not exist."),
        ("email", "nobody", "This is not an e-mail address."),
        ("flag", "perhaps", "Please choose yes or no."),
        ("reference", "somebody", "This is not among the choices."),
        ("reference", LARGE, "This is not among the choices."),
        ("choice", "nothing", "This is not among the choices."),
    ],
)
def test_a_wrong_value_is_told_with_what_to_do(kind: str, raw: Any, said: str) -> None:
    more = {"choices": CustomerKind} if kind == "choice" else {"max_length": 10}
    told = refusal(kind, raw, **more)
    assert told.startswith(said)
    assert "Please" in told


def test_what_the_library_says_never_reaches_a_person() -> None:
    assert all("Please" in str(sentence) for sentence in SENTENCES.values())
