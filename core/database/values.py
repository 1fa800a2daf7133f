"""One value for one field: of the right kind, storable, within its limits, in one canonical form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.database.fields import Field
from core.kernel.errors import BadInput
from core.kernel.money import plain_number, yuan
from core.kernel.words import Message, listed, msg

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_PHONE = re.compile(r"[0-9+()\-\s*#转,，、/extEXT.]+")
LARGEST_INTEGER = 2**31 - 1
LARGEST_ID = 2**63 - 1
LARGEST_QUANTITY = Decimal("99999999999.9999")


def clean_value(field: Field, value: Any) -> Any:
    """``value`` as it is stored in ``field``; the empty text counts as nothing.

    Raises :class:`BadInput` with the sentence for this one field.
    """
    if isinstance(value, str) and field.kind != "choice":
        value = _storable(value, field.kind == "long_text")
    if value in (None, ""):
        if field.required:
            raise BadInput(msg("This field must not be empty. Please fill it in."))
        return None
    return CLEANERS[field.kind](field, value)


def _storable(value: str, many_lines: bool) -> str:
    if _UNSTORABLE.search(value):
        raise BadInput(msg("The text holds a character that cannot be stored. Please type it again."))
    text = unicodedata.normalize("NFC", value).strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if many_lines else " ".join(text.split())


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(msg("This must be a text."))
    if len(value) > field.max_length:
        raise _wrong(msg("The text is longer than %(limit)s characters. Please shorten it.", limit=field.max_length))
    return value


def _email(field: Field, value: Any) -> str:
    text = _text(field, value)
    if not _EMAIL.fullmatch(text):
        raise _wrong(msg("This is not an e-mail address. Please write it like name@example.com."))
    return text


def _phone(field: Field, value: Any) -> str:
    text = unicodedata.normalize("NFKC", _text(field, value))
    if not _PHONE.fullmatch(text) or not any(character.isdigit() for character in text):
        raise _wrong(msg("This is not a telephone number. Please write it like 0512-6688 0000 or 138 0000 0000."))
    return text


def _integer(field: Field, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(msg("This must be a whole number."))
    if abs(value) > LARGEST_INTEGER:
        raise _wrong(msg("The number is too large."))
    return value


def _quantity(field: Field, value: Any) -> Decimal:
    if not isinstance(value, (int, str, Decimal)) or isinstance(value, bool):
        raise _wrong(msg("This is not a number. Please write only digits, like 1234.50."))
    try:
        number = Decimal(plain_number(str(value)))
    except InvalidOperation:
        raise _wrong(msg("This is not a number. Please write only digits, like 1234.50.")) from None
    if not number.is_finite() or abs(number) > LARGEST_QUANTITY:
        raise _wrong(msg("The number is too large."))
    if number != round(number, 4):
        raise _wrong(msg("The number has more than %(places)s decimals. Please round it.", places=4))
    return round(number, 4)


def _money(field: Field, value: Any) -> Decimal:
    if not isinstance(value, (int, str, Decimal)) or isinstance(value, bool):
        raise _wrong(msg("This is not an amount. Please write it like 1234.50."))
    return yuan(value)


def _date(field: Field, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _wrong(msg("This is not a date. Please write it like 2026-03-24."))
    if not 1900 <= value.year < 2200:
        raise _wrong(msg("The year must lie between 1900 and 2199. Please check it."))
    return value


def _moment(field: Field, value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _wrong(msg("This is not a time. Please give day, time and zone."))
    if not 1900 < value.year < 2199:
        raise _wrong(msg("The year must lie between 1900 and 2199. Please check it."))
    return value


def _choice(field: Field, value: Any) -> Any:
    assert field.choices is not None
    try:
        return field.choices(value)
    except ValueError:
        words = listed(member.label for member in field.choices)
        raise _wrong(msg("This is none of the allowed words: %(words)s.", words=words)) from None


def _flag(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(msg("Please write yes or no."))
    return value


def _reference(field: Field, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_ID:
        raise _wrong(msg("The chosen “%(field)s” does not exist, or you may not see it.", field=field.label))
    return value


def _wrong(reason: Message) -> BadInput:
    return BadInput(reason)


CLEANERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "long_text": _text,
    "sentence": _text,
    "email": _email,
    "phone": _phone,
    "integer": _integer,
    "quantity": _quantity,
    "money": _money,
    "date": _date,
    "moment": _moment,
    "choice": _choice,
    "code": _text,
    "flag": _flag,
    "reference": _reference,
}
"""By the kind of the field."""
