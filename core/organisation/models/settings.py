"""What a company sets for itself: parameters, entries of code lists, its own days off and working days (R-060, R-061)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import CompanyRecord
from core.database.references import reference
from core.kernel.words import Message, msg


class Parameter(CompanyRecord):
    """One value of a declared parameter, in force from a day until the next one; ``value`` is the typed value as text."""

    __tablename__ = "core_parameter"
    __resource__ = "core.parameter"
    __label__: ClassVar[Message] = msg("Parameter")
    __table_args__ = (UniqueConstraint("company_id", "name", "starts_on"),)

    name: Mapped[str] = fields.text(msg("Name"), length=80, required=True)
    value: Mapped[str | None] = fields.text(msg("Value"), length=500)
    starts_on: Mapped[date] = fields.day(msg("In force from"), required=True)
    set_by = reference("core_employee", msg("Set by"))

    def __str__(self) -> str:
        return self.name


class CodeEntry(CompanyRecord):
    """What a company makes of one entry of a code list: an entry of its own, or a declared one renamed, moved or switched off.

    ``aliases`` are further words for it that files use, one a line. An entry without a row is as its plugin declares it.
    """

    __tablename__ = "core_code_entry"
    __resource__ = "core.code_list"
    __label__: ClassVar[Message] = msg("Entry of a code list")
    __table_args__ = (UniqueConstraint("company_id", "list_name", "code"),)

    list_name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = fields.text(msg("Code"), length=60, required=True)
    chinese: Mapped[str] = fields.text(msg("Chinese label"), length=60, required=True)
    english: Mapped[str | None] = fields.text(msg("English label"), length=60)
    position: Mapped[int] = fields.integer(msg("Sequence"), required=True)
    active: Mapped[bool] = fields.flag(msg("Active"), default=True)
    aliases: Mapped[str | None] = fields.long_text(
        msg("Other words for it"), length=1_000, help=msg("One per line; imports understand them.")
    )

    def __str__(self) -> str:
        return f"{self.list_name}: {self.chinese or self.code}"


class CompanyDay(CompanyRecord):
    """A day on which the company departs from the public calendar: off although others work, or the other way round."""

    __tablename__ = "core_company_day"
    __resource__ = "core.calendar"
    __label__: ClassVar[Message] = msg("Day of the company's calendar")
    __table_args__ = (UniqueConstraint("company_id", "day"),)

    day: Mapped[date] = fields.day(msg("Day"), required=True)
    working: Mapped[bool] = fields.flag(msg("Working day"))
    note: Mapped[str | None] = fields.text(msg("Note"), length=120)

    def __str__(self) -> str:
        return str(self.day)
