"""Lines of opportunities and orders: products of the catalogue with quantity, price and discount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.changes import clean_values
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.catalog.public import ProductSummary, price_for, product_summary, products_by_name
from plugins.sales.models.line import ProductLine
from plugins.sales.rules.lines import MOST_LINES, WHOLE, amount_of, total

Lines = Sequence[Mapping[str, Any]]
TYPED = ("code", "name", "unit", "quantity", "price", "discount")
"""What a person writes of a line. Code or name say which product; what is left empty comes from the catalogue."""


def lines_of(session: Session, model: Any, parent_id: int) -> list[Any]:
    """Lines of a document in their order."""
    above = getattr(model, f"{model.__parent__}_id")
    return list(session.scalars(select(model).where(above == parent_id).order_by(model.position, model.id)))


def write_lines(session: Session, model: type[ProductLine], parent: Any, lines: Lines, day: date) -> Decimal:
    """Replace the lines of ``parent`` and return their sum (yuan); prices that nobody wrote are those of ``day``.

    Lines keep their identity by position, so that the trail tells what changed in which line. Raises :class:`BadInput` whose fields are
    called ``lines-<n>-<field>``, n from 0.
    """
    clean = _clean_lines(session, model, lines, day)
    stored = lines_of(session, model, parent.id)
    for position, values in enumerate(clean, 1):
        line = stored[position - 1] if position <= len(stored) else model(**{f"{model.__parent__}_id": parent.id})
        for name, value in {**values, "position": position}.items():
            setattr(line, name, value)
        session.add(line)
    for surplus in stored[len(clean) :]:
        session.delete(surplus)
    session.flush()
    return total(values["amount"] for values in clean)


def copied(lines: Sequence[ProductLine]) -> list[dict[str, Any]]:
    """Lines of another document as :func:`write_lines` takes them."""
    return [{name: getattr(line, name) for name in TYPED} for line in lines]


def _clean_lines(session: Session, model: type[ProductLine], lines: Lines, day: date) -> list[dict[str, Any]]:
    if len(lines) > MOST_LINES:
        raise BadInput(fields={"lines": msg("A document has at most %(limit)s lines.", limit=MOST_LINES)})
    ids = products_by_name(session, {str(line[name]) for line in lines for name in ("code", "name") if line.get(name)})
    clean: list[dict[str, Any]] = []
    wrong: dict[str, Message] = {}
    for number, line in enumerate(lines):
        try:
            clean.append(_clean_line(session, model, line, ids, day))
        except BadInput as error:
            wrong |= {f"lines-{number}-{name}": sentence for name, sentence in error.fields.items()}
    if wrong:
        raise BadInput(fields=wrong)
    return clean


def _clean_line(session: Session, model: type[ProductLine], line: Mapping[str, Any], ids: Mapping[str, int], day: date) -> dict[str, Any]:
    values = clean_values(model, dict.fromkeys(TYPED) | dict(line), partial=True)
    product = _product(session, values, ids)
    price = values["price"] if values["price"] is not None else price_for(session, product.id, day)
    discount = WHOLE if values["discount"] is None else values["discount"]
    _check(values["quantity"], price, discount)
    return {
        "product_id": product.id,
        "code": product.code,
        "name": product.name,
        "unit": values["unit"] or product.unit,
        "quantity": values["quantity"],
        "price": price,
        "discount": discount,
        "list_price": product.list_price,
        "lowest_discount": product.lowest_discount,
        "amount": amount_of(values["quantity"], price, discount),
    }


def _product(session: Session, values: Mapping[str, Any], ids: Mapping[str, int]) -> ProductSummary:
    field = "code" if values["code"] else "name"
    product_id = ids.get(str(values[field] or ""))
    if product_id is None:
        raise BadInput(fields={field: msg("The catalogue has no product of this code or name. Please check it.")})
    product = product_summary(session, product_id)
    if not product.active:
        raise BadInput(fields={field: msg("“%(name)s” is not on sale any more. Please choose another product.", name=product.name)})
    return product


def _check(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    wrong: dict[str, Message] = {}
    if quantity <= 0:
        wrong["quantity"] = msg("The quantity must be above 0.")
    if price < 0:
        wrong["price"] = msg("The price must not be below 0.")
    if not Decimal(0) < discount <= WHOLE:
        wrong["discount"] = msg("The discount is a percentage above 0 and up to 100.")
    if wrong:
        raise BadInput(fields=wrong)
