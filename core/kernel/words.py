"""Words a person reads: written in English where they are used, shown in the reader's language when they are rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_skeleton
from flask import has_app_context
from flask.globals import app_ctx
from flask_babel import get_locale, get_translations
from markupsafe import escape

CHINESE = Locale.parse("zh_CN")


@dataclass(frozen=True)
class Message:
    """A sentence or a label, translated at the moment it is shown.

    ``text`` is the English message id; ``params`` fills its ``%(name)s`` places and may hold further messages.
    Outside an application (a command that failed early, a pure test) the English text itself is shown.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        translated = translate(self.text) if self.text and has_app_context() else self.text
        return translated % {key: str(value) for key, value in self.params.items()} if self.params else translated

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


@dataclass(frozen=True)
class Bilingual(Message):
    """A label that people have written in both languages; ``text`` is the English one."""

    chinese: str = ""

    def __str__(self) -> str:
        return self.text if not self.chinese or reads_english(outside=True) else self.chinese


@dataclass(frozen=True)
class Plural(Message):
    """A sentence that counts something: ``text`` is said of one, ``plural`` of any other ``number``."""

    plural: str = ""
    number: int = 0

    def __str__(self) -> str:
        words: str = (
            _spoken()[1].ungettext(self.text, self.plural, self.number)
            if has_app_context()
            else (self.text if self.number == 1 else self.plural)
        )
        return words % {key: str(value) for key, value in self.params.items()}


@dataclass(frozen=True)
class Day(Message):
    """A calendar day inside a sentence, written as the reader writes days: ``2026年12月1日``, ``Dec 1, 2026``. ``text`` is ISO's."""

    def __str__(self) -> str:
        return written_day("yMMMd", date.fromisoformat(self.text), str(locale())) if has_app_context() else self.text


@lru_cache(maxsize=4096)
def written_day(skeleton: str, day: date, locale: str) -> str:
    """A day by a pattern of the locale; a list shows the same few days over and over, and working one out takes longer than a cell."""
    return str(format_skeleton(skeleton, day, locale=locale))


def reads_english(*, outside: bool = False) -> bool:
    """Whether whoever reads has another language than Chinese; ``outside`` of an application nobody is known who reads."""
    return locale().language != "zh" if has_app_context() else outside


def locale() -> Locale:
    """The language of the reader and how it writes numbers and days; Chinese where nobody is known who reads."""
    return (_spoken()[0] if has_app_context() else None) or CHINESE


def translate(text: str) -> str:
    """``text`` in the language of the reader; needs an application context."""
    translated: str = _spoken()[1].ugettext(text)
    return translated


def _spoken() -> tuple[Locale | None, Any]:
    """The reader's language and its catalogue.

    A page says some three hundred words: both are looked up once for them all, and anew only where the language changes.
    """
    kept = app_ctx._get_current_object().g  # type: ignore[attr-defined]  # past the proxies, asked three times for each word
    place = getattr(kept, "_flask_babel", None)
    known: tuple[Locale | None, Any] | None = getattr(place, "keguan_spoken", None)
    if known is None or known[0] is not getattr(place, "babel_locale", None):
        known = get_locale(), get_translations()
        kept._flask_babel.keguan_spoken = known
    return known


def msg(text: str, /, **params: Any) -> Message:
    """Mark ``text`` for translation: the collector of messages reads the first argument of every call of this name."""
    return Message(text, params)


def on_day(day: date | None) -> Day | str:
    """``day`` for a place in a sentence, nothing for None; stored with it, it is said in the language of whoever reads it then."""
    return Day(day.isoformat()) if day is not None else ""


def counted(one: str, many: str, number: int, /, **params: Any) -> Plural:
    """``one`` or ``many`` as ``number`` asks, in whichever language; both are marked for translation like the text of :func:`msg`.

    Their place ``%(count)s`` is the number as people write it, unless ``params`` say it otherwise (``10,000+``).
    """
    return Plural(one, {"count": f"{number:,}", **params}, many, number)


def listed(words: Iterable[Message | str]) -> Message:
    """``words`` one after the other as one message: each is said in the language of the reader, also when the whole is stored."""
    return _joined(msg("%(first)s, %(others)s"), list(words))


def in_turn(sentences: Iterable[Message | str]) -> Message:
    """The same of ``sentences`` or longer parts, which may hold commas themselves."""
    return _joined(msg("%(first)s; %(others)s"), list(sentences))


def in_sentences(sentences: Iterable[Message | str]) -> Message:
    """The same of whole sentences, one behind the other."""
    return _joined(msg("%(first)s %(others)s"), list(sentences))


def labelled(label: Message | str, value: Message | str) -> Message:
    """A value behind what it is called."""
    return msg("%(label)s: %(value)s", label=label, value=value)


def _joined(between: Message, words: list[Message | str]) -> Message:
    """``words`` in their order; nested, so that what stands between them is translated too."""
    whole: Message | str = words.pop() if words else ""
    while words:
        whole = Message(between.text, {"first": words.pop(), "others": whole})
    return whole if isinstance(whole, Message) else Message("%(word)s", {"word": whole})


__all__ = [
    "Bilingual",
    "Day",
    "Message",
    "Plural",
    "counted",
    "in_sentences",
    "in_turn",
    "labelled",
    "listed",
    "msg",
    "on_day",
    "reads_english",
    "translate",
]
