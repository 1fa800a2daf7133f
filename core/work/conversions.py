"""Cells become values: one function per kind of column, strict, so that nothing is stored that was not meant.

Each takes the trimmed text and the column's settings, and raises :class:`CellError` with the reason to show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal

from core.kernel.clock import SHANGHAI
from core.kernel.words import Message, msg
from core.work.regions import province

Value = str | int | bool | date | datetime | Decimal

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))  # not U+200D, which joins emoji
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})(?:-|/|\.|月)?(\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_CLOCK = re.compile(r"(?P<day>.*?\d日?)(?:[ T]+(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2})(?:\.\d+)?)?)?")
_NOON = time(12)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_TRUE = frozenset({"true", "yes", "y", "1", "是", "有", "√"})
_FALSE = frozenset({"false", "no", "n", "0", "否", "无", "×"})
_BIGGEST = 2**63 - 1


class CellError(ValueError):
    """A cell that cannot become a value; ``reason`` says why and what to do."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text)
        self.reason = reason


@dataclass(frozen=True)
class Rules:
    """What a column accepts.

    ``most`` characters of a text, ``places`` decimals and ``digits`` in all of a decimal, ``values`` from the file's words to the field's.
    """

    most: int = 200
    places: int = 2
    digits: int = 15
    half_width: bool = False
    many_lines: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


def trimmed(cell: str) -> str:
    """``cell`` without invisible marks and without space around it; refuses what no database can store."""
    text = cell.translate(_INVISIBLE).strip()
    if _UNSTORABLE.search(text):
        raise CellError(msg("The text holds a character that cannot be stored. Please type it again."))
    return text


def to_text(text: str, rules: Rules) -> str:
    """Text in NFC on one line, or several where allowed; ``half_width`` turns ０１２ＡＢＣ into 012ABC, for codes that must match."""
    lines = text if rules.many_lines else " ".join(text.split())
    value = unicodedata.normalize("NFKC" if rules.half_width else "NFC", lines)
    if len(value) > rules.most:
        raise CellError(msg("The text is longer than %(limit)s characters. Please shorten it.", limit=rules.most))
    return value


def to_date(text: str, rules: Rules) -> date:
    """A day of the years 1900 to 2199, year first (2026-03-24, 2026/3/24, 20260324, 2026年3月24日)."""
    found = _DATE.fullmatch(_plain(text))
    if found is None or not _year_first(found[0]):
        raise CellError(msg("This is not a date. Please write it like 2026-03-24."))
    year, month, day = (int(part) for part in found.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        raise CellError(msg("There is no such day in the calendar. Please check month and day.")) from None
    if not 1900 <= year < 2200:
        raise CellError(msg("The year must lie between 1900 and 2199. Please check it."))
    return value


def to_moment(text: str, rules: Rules) -> datetime:
    """A time in China, as UTC: a day as :func:`to_date` reads it and the clock (14:30, 14:30:05); a bare day counts as its noon."""
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise CellError(msg("This is not a time. Please write it like 2026-03-24 14:30."))
    day = to_date(found["day"], rules)
    if found["hour"] is None:
        return datetime.combine(day, _NOON, SHANGHAI).astimezone(UTC)
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        raise CellError(msg("This is not a time. Please write it like 2026-03-24 14:30.")) from None
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def _year_first(text: str) -> bool:
    """Eight digits need no separators; with fewer, month and day would be a guess."""
    return len(text) - len(text.lstrip("0123456789")) in {4, 8}


def to_int(text: str, rules: Rules) -> int:
    """A whole number, thousands separators allowed."""
    value = _number(text)
    if value != value.to_integral_value():
        raise CellError(msg("This must be a whole number."))
    if abs(value) > _BIGGEST:
        raise CellError(msg("The number is too large."))
    return int(value)


def to_decimal(text: str, rules: Rules) -> Decimal:
    """An exact number; one with more decimals than ``places`` is refused, never rounded."""
    value = _number(text.lstrip("¥￥").strip())
    if value != round(value, rules.places):
        raise CellError(msg("The number has more than %(places)s decimals. Please round it.", places=rules.places))
    if abs(value) >= Decimal(10) ** (rules.digits - rules.places):
        raise CellError(msg("The number is too large."))
    return round(value, rules.places)


def to_choice(text: str, rules: Rules) -> str:
    """The value that the profile gives for this word."""
    words = {_plain(word): value for word, value in rules.values.items()}
    value = words.get(_plain(text))
    if value is None:
        raise CellError(msg("This is none of the allowed words: %(words)s.", words=", ".join(rules.values)))
    return value


def to_bool(text: str, rules: Rules) -> bool:
    """Yes or no, in the usual words of both languages."""
    word = _plain(text)
    if word not in _TRUE | _FALSE:
        raise CellError(msg("Please write yes or no."))
    return word in _TRUE


def to_region(text: str, rules: Rules) -> str:
    """The short name of a province; ``values`` may add other names, such as a city that is kept apart."""
    value = rules.values.get(text) or province(text)
    if value is None:
        raise CellError(msg("This is not the name of a province. Please write it like %(short)s or %(full)s.", short="浙江", full="浙江省"))
    return value


def _number(text: str) -> Decimal:
    plain = _plain(text)
    if not _NUMBER.fullmatch(plain) or len(plain) > 40:
        raise CellError(msg("This is not a number. Please write only digits, like 1234.50."))
    return Decimal(plain.replace(",", ""))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


CONVERSIONS: Mapping[str, Callable[[str, Rules], Value]] = {
    "text": to_text,
    "date": to_date,
    "moment": to_moment,
    "int": to_int,
    "decimal": to_decimal,
    "choice": to_choice,
    "bool": to_bool,
    "region": to_region,
}
"""By the name that a profile uses in ``convert``."""
