"""Price lists and the prices in them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.database.changes import apply_changes, make_record
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.catalog.models import Price, PriceList
from plugins.catalog.operations.storing import remove, store
from plugins.catalog.rules import validity_is_sound


def create_price_list(session: Session, values: Mapping[str, Any]) -> PriceList:
    """Begin a price list; raises :class:`BadInput` for one that ends before it begins, :class:`NameTaken`."""
    authorise(PriceList, "create")
    found: PriceList = make_record(PriceList, values)
    _check_validity(found)
    store(session, found)
    return found


def change_price_list(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> PriceList:
    """Change the given fields. Raises as :func:`create_price_list`."""
    found: PriceList = get_for(session, PriceList, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(found, changes)
        _check_validity(found)
        store(session, found)
    return found


def delete_price_list(session: Session, record_id: int, version: int | None) -> None:
    """Delete a price list with its prices."""
    found: PriceList = get_for(session, PriceList, "delete", record_id, version)
    prices = session.scalars(select(Price).where(Price.price_list_id == found.id)).all()
    for price in prices:
        open_for_writing(session, price)
    remove(session, *prices, found)


def write_price(session: Session, values: Mapping[str, Any]) -> Price:
    """Write the price of a product into a list; raises :class:`BadInput` for one that stands there already."""
    authorise(Price, "create")
    price: Price = make_record(Price, values)
    _check_price(price.price)
    known = select(Price.id).where(Price.price_list_id == price.price_list_id, Price.product_id == price.product_id)
    if session.scalar(known) is not None:
        raise BadInput(fields={"product": msg("This product has a price in this list already. Please change that one.")})
    session.add(price)
    session.flush()
    return price


def set_price(session: Session, record_id: int, version: int | None, *, price: Decimal) -> Price:
    """Change the price (yuan per unit)."""
    found: Price = get_for(session, Price, "update", record_id, version)
    _check_price(price)
    apply_changes(found, {"price": price})
    session.flush()
    return found


def remove_price(session: Session, record_id: int, version: int | None) -> None:
    """Take a product out of a list."""
    remove(session, get_for(session, Price, "delete", record_id, version))


def _check_validity(found: PriceList) -> None:
    if not validity_is_sound(found.valid_from, found.valid_to):
        raise BadInput(fields={"valid_to": msg("The list ends before it begins. Please check both days.")})


def _check_price(price: Decimal) -> None:
    if price < 0:
        raise BadInput(fields={"price": msg("The price must not be below 0. Please check it.")})
