"""Column types: money as whole fen, moments in UTC, choices as their stored word."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.kernel.choices import Choice
from core.kernel.money import from_fen, to_fen

Identity = BigInteger().with_variant(Integer, "sqlite")
"""Primary keys: 64 bit, and on SQLite the row id itself."""


class Fen(TypeDecorator[Decimal]):
    """``Decimal`` yuan in Python, whole fen in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_fen(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_fen(value)


class Quantity(TypeDecorator[Decimal]):
    """``Decimal`` with at most four decimals, stored as whole ten-thousandths (SQLite would keep NUMERIC as float)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(4))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-4)


class Moment(TypeDecorator[datetime]):
    """An aware moment; UTC in the database whatever zone it was given in."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Chosen(TypeDecorator[Choice]):
    """A member of ``choices``, stored as its word."""

    impl = String(40)
    cache_ok = True

    def __init__(self, choices: type[Choice]) -> None:
        super().__init__()
        self.choices = choices
        self._members: dict[str, Choice] = {str(one.value): one for one in choices}

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return str(value if isinstance(value, self.choices) else self.choices(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Choice | None:
        if value is None:
            return None
        return self._members[value] if value in self._members else self.choices(value)  # lists read hundreds of them
