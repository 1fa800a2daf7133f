"""The product line (R-100)."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import CompanyRecord
from core.kernel.words import Message, msg


class ProductLine(CompanyRecord):
    """A family of products; ``position`` orders the lines of the company."""

    __tablename__ = "catalog_line"
    __resource__ = "catalog.line"
    __business_key__ = ("name",)
    __label__: ClassVar[Message] = msg("Product line")
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    name: Mapped[str] = fields.text(
        msg("Product line"),
        length=80,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("Groups products in lists and reports; the name must be unique in the company."),
    )
    position: Mapped[int | None] = fields.integer(
        msg("Sequence"), sortable=True, help=msg("Small numbers come first in lists; empty ones come last.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)
