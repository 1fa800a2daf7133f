"""Sentences in the database: stored as message id and values, said in the language of whoever reads them (R-495).

Nobody's language is stored: ``stored`` is the way in, ``said`` the way out, and :class:`Said` is both for a column. What a person typed
goes the same ways and stays as it was typed; so does what was stored as plain text before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.kernel.words import Bilingual, Day, Message, Plural

BEGINS = '{"text": '
"""How every stored sentence begins; the rest is JSON."""
SHAPES = ({"text", "params"}, {"text", "params", "chinese"}, {"text", "params", "plural", "number"}, {"text", "params", "day"})
TYPED = "%(typed)s"
"""What frames a typed text that would be taken for a stored sentence; no catalogue knows it."""
CUT = "…"


class Said(TypeDecorator[Any]):
    """A :class:`Message` or a typed text in a column of at most ``longest`` characters (0: of any length).

    Values inside a sentence keep what a person sees of them, further messages inside stay translatable.
    """

    impl = Text
    cache_ok = True

    def __init__(self, longest: int = 0) -> None:
        super().__init__()
        self.longest = longest

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(self.longest)) if self.longest else self.impl_instance

    def process_bind_param(self, value: Message | str | None, dialect: Dialect) -> str | None:
        return None if value is None else stored(value, self.longest)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Message | str | None:
        return None if value is None else said(value)


def stored(sentence: Message | str, longest: int = 0) -> str:
    """What is kept of ``sentence``: a message by its id and values, a typed text as it is.

    A sentence that is longer than ``longest`` characters loses the ends of its longest values; a typed text is never shortened here, but
    for one that itself looks like a stored sentence.
    """
    if not isinstance(sentence, Message):
        if not isinstance(said(sentence), Message):
            return sentence
        sentence = Message(TYPED, {"typed": sentence})
    plain = _plain(sentence)
    return _written(plain) if not longest else _fitting(plain, longest)


def said(text: str) -> Message | str:
    """What ``text`` of the database says: the sentence with its values, or the text that somebody typed."""
    if not text.startswith(BEGINS):
        return text
    try:
        found = json.loads(text)
    except ValueError:  # typed by somebody, or cut off in former times
        return text
    if not _is_sentence(found):
        return text
    typed: str = found["params"].get("typed", "")
    return typed if found["text"] == TYPED else _message(found)


def as_plain(value: Any) -> Any:
    """A value of a sentence as JSON keeps it: a message with its parts, else the words that a person sees."""
    return _plain(value)


def from_plain(value: Any) -> Any:
    """What :func:`as_plain` has kept."""
    return _message(value) if isinstance(value, dict) else value


def reworded(sentence: Any, found: re.Pattern[str], instead: str) -> Any:
    """The sentence with ``instead`` wherever ``found`` stands in a value of it; its own words stay, so that it is still translated."""
    if not isinstance(sentence, Message):
        return found.sub(instead, sentence) if isinstance(sentence, str) else sentence
    return replace(sentence, params={name: reworded(value, found, instead) for name, value in sentence.params.items()})


def _written(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if not isinstance(value, Message):
        return str(value)
    plain = {"text": value.text, "params": {name: _plain(part) for name, part in value.params.items()}}
    if isinstance(value, Plural):
        return plain | {"plural": value.plural, "number": str(value.number)}
    if isinstance(value, Day):
        return plain | {"day": value.text}
    return plain | {"chinese": value.chinese} if isinstance(value, Bilingual) else plain


def _message(value: dict[str, Any]) -> Message:
    params = {name: from_plain(part) for name, part in value["params"].items()}
    if "plural" in value:
        return Plural(value["text"], params, value["plural"], int(value["number"]))
    if "day" in value:
        return Day(value["text"])
    return Bilingual(value["text"], params, value["chinese"]) if "chinese" in value else Message(value["text"], params)


def _is_sentence(value: Any) -> bool:
    """Whether ``value`` has the shape that :func:`_plain` gives a message, down to its last part."""
    if not isinstance(value, dict) or value.keys() not in SHAPES:
        return False
    text, params, number = value["text"], value["params"], value.get("number", "0")
    further = (value.get("chinese", ""), value.get("plural", ""), number)
    words = isinstance(text, str) and all(isinstance(one, str) for one in further) and number.isdecimal() and isinstance(params, dict)
    return words and ("day" not in value or _is_day(text)) and all(isinstance(part, str) or _is_sentence(part) for part in params.values())


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _fitting(plain: dict[str, Any], longest: int) -> str:
    """``plain`` in at most ``longest`` characters; raises :class:`ValueError` where its own words alone are more."""
    while (over := len(text := _written(plain)) - longest) > 0:
        params, name = max(_values(plain), key=lambda one: len(one[0][one[1]]), default=({}, ""))
        if len(params.get(name, "")) <= len(CUT):
            raise ValueError(f"a sentence of {len(text)} characters does not fit into {longest}")
        params[name] = params[name][: -over - len(CUT)].rstrip() + CUT
    return text


def _values(plain: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every value inside that is words alone: the mapping that holds it, and its name there."""
    for name, part in plain["params"].items():
        if isinstance(part, dict):
            yield from _values(part)
        else:
            yield plain["params"], name
