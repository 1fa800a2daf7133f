"""What a plugin that requires the catalogue may import; the catalogue itself is only asked, never written by others (R-473)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.database.covering import OPEN, access_to
from core.kernel.acting import acting, actor
from core.kernel.errors import NotFound
from plugins.catalog import queries
from plugins.catalog.models import Product
from plugins.catalog.operations import create_product

PRODUCT_TABLE = "catalog_product"
"""For ``reference(PRODUCT_TABLE, …)``."""
PRODUCT_RESOURCE = "catalog.product"


@dataclass(frozen=True)
class ProductSummary:
    """What others need to know of a product; ``list_price`` in yuan, ``lowest_discount`` in per cent of it, None without a limit."""

    id: int
    code: str
    name: str
    unit: str | None
    list_price: Decimal
    lowest_discount: Decimal | None
    active: bool = True


def product_summary(session: Session, product_id: int) -> ProductSummary:
    """The product as it stands; raises :class:`NotFound` for none of this company."""
    return _summary(_found(session, product_id))


def products_by_name(session: Session, names: Collection[str]) -> Mapping[str, int]:
    """Each of ``names`` that is the code, name or alias of a product, with its id; case, width and spaces do not matter."""
    return queries.ids_by_name(session, names)


def price_for(session: Session, product_id: int, on: date, price_list: int | None = None) -> Decimal:
    """What a unit costs on a day, in yuan: by the named list, else by the standard list in force, else the list price of the product."""
    listed = queries.listed_price(session, product_id, on, price_list)
    return listed if listed is not None else _found(session, product_id).list_price


def costs_of(session: Session, product_ids: Collection[int]) -> Mapping[int, Decimal]:
    """What a unit of each product costs the company in yuan, for rules that decide by it; products without a cost are missing.

    Looks over people: whoever asks must not show it, see :func:`may_see_costs`.
    """
    with as_system(session, "rules decide by what goods cost"):
        return queries.costs_of(session, product_ids)


def may_see_costs() -> bool:
    """Whether the person who acts may be shown what goods cost the company."""
    return actor().may(PRODUCT_RESOURCE, "read") and access_to(acting(), Product, "cost_price") in OPEN


def products_on_sale(session: Session, limit: int) -> list[ProductSummary]:
    """Products that are sold, by code."""
    return [_summary(product) for product in session.scalars(queries.on_sale().limit(limit))]


def _found(session: Session, product_id: int) -> Product:
    product = queries.product(session, product_id)
    if product is None:
        raise NotFound
    return product


def _summary(product: Product) -> ProductSummary:
    return ProductSummary(product.id, product.code, product.name, product.unit, product.list_price, product.lowest_discount, product.active)


__all__ = [
    "PRODUCT_RESOURCE",
    "PRODUCT_TABLE",
    "ProductSummary",
    "costs_of",
    "create_product",
    "may_see_costs",
    "price_for",
    "product_summary",
    "products_by_name",
    "products_on_sale",
]
