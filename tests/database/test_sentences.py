"""A sentence is stored without a language and said in the reader's; what a person typed comes back as it was typed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database.sentences import said, stored
from core.kernel.words import Bilingual, Message, listed, msg, on_day
from core.operations.language import catalogues_of, speaking
from tests.world import World

NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
WORDS = st.text(max_size=30)
LEAVES = st.builds(lambda text, params: Message("t" + text, params), WORDS, st.dictionaries(NAMES, WORDS, max_size=3))
SENTENCES = st.recursive(
    LEAVES | st.dates().map(on_day),
    lambda inner: st.builds(Message, st.just("a %(b)s"), st.dictionaries(NAMES, WORDS | inner, max_size=3)),
    max_leaves=5,
)


@given(st.text() | SENTENCES.map(stored) | SENTENCES.map(lambda one: stored(one)[:-1]))
def test_what_was_typed_comes_back_as_it_was_typed(typed: str) -> None:
    assert said(stored(typed)) == typed


@given(SENTENCES)
def test_a_sentence_comes_back_with_its_values_and_the_sentences_inside(sentence: Message) -> None:
    back = said(stored(sentence))
    assert back == sentence
    assert isinstance(back, Message)
    assert stored(back) == stored(sentence)


@pytest.mark.parametrize(
    "typed",
    [
        '{"text": 5, "params": {}}',
        '{"text": "a", "params": {"b": 1}}',
        '{"text": "a"}',
        '{"text": "a", "params": {}, "day": "a"}',
        '{"text": ',
        "Prepayment",
        "",
    ],
)
def test_what_is_no_stored_sentence_is_a_text(typed: str) -> None:
    assert (said(typed), stored(typed)) == (typed, typed)


@given(st.text(min_size=1, max_size=300), st.integers(120, 400))
def test_a_sentence_that_is_too_long_loses_the_end_of_its_longest_value(title: str, longest: int) -> None:
    kept = stored(msg("Opportunity: %(title)s, %(kind)s", title=title, kind=msg("Won")), longest)
    assert len(kept) <= longest
    back = said(kept)
    assert isinstance(back, Message)
    assert str(back.params["kind"]) == "Won"
    whole = stored(msg("Opportunity: %(title)s, %(kind)s", title=title, kind=msg("Won")))
    assert kept == whole or back.params["title"].endswith("…")


def test_a_sentence_whose_own_words_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit into 20"):
        stored(msg("These are more words than there is room for."), 20)


def test_labels_in_both_languages_and_lists_of_words_are_kept_whole() -> None:
    label: Any = Bilingual("Retention money", {}, "质保金")
    back: Any = said(stored(msg("One of: %(words)s", words=listed([label, msg("Yes"), "x"]))))
    assert str(back) == "One of: Retention money, Yes, x"
    assert json.loads(stored(label))["chinese"] == "质保金"
    assert said(stored(label)) == label


@pytest.mark.requirement("R-495")
@pytest.mark.parametrize(("language", "shown"), [("zh_CN", "2026年12月1日"), ("en", "Dec 1, 2026")])
def test_a_day_in_a_stored_sentence_is_written_as_whoever_reads_it_writes_days(world: World, language: str, shown: str) -> None:
    kept = stored(msg("%(what)s until %(day)s", what="x", day=on_day(date(2026, 12, 1))))
    with speaking(language, catalogues_of(world.keguan.registry)):
        assert str(said(kept)).endswith(shown)
    assert on_day(None) == ""
