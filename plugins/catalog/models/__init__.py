"""Stored classes of this plugin."""

from plugins.catalog.models.line import ProductLine
from plugins.catalog.models.price_list import Price, PriceList
from plugins.catalog.models.product import Product, ProductKey

__all__ = ["Price", "PriceList", "Product", "ProductKey", "ProductLine"]
