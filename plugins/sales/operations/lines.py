"""Lines of opportunities, quotations and orders: products of the catalogue with quantity, price and discount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.database.changes import clean_values
from core.database.lines import Lines, clean_lines, keep_lines, wrong_goods
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.catalog.public import ProductSummary, price_for, product_summary, products_by_name
from plugins.sales.models.line import ProductLine
from plugins.sales.rules.lines import MOST_LINES, WHOLE, amount_of, total

TYPED = ("code", "name", "unit", "quantity", "price", "discount")
"""What a person writes of a line. Code or name say which product; what is left empty comes from the catalogue."""


def write_lines(session: Session, model: type[ProductLine], parent: Any, lines: Lines, day: date) -> Decimal:
    """Replace the lines of ``parent`` and return their sum (yuan); prices that nobody wrote are those of ``day``.

    Lines keep their identity by position, so that the trail tells what changed in which line. Raises :class:`BadInput` whose fields are
    called ``lines-<n>-<field>``, n from 0.
    """
    ids = products_by_name(session, {str(line[name]) for line in lines for name in ("code", "name") if line.get(name)})
    clean = clean_lines(lines, lambda line: _clean_line(session, model, line, ids, day), most=MOST_LINES)
    keep_lines(session, model, parent, clean)
    return total(values["amount"] for values in clean)


def copied(lines: Sequence[ProductLine]) -> list[dict[str, Any]]:
    """Lines of another document as :func:`write_lines` takes them."""
    return [{name: getattr(line, name) for name in TYPED} for line in lines]


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
        raise BadInput(fields={field: msg("“%(name)s” is no longer for sale. Please choose another product.", name=product.name)})
    return product


def _check(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    wrong = wrong_goods(quantity, price)
    if not Decimal(0) < discount <= WHOLE:
        wrong["discount"] = msg("The discount is a percentage above 0 and up to 100. Please check it.")
    if wrong:
        raise BadInput(fields=wrong)
