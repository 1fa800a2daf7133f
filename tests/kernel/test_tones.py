"""A colour means one thing: a state that is called alike is coloured alike, and whoever declares it otherwise is refused."""

from __future__ import annotations

import pytest

from core.kernel.choices import Choice
from core.kernel.tones import MEANING
from core.kernel.words import msg


class Kept(Choice):
    """States of something made up."""

    DRAFT = "draft", msg("Draft")
    VOID = "gone", msg("Void")
    OWN = "own", msg("Polished"), "note"
    PLAIN = "plain", msg("Scratched")


def test_a_word_of_the_table_needs_no_colour_and_a_word_of_ones_own_has_the_declared_one() -> None:
    assert [one.tone for one in Kept] == ["idle", "bad", "note", "idle"]


@pytest.mark.parametrize(("word", "tone"), [("Void", "good"), ("Draft", "bad"), ("Polished", "pink")])
def test_another_colour_for_a_word_is_refused_and_so_is_one_that_is_none(word: str, tone: str) -> None:
    with pytest.raises(ValueError, match=word):
        Choice("Wrong", {"ONE": ("one", msg(word), tone)})  # type: ignore[call-overload]


@pytest.mark.parametrize("word", ["Void", "Lost", "Rejected", "Refused", "Failed", "Declined", "Overdue", "Problem", "Stopped"])
def test_what_stands_badly_is_red(word: str) -> None:
    assert MEANING[word] == "bad"
