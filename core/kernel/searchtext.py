"""Names made findable: one text of tokens per name, and queries over it, the same for SQLite's FTS5 and PostgreSQL's tsvector.

华为, 为技, huawei, wei ji, hw and hwjs all find 华为技术有限公司. The text of a name holds, separated by spaces: overlapping pairs of
Han characters in order, the single characters, the syllables of the pinyin in order, all of it in one word, its initials from every
place on, and the words and numbers in other scripts. Index it with FTS5 (``unicode61``) or ``to_tsvector('simple', …)``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.kernel.pinyin import VARIANTS, readings, syllables_in

NAME_CAP = 200
"""Characters of a name that are indexed."""
QUERY_CAP = 100
"""Characters of a query that are looked at."""
TERM_CAP = 8
WORD_CAP = 60
INITIALS_CAP = 8

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_SILENT = re.compile(r"['’`´\u0300-\u036f]")
_SAFE_HAN = re.compile(r"[\u3400-\u4db5\u4e00-\u9fcc]")
"""Characters that every tokenizer we use takes for letters; the rarer ones are written as ``u`` and their code."""

Unit = tuple[str, str]
"""A syllable or a word as it is typed in full, and what stands for it among the initials."""


@dataclass(frozen=True)
class Phrase:
    """Tokens that stand side by side; with ``prefix`` the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Query:
    """What somebody typed: every term must be found, by any one of its phrases. An empty query finds nothing."""

    terms: tuple[tuple[Phrase, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)


def tokens(name: str) -> str:
    """The text to index for ``name``; the empty text when it has neither letter nor digit."""
    pieces = _pieces(_plain(name[:NAME_CAP]))
    runs = [piece for kind, piece in pieces if kind == "han"]
    words = [piece for kind, piece in pieces if kind == "word"]
    ordered = [pair for run in runs for pair in _pairs(run)]
    loose = [_written(character) for run in runs for character in run]
    loose += [part for word in words for part in (word[:WORD_CAP], *_PARTS.findall(word[:WORD_CAP]))]
    for units in _spoken(pieces):
        ordered += [unit[:WORD_CAP] for unit, _initial in units]
        loose.append("".join(unit for unit, _initial in units)[:WORD_CAP])
        loose += _initials([initial for _unit, initial in units])
    return " ".join([*ordered, *dict.fromkeys(filter(None, loose))])


def query(text: str) -> Query:
    """What ``text`` asks for: terms separated by spaces, Han characters as phrases, Latin letters as word, pinyin or initials."""
    terms: dict[tuple[Phrase, ...], None] = {}
    for part in _plain(text[:QUERY_CAP]).split():
        for kind, piece in _pieces(part):
            terms[_han_term(piece) if kind == "han" else _word_term(piece)] = None
    return Query(tuple(terms)[:TERM_CAP])


def match_expression_sqlite(asked: Query) -> str:
    """For ``MATCH`` on an FTS5 table; an empty query gives an expression that matches nothing."""
    terms = (" OR ".join(f'"{" ".join(phrase.tokens)}"{" *" if phrase.prefix else ""}' for phrase in term) for term in asked.terms)
    return " AND ".join(f"({term})" for term in terms) or '""'


def match_expression_postgres(asked: Query) -> str:
    """For ``@@ to_tsquery('simple', …)``; an empty query gives an expression that matches nothing."""
    return " & ".join(f"({' | '.join(map(_tsquery, term))})" for term in asked.terms)


def _tsquery(phrase: Phrase) -> str:
    quoted = [f"'{token}'" for token in phrase.tokens]
    return "(" + " <-> ".join(quoted) + (":*" if phrase.prefix else "") + ")"


def _plain(text: str) -> str:
    """One width, lower case, no accents: ＡＢＣ, Abc and äbc are the same word; ü is v, as one types it."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    bare = _SILENT.sub("", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare)


def _pieces(text: str) -> list[tuple[str, str]]:
    """Runs of Han characters and of other letters and digits, in order; what stands between two Han runs does not part them."""
    pieces: list[tuple[str, str]] = []
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or ""
        if kind == "han" and pieces and pieces[-1][0] == "han":
            pieces[-1] = ("han", pieces[-1][1] + match[0])
        else:
            pieces.append((kind, match[0]))
    return pieces


@lru_cache(maxsize=50_000)
def _written(character: str) -> str:
    return character if _SAFE_HAN.match(character) else f"u{ord(character):x}"


def _pairs(run: str) -> Iterator[str]:
    characters = [_written(character) for character in run]
    return map("".join, pairwise(characters))


def _spoken(pieces: list[tuple[str, str]]) -> list[list[Unit]]:
    """The name as it is said, word by word and syllable by syllable, in each of its likely readings."""
    spoken: list[list[Unit]] = [[]]
    for kind, piece in pieces:
        if kind == "han":
            said = [[(syllable, syllable[0]) for syllable in reading] for reading in readings(piece)]
        else:
            said = [[(piece, piece)]]
        spoken = [[*before, *now] for before in spoken for now in said][:VARIANTS]
    return spoken


def _initials(units: list[str]) -> list[str]:
    rest = ["".join(units[start : start + INITIALS_CAP])[:INITIALS_CAP] for start in range(1, len(units))]
    return ["".join(units)[:WORD_CAP], *rest]


def _han_term(run: str) -> tuple[Phrase, ...]:
    return (Phrase(tuple(_pairs(run)) or (_written(run),)),)


def _word_term(word: str) -> tuple[Phrase, ...]:
    """The beginning of a word, of the pinyin or of the initials, or syllables anywhere in the name."""
    syllables = (Phrase(tuple(split), prefix=True) for split in syllables_in(word))
    return (Phrase((word[:WORD_CAP],), prefix=True), *syllables)
