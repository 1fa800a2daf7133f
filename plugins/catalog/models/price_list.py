"""Price lists (R-100)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord, CompanyRecord
from core.database.references import reference
from core.kernel.words import Message, msg


class PriceList(CompanyRecord):
    """Prices that hold from one day to another, both included; an empty day is an open end.

    A ``standard`` list is asked for everybody; others only when somebody names them.
    """

    __tablename__ = "catalog_price_list"
    __resource__ = "catalog.price_list"
    __business_key__ = ("name",)
    __label__: ClassVar[Message] = msg("Price list")
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    name: Mapped[str] = fields.text(
        msg("Price list"),
        length=80,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("The name by which colleagues choose the list; it must be unique in the company."),
    )
    valid_from: Mapped[date | None] = fields.day(
        msg("Valid from"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("First day on which its prices are offered. Leave it empty to start at once."),
    )
    valid_to: Mapped[date | None] = fields.day(
        msg("Valid to"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("Last day on which its prices are offered. Leave it empty for no end date."),
    )
    standard: Mapped[bool] = fields.flag(
        msg("For everybody"),
        default=True,
        help=msg("Used wherever no other list is chosen; if there are several, the one that started last applies."),
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)


class Price(ChildRecord):
    """What a product costs by a list, in yuan per unit of the product."""

    __tablename__ = "catalog_price"
    __resource__ = "catalog.price"
    __called_by__ = "product"
    __business_key__ = ("price_list", "product")
    __parent__ = "price_list"
    __label__: ClassVar[Message] = msg("Price")
    __table_args__ = (UniqueConstraint("company_id", "price_list_id", "product_id"),)

    price_list = reference("catalog_price_list", msg("Price list"), required=True, filterable=True)
    product = reference("catalog_product", msg("Product"), required=True, filterable=True)
    price: Mapped[Decimal] = fields.money(
        msg("Price"),
        required=True,
        sortable=True,
        history=True,
        help=msg("In yuan, for one unit of the product; it is offered while the price list is valid."),
    )
