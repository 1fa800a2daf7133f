"""Verbs on the catalogue. Page, REST and import all call these."""

from plugins.catalog.operations.lines import change_line, create_line, delete_line
from plugins.catalog.operations.prices import (
    change_price_list,
    create_price_list,
    delete_price_list,
    remove_price,
    set_price,
    write_price,
)
from plugins.catalog.operations.products import change_product, create_product, delete_product

__all__ = [
    "change_line",
    "change_price_list",
    "change_product",
    "create_line",
    "create_price_list",
    "create_product",
    "delete_line",
    "delete_price_list",
    "delete_product",
    "remove_price",
    "set_price",
    "write_price",
]
