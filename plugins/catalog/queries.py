"""Questions about the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from plugins.catalog.models import Price, PriceList, Product, ProductKey
from plugins.catalog.rules import product_key


def ids_by_name(session: Session, names: Collection[str]) -> Mapping[str, int]:
    """Each of ``names`` (codes, names, aliases; case and spaces do not matter) that is known, with the id of its product."""
    keys = {name: product_key(name) for name in names}
    found = session.execute(select(ProductKey.key, ProductKey.product_id).where(ProductKey.key.in_(set(keys.values()) - {""})))
    ids = {str(key): int(product_id) for key, product_id in found}
    return {name: ids[key] for name, key in keys.items() if key in ids}


def valid_on(day: date) -> ColumnElement[bool]:
    """Price lists that hold on ``day``."""
    started = or_(PriceList.valid_from.is_(None), PriceList.valid_from <= day)
    return and_(started, or_(PriceList.valid_to.is_(None), PriceList.valid_to >= day))


def listed_price(session: Session, product_id: int, on: date, price_list: int | None = None) -> Decimal | None:
    """Price of the product (yuan per unit) by the list that was named, else by the standard list that began last; None without one."""
    asked = (
        select(Price.price)
        .join(PriceList, PriceList.id == Price.price_list_id)
        .where(Price.product_id == product_id, valid_on(on))
        .order_by(PriceList.valid_from.is_(None), PriceList.valid_from.desc(), PriceList.id.desc())
        .limit(1)
    )
    named = PriceList.id == price_list if price_list is not None else PriceList.standard
    return session.scalar(asked.where(named))


def costs_of(session: Session, product_ids: Collection[int]) -> Mapping[int, Decimal]:
    """Cost of a unit of those of the products that have one, in yuan, by id."""
    asked = select(Product).where(Product.id.in_(sorted(set(product_ids))), Product.cost_price.is_not(None))
    return {one.id: one.cost_price for one in session.scalars(asked) if one.cost_price is not None}


def product(session: Session, product_id: int) -> Product | None:
    """The product, None when there is none."""
    found: Product | None = session.get(Product, product_id)
    return found


def on_sale() -> Select[Product]:
    """Products that are sold, by code."""
    return select(Product).where(Product.active).order_by(Product.code)
