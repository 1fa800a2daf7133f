"""The product (R-100) and every name that it is found by."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import ChildRecord, CompanyRecord
from core.database.references import reference
from core.kernel.words import Message, msg

KEEPERS = ("department_head", "company_leader", "marketing_management", "finance_manager")
"""Preset roles that keep prices."""


class Product(CompanyRecord):
    """Something that is sold. ``list_price`` in yuan per ``unit``; ``lowest_discount`` is the smallest share of it, in per cent, at which
    it is sold without the leave of finance (R-349): 85 means that 15 per cent may be given away. ``cost_price`` in yuan is known to those
    alone who keep prices (R-348).
    """

    __tablename__ = "catalog_product"
    __resource__ = "catalog.product"
    __business_key__ = ("code",)
    __label__: ClassVar[Message] = msg("Product")
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    code: Mapped[str] = fields.text(
        msg("Product code"),
        length=60,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("Lines of quotations, orders and contracts find the product by this code; it must be unique in the company."),
    )
    name: Mapped[str] = fields.text(
        msg("Product name"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("As it is printed on quotations, contracts and invoices."),
    )
    line = reference("catalog_line", msg("Product line"), filterable=True)
    unit: Mapped[str | None] = fields.text(
        msg("Unit"), length=20, help=msg("What price and quantity count in, such as piece, set or metre.")
    )
    list_price: Mapped[Decimal] = fields.money(
        msg("List price"),
        required=True,
        sortable=True,
        history=True,
        help=msg("In yuan, for one unit; shares of the list price are calculated from it."),
    )
    lowest_discount: Mapped[Decimal | None] = fields.quantity(
        msg("Lowest discount"),
        unit=msg("%"),
        history=True,
        help=msg("Share of the list price below which finance has to agree: 85 means 15% off."),
    )
    cost_price: Mapped[Decimal | None] = fields.money(
        msg("Cost price"),
        hidden=True,
        open_to=KEEPERS,
        history=True,
        help=msg("What a unit costs the company; gross profit is calculated from it. Salespeople do not see it."),
    )
    active: Mapped[bool] = fields.flag(
        msg("For sale"),
        default=True,
        help=msg("Switch this off for products that are no longer sold: they are no longer offered, and existing documents keep them."),
    )
    aliases: Mapped[str | None] = fields.text(
        msg("Other names"), length=500, help=msg("Names under which files and colleagues know it, separated by commas.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=5_000)


class ProductKey(ChildRecord):
    """One name of a product (its code, its name, an alias) as it is compared; within a company it leads to one product only."""

    __tablename__ = "catalog_product_key"
    __parent__ = "product"
    __label__: ClassVar[Message] = msg("Product name")
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    product = reference("catalog_product", msg("Product"), required=True, editable=False)
    key: Mapped[str] = mapped_column(String(160))
