"""Files of products, found by their code or any name, so that the same file again changes nothing; of lines, price lists and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise
from core.database.fields import Field
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.declared_imports import declared_import
from core.work.import_fields import written_fields
from plugins.catalog.models import Price, PriceList, Product, ProductLine
from plugins.catalog.operations import (
    change_line,
    change_price_list,
    change_product,
    create_line,
    create_price_list,
    create_product,
    set_price,
    write_price,
)
from plugins.catalog.queries import ids_by_name


def write_products(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Add or change the products of ``rows``.

    A row without code takes its name as one; ``line`` holds the name of a product line, which is begun when there is none.
    """
    authorise(Product, "create")
    known = ids_by_name(session, {str(row.values[name]) for row in rows for name in ("code", "name") if row.values.get(name)})
    lines = {str(line.name): line.id for line in session.scalars(select(ProductLine))}
    return [_write(session, row.values, known, lines) for row in rows]


def _write(session: Session, values: Mapping[str, Any], known: Mapping[str, int], lines: dict[str, int]) -> Outcome:
    name = str(values.get("name") or "")
    product_id = known.get(str(values.get("code") or "")) or known.get(name)
    try:
        wanted = {**values, **({"line": _line(session, str(values["line"]), lines)} if values.get("line") else {})}
        if product_id is None:
            create_product(session, {"code": name[:60], **wanted})
            return CREATED
        product = session.get(Product, product_id)
        assert product is not None
        before = product.version
        return UNCHANGED if change_product(session, product_id, None, wanted).version == before else UPDATED
    except BadInput as error:
        field, reason = next(iter(error.fields.items()), ("", error.message))
        return rejected(reason, field)


def _line(session: Session, name: str, lines: dict[str, int]) -> int:
    if name not in lines:
        lines[name] = create_line(session, {"name": name}).id
    return lines[name]


def _fields() -> Sequence[Field]:
    return (*written_fields(Product), Field("text", msg("Product line"), "line", max_length=60))


TARGET = ImportTarget(
    "catalog.product",
    write_products,
    _fields,
    (("code",), ("name",)),
    {
        "code": ("产品编号", "编号", "物料编码", "sku"),
        "name": ("名称", "品名", "product"),
        "line": ("产品系列", "系列", "类别", "series"),
        "list_price": ("单价", "价格", "售价", "price", "sales_price"),
    },
)


def change_price(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Price:
    """Change what a row may say of a known price: the price itself, for list and product are what it is found by."""
    return set_price(session, record_id, version, price=changes["price"])


LINES = declared_import(ProductLine, create_line, change_line, aliases={"name": ("产品系列", "系列", "名称")})
PRICE_LISTS = declared_import(PriceList, create_price_list, change_price_list, aliases={"name": ("价目表", "名称")})
PRICES = declared_import(
    Price, write_price, change_price, aliases={"product": ("产品编号", "物料编码", "sku"), "price": ("单价", "售价", "sales_price")}
)
TARGETS = (LINES, TARGET, PRICE_LISTS, PRICES)
