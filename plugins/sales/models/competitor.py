"""The competitor that an opportunity was won against or lost to."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import CompanyRecord
from core.kernel.words import Message, msg


class Competitor(CompanyRecord):
    """Another seller of the same things; here only its name and what is worth knowing of it."""

    __tablename__ = "sales_competitor"
    __resource__ = "sales.competitor"
    __business_key__ = ("name",)
    __label__: ClassVar[Message] = msg("Competitor")
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    name: Mapped[str] = fields.text(
        msg("Competitor"),
        length=120,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("Chosen when an opportunity is lost; write it the same way every time."),
    )
    note: Mapped[str | None] = fields.long_text(
        msg("Strengths and weaknesses"),
        length=5_000,
        help=msg("Prices, strengths, how we won against them; everybody who may read competitors sees it."),
    )
