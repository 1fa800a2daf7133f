"""What this plugin hangs into the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.extension.exchange import ImportTarget, MenuEntry, RelatedTable
from core.extension.hookspecs import hookimpl
from core.extension.rights import Grants, Resource
from core.kernel.words import msg
from plugins.catalog import demo, imports, permissions
from plugins.catalog.api import APIS
from plugins.catalog.models import Price, PriceList, Product, ProductKey, ProductLine
from plugins.catalog.views import VIEWS


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Product lines, products with their names, price lists with their prices."""
    return [ProductLine, Product, ProductKey, PriceList, Price]


@hookimpl
def crm_resources() -> Sequence[Resource]:
    """Rights on them."""
    return permissions.RESOURCES


@hookimpl
def crm_preset_grants() -> Mapping[str, Grants]:
    """What the roles of the regulation may do with them."""
    return permissions.GRANTS


@hookimpl
def crm_views() -> Sequence[type[Any]]:
    """Pages of the catalogue."""
    return VIEWS


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of the catalogue."""
    return APIS


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Products, with lines and price lists below."""
    return [
        MenuEntry("products", msg("Products"), "ProductsView.list", "package", permissions.PRODUCT, place=60),
        MenuEntry("product-lines", msg("Product lines"), "ProductLinesView.list", "sitemap", permissions.LINE, parent="products"),
        MenuEntry("price-lists", msg("Price lists"), "PriceListsView.list", "list-details", permissions.PRICE_LIST, parent="products"),
    ]


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Products are found by code and name."""
    return ["products"]


@hookimpl
def crm_imports() -> Sequence[ImportTarget]:
    """Files of products, their lines, price lists and prices."""
    return imports.TARGETS


@hookimpl
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """The prices of a product, by list."""
    return [RelatedTable("prices", msg("Prices"), "prices", "product")] if resource == permissions.PRODUCT else ()


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """A catalogue to look at."""
    demo.make(session, company, seed)
