"""REST of this plugin."""

from __future__ import annotations

from core.web.api import RecordApi
from plugins.catalog.views import PRICE_LISTS, PRICES, PRODUCT_LINES, PRODUCTS


class ProductsApi(RecordApi):
    """Products."""

    noun = PRODUCTS


class ProductLinesApi(RecordApi):
    """Product lines."""

    noun = PRODUCT_LINES


class PriceListsApi(RecordApi):
    """Price lists."""

    noun = PRICE_LISTS


class PricesApi(RecordApi):
    """Prices of products by list."""

    noun = PRICES


APIS = (ProductsApi, ProductLinesApi, PriceListsApi, PricesApi)
