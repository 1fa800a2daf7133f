"""Pages of this plugin."""

from plugins.catalog.views.lines import PRODUCT_LINES, ProductLinesView
from plugins.catalog.views.prices import PRICE_LISTS, PRICES, PriceListsView, PricesView
from plugins.catalog.views.products import PRODUCTS, ProductsView

VIEWS = (ProductsView, ProductLinesView, PriceListsView, PricesView)

__all__ = [
    "PRICES",
    "PRICE_LISTS",
    "PRODUCTS",
    "PRODUCT_LINES",
    "VIEWS",
    "PriceListsView",
    "PricesView",
    "ProductLinesView",
    "ProductsView",
]
