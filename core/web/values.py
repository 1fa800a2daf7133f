"""From what was typed or sent to values of the right type: one marshmallow schema per set of declared fields (design 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from marshmallow.utils import missing

from core.database.fields import Field
from core.kernel.choices import Choice
from core.kernel.clock import SHANGHAI
from core.kernel.errors import BadInput
from core.kernel.money import plain_number, yuan
from core.kernel.words import Message, listed, msg


def load(declared: Iterable[Field], raw: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Return typed values of ``raw``; raises :class:`BadInput` with one sentence per field, unknown names included.

    With ``partial`` what is absent stays absent; it is never made empty.
    """
    schema = _schema(tuple(declared))
    try:
        return dict(schema.load(_clean(raw), partial=partial))
    except ValidationError as error:
        raise BadInput(fields={name: _first(said) for name, said in _by_field(error).items()}) from error


def _by_field(error: ValidationError) -> dict[str, Any]:
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}


def _first(said: Any) -> Message:
    while isinstance(said, list | dict):
        said = next(iter(said.values() if isinstance(said, dict) else said))
    return said if isinstance(said, Message) else SENTENCES.get(str(said), Message(str(said)))


OUT_OF_RANGE, NOT_CHOSEN = "Number too large.", "Not among the choices."
SENTENCES = {
    "Unknown field.": msg("This field does not exist or cannot be written directly. Please leave it out."),
    "Missing data for required field.": msg("Please fill this in."),
    "Field may not be null.": msg("Please fill this in."),
    "Invalid input type.": msg("This value is of the wrong kind. Please check what the field asks for."),
    "Not a valid integer.": msg("This is not a whole number. Please write it like 12."),
    "Not a valid number.": msg("This is not a number. Please write it like 12.5."),
    "Special numeric values (nan or infinity) are not permitted.": msg("This is not a number. Please write it like 12.5."),
    "Not a valid string.": msg("This is not text. Please enter words."),
    "Not a valid boolean.": msg("Please choose yes or no."),
    "Not a valid date.": msg("This day does not exist. Please write it like 2026-03-18."),
    "Not a valid datetime.": msg("This time does not exist. Please write it like 2026-03-18 09:30."),
    "Not a valid email address.": msg("This is not an e-mail address. Please write it like name@example.com."),
    OUT_OF_RANGE: msg("This number is too large or too small. Please check it."),
    NOT_CHOSEN: msg("This is not among the choices. Please choose from the list."),
}


def _clean(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Trim texts; an empty text is no value."""
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in raw.items()}
    return {name: None if value == "" else value for name, value in trimmed.items()}


@lru_cache(maxsize=512)
def _schema(declared: tuple[Field, ...]) -> Schema:
    made = {field.name: _typed(field) for field in declared}
    schema: Schema = Schema.from_dict(made)(unknown=RAISE)
    return schema


def schema_class(name: str, declared: tuple[Field, ...]) -> type[Schema]:
    """The same schema as a named class, for the description of the REST interface."""
    return Schema.from_dict({field.name: _typed(field) for field in declared}, name=name)


def _typed(field: Field) -> fields.Field:
    needed = field.required and field.default is None
    options: dict[str, Any] = {"required": needed, "allow_none": not needed and not field.required}
    if not field.required:
        options["load_default"] = missing
    maker = MAKERS.get(field.kind, _text)
    made: fields.Field = maker(field, options)
    return made


class _PlainText(fields.String):
    """Text without NUL, other control characters and lone surrogates, which no database keeps faithfully."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if any(ord(c) < 32 and c not in "\n\r\t" for c in text) or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
            raise ValidationError([msg("The text contains characters that cannot be stored. Please remove them.")])
        return text


class _Yuan(fields.Field):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Decimal:
        if isinstance(value, bool | float) and not float(value).is_integer():
            value = repr(value)
        try:
            return yuan(value)
        except BadInput as error:
            raise ValidationError([error.message]) from error


class _Quantity(fields.Decimal):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Decimal:
        number = super()._deserialize(plain_number(value) if isinstance(value, str) else value, attr, data, **options)
        assert isinstance(number, Decimal)
        if not number.is_finite() or abs(number) >= Decimal(10) ** 12 or number != number.quantize(Decimal("0.0001")):
            raise ValidationError([msg("A quantity has at most four decimals and twelve digits before them. Please shorten it.")])
        return number


class _Day(fields.Date):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:  # the library says datetime and gives date
        return _in_our_time(super()._deserialize(value, attr, data, **options))


def _in_our_time(day: date) -> date:
    """``day`` (a day or a moment) of the years that a business has to do with; a year beyond is a slip of the finger."""
    if not 1900 <= day.year < 2200:
        raise ValidationError([msg("The year must lie between 1900 and 2199. Please check it.")])
    return day


class _LocalMoment(fields.Field):
    """ISO text; without a zone it is the company's wall clock."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
            _in_our_time(moment)
            return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(["Not a valid datetime."]) from None


class _Chosen(fields.Field):
    def __init__(self, choices: type[Choice], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Choice:
        try:
            return self.choices(value)
        except ValueError:
            known = listed(choice.label for choice in self.choices)
            raise ValidationError([msg("This is not among the choices. Please choose one of: %(choices)s.", choices=known)]) from None


class _Short(validate.Validator):
    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, value: str) -> str:
        if len(value) > self.longest:
            raise ValidationError(
                [msg("At most %(most)s characters; this has %(has)s. Please shorten it.", most=self.longest, has=len(value))]
            )
        return value


def _text(field: Field, options: dict[str, Any]) -> fields.Field:
    return _PlainText(validate=_Short(field.max_length or 10_000), **options)


def _email(field: Field, options: dict[str, Any]) -> fields.Field:
    return fields.Email(validate=_Short(field.max_length or 254), **options)


def _integer(field: Field, options: dict[str, Any]) -> fields.Field:
    within = validate.Range(-(2**31), 2**31 - 1, error=OUT_OF_RANGE)
    return fields.Integer(strict=False, validate=within, **options)


def _reference(field: Field, options: dict[str, Any]) -> fields.Field:
    said = dict.fromkeys(("invalid", "too_large"), NOT_CHOSEN)
    return fields.Integer(validate=validate.Range(1, 2**63 - 1, error=NOT_CHOSEN), error_messages=said, **options)


MAKERS: dict[str, Any] = {
    "text": _text,
    "long_text": _text,
    "phone": _text,
    "email": _email,
    "integer": _integer,
    "reference": _reference,
    "code": _text,
    "quantity": lambda field, options: _Quantity(**options),
    "money": lambda field, options: _Yuan(**options),
    "date": lambda field, options: _Day(**options),
    "moment": lambda field, options: _LocalMoment(**options),
    "choice": lambda field, options: _Chosen(field.choices, **options),
    "flag": lambda field, options: fields.Boolean(**options),
}
