"""Names are found by any characters, by pinyin and by initials, in the search engines that we really use."""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.kernel.pinyin import readings, syllables_in
from core.kernel.searchtext import Query, match_expression_postgres, match_expression_sqlite, query, tokens

Found = Callable[[str, str], bool]

HAN = st.one_of(
    st.sampled_from("华为技术有限公司重庆银行长城厦门乐都单曾吕绿行"),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF),
    st.characters(min_codepoint=0x20000, max_codepoint=0x323AF),
)
OTHER = st.sampled_from(list("Aa9 -()（）·'\"*&|:!<>🚀éＡ３"))
NAMES = st.lists(st.one_of(HAN, HAN, HAN, OTHER), min_size=1, max_size=30).map("".join)
HAN_NAMES = st.text(HAN, min_size=1, max_size=20)


def is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    """Whether a real FTS5 table finds a name."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE names USING fts5(tokens, tokenize='unicode61')")

    def find(name: str, text: str) -> bool:
        connection.execute("DELETE FROM names")
        connection.execute("INSERT INTO names VALUES (?)", (tokens(name),))
        expression = match_expression_sqlite(query(text))
        return connection.execute("SELECT count(*) FROM names WHERE names MATCH ?", (expression,)).fetchone() == (1,)

    yield find
    connection.close()


FINDS = [
    ("华为技术有限公司", "华为"),
    ("华为技术有限公司", "huawei"),
    ("华为技术有限公司", "hw"),
    ("华为技术有限公司", "HW"),
    ("华为技术有限公司", "ｈｕａｗｅｉ"),
    ("华为技术有限公司", "hua wei"),
    ("华为技术有限公司", "huaw"),
    ("华为技术有限公司", "jishu"),
    ("华为技术有限公司", "jish"),
    ("华为技术有限公司", "js"),
    ("华为技术有限公司", "华 js"),
    ("华为技术有限公司", "司"),
    ("华为（深圳）技术有限公司", "华为深圳"),
    ("深圳市华为技术有限公司", "hwjs"),
    ("西安飞机", "xi'an"),
    ("西安飞机", "xian"),
    ("重庆银行", "cqyh"),
    ("重庆银行", "chongqingyinhang"),
    ("重庆银行", "zhongqing"),
    ("厦门单氏", "xiamenshanshi"),
    ("吕氏春秋", "lvshi"),
    ("绿地集团", "ludi"),
    ("3M中国有限公司", "3m"),
    ("空客A320维修", "320"),
    ("空客Ａ３２０维修", "a320"),
    ("TCL科技", "tclkj"),
    ("L'Oréal 欧莱雅", "loreal"),
    ("L'Oréal 欧莱雅", "L’ORÉAL"),
    ("*ST国华", "*st国"),
]
MISSES = [
    ("华为技术有限公司", "为华"),
    ("华为技术有限公司", "华技"),
    ("华为技术有限公司", "中兴"),
    ("华为技术有限公司", "wh"),
    ("华为技术有限公司", "华为 中兴"),
    ("华为技术有限公司", "(((("),
    ("华为技术有限公司", ""),
    ("华为技术有限公司", '" OR "'),
    ("", "华"),
]


@pytest.mark.parametrize(("name", "text"), FINDS)
def test_a_name_is_found_by_characters_pinyin_and_initials(found: Found, name: str, text: str) -> None:
    assert found(name, text)


@pytest.mark.parametrize(("name", "text"), MISSES)
def test_other_words_do_not_find_it(found: Found, name: str, text: str) -> None:
    assert not found(name, text)


@settings(max_examples=300, deadline=None)
@given(NAMES, st.data())
def test_any_characters_that_stand_together_in_a_name_find_it(found: Found, name: str, data: st.DataObject) -> None:
    starts = [place for place, character in enumerate(name) if is_han(character)]
    assume(starts)
    start = data.draw(st.sampled_from(starts))
    end = start + 1
    while end < len(name) and is_han(name[end]) and data.draw(st.booleans()):
        end += 1
    assert found(name, name[start:end])


@settings(max_examples=300, deadline=None)
@given(HAN_NAMES, st.data())
def test_the_beginning_of_pinyin_and_of_initials_finds_a_name(found: Found, name: str, data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(readings(unicodedata.normalize("NFKC", name))))
    for whole in ("".join(said), "".join(syllable[0] for syllable in said)):
        assert found(name, whole[: data.draw(st.integers(1, len(whole)))])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_whatever_breaks_the_engine(found: Found, name: str, text: str) -> None:
    assume("\0" not in name and not any("\ud800" <= character <= "\udfff" for character in name + text))
    assert found(name, text) in (True, False)


def test_what_is_indexed_and_asked_is_bounded() -> None:
    assert len(tokens("华" * 100_000)) < 10_000
    assert len(tokens("x" * 100_000)) < 1_000
    assert len(match_expression_sqlite(query("华 " * 10_000))) < 1_000
    assert len(query(" ".join("甲乙丙丁戊己庚辛壬癸")).terms) == 8
    assert list(syllables_in("a" * 60))
    assert not list(syllables_in("zzzz" * 15))


def test_an_empty_question_is_false_and_matches_nothing() -> None:
    assert not query("((((")
    assert query("((((") == Query()
    assert query("华")


def test_rare_characters_are_written_so_that_every_tokenizer_keeps_them() -> None:
    assert tokens("𫝀").split()[0].isascii()


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    url = os.environ["KEGUAN_TEST_POSTGRES"].replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.postgres
@pytest.mark.parametrize(("name", "text", "expected"), [(*pair, True) for pair in FINDS] + [(*pair, False) for pair in MISSES])
def test_postgresql_finds_and_misses_the_same(postgres: psycopg.Connection, name: str, text: str, expected: bool) -> None:
    values = (tokens(name), match_expression_postgres(query(text)))
    row = postgres.execute("SELECT to_tsvector('simple', %s) @@ to_tsquery('simple', %s)", values).fetchone()
    assert row == (expected,)
