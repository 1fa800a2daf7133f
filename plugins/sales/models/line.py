"""What lines of opportunities, quotations and orders have in common."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import msg
from plugins.catalog.public import PRODUCT_TABLE


class ProductLine(ChildRecord):
    """Some of a product. Code, name, unit and prices are copies, so that a change of the catalogue changes no document.

    ``price`` and ``list_price`` in yuan per unit, ``discount`` the share of ``price`` that is paid, in per cent.
    """

    __abstract__ = True

    product = reference(PRODUCT_TABLE, msg("Product"), required=True, editable=False)
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = fields.text(msg("Product code"), length=60)
    name: Mapped[str | None] = fields.text(msg("Product name"), length=160)
    unit: Mapped[str | None] = fields.text(msg("Unit"), length=20)
    quantity: Mapped[Decimal] = fields.quantity(msg("Quantity"), required=True)
    price: Mapped[Decimal | None] = fields.money(msg("Price"))
    discount: Mapped[Decimal | None] = fields.quantity(msg("Share of list price"), unit=msg("%"))
    list_price: Mapped[Decimal | None] = fields.money(msg("List price"), editable=False)
    lowest_discount: Mapped[Decimal | None] = fields.quantity(msg("Lowest discount"), unit=msg("%"), editable=False)
    amount: Mapped[Decimal] = fields.money(msg("Amount"), required=True, editable=False)
