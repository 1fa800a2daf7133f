"""The product on screen."""

from __future__ import annotations

from core.kernel.words import msg
from core.web.nouns import Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.catalog import operations
from plugins.catalog.models import Product

PRODUCTS = Noun(
    plugin="catalog",
    model=Product,
    path="products",
    alike=("code", "name"),
    title=msg("Product"),
    plural=msg("Products"),
    icon="package",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("code", place=CardPlace.OWNER),
        Shown("line", place=CardPlace.LAST),
        Shown("list_price", ColumnKind.EXACT_MONEY, CardPlace.SUM),
        Shown("unit"),
        Shown("lowest_discount", quiet=True),
        Shown("active", quiet=True),
    ),
    groups=(
        Group(msg("Product"), ("code", "name", "line", "unit", "list_price", "lowest_discount", "cost_price", "active")),
        Group(msg("More about the product"), ("aliases", "note"), folded=True),
    ),
    order="code",
    filters=("line",),
    facts=("code", "line", "unit"),
    figures=("list_price",),
    create=operations.create_product,
    change=operations.change_product,
    delete=operations.delete_product,
    create_label=msg("New product"),
    views=(SavedView("on_sale", msg("For sale"), lambda: Product.active),),
    files=True,
    empty=msg("Everything the company sells is listed here: enter the first product, or import a list."),
)


class ProductsView(RecordView):
    """List, page and form of products."""

    noun = PRODUCTS
