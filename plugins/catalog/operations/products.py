"""Products and the names they are found by (R-100)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, make_record
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.catalog.errors import NameTaken
from plugins.catalog.models import Product, ProductKey
from plugins.catalog.operations.storing import remove, store
from plugins.catalog.rules import is_share, keys_of


def create_product(session: Session, values: Mapping[str, Any]) -> Product:
    """Add a product; raises :class:`BadInput`, and :class:`NameTaken` for a code, name or alias that leads to another product."""
    authorise(Product, "create")
    product: Product = make_record(Product, values)
    _check(product)
    taken = _taken(session, product)
    store(session, product, "code")
    _write_keys(session, product, taken)
    return product


def change_product(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Product:
    """Change the given fields; prices in documents that name the product stay as they are. Raises as :func:`create_product`."""
    product: Product = get_for(session, Product, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(product, changes)
        _check(product)
        taken = _taken(session, product)
        store(session, product, "code")
    _write_keys(session, product, taken)
    return product


def delete_product(session: Session, record_id: int, version: int | None) -> None:
    """Delete a product that nothing names; raises :class:`InUse` otherwise."""
    product: Product = get_for(session, Product, "delete", record_id, version)
    remove(session, *_keys(session, product), product)


def _check(product: Product) -> None:
    wrong: dict[str, Message] = {}
    if product.list_price < 0:
        wrong["list_price"] = msg("The price must not be below 0. Please check it.")
    if product.cost_price is not None and product.cost_price < 0:
        wrong["cost_price"] = msg("The price must not be below 0. Please check it.")
    if not is_share(product.lowest_discount):
        wrong["lowest_discount"] = msg("The discount is a percentage above 0 and up to 100. Please check it.")
    if wrong:
        raise BadInput(fields=wrong)


def _taken(session: Session, product: Product) -> dict[str, str]:
    """Key to written name of everything the product is called; raises :class:`NameTaken` for what leads to another product."""
    called = dict(keys_of(product.code, product.name, product.aliases))
    others = select(ProductKey.key).where(ProductKey.key.in_(called))
    if product.id is not None:
        others = others.where(ProductKey.product_id != product.id)
    if (key := session.scalar(others.limit(1))) is not None:
        fields = {key: name for name in ("aliases", "name", "code") for key, _ in keys_of(*_only(product, name))}
        raise NameTaken(fields[str(key)], called[str(key)])
    return called


def _only(product: Product, name: str) -> tuple[str, str, str]:
    return tuple(getattr(product, one) or "" if one == name else "" for one in ("code", "name", "aliases"))  # type: ignore[return-value] # three


def _keys(session: Session, product: Product) -> list[ProductKey]:
    return list(session.scalars(select(ProductKey).where(ProductKey.product_id == product.id)))


def _write_keys(session: Session, product: Product, called: Mapping[str, str]) -> None:
    stored = {key.key: key for key in _keys(session, product)}
    for key in stored.keys() - called.keys():
        session.delete(stored[key])
    session.add_all(ProductKey(product_id=product.id, key=key) for key in called if key not in stored)
    session.flush()
