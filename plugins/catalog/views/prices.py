"""Price lists and their prices on screen."""

from __future__ import annotations

from core.database.fields import Field
from core.kernel.clock import today
from core.kernel.words import msg
from core.web.nouns import Act, Group, Noun, SavedView, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.catalog import operations
from plugins.catalog.models import Price, PriceList
from plugins.catalog.queries import valid_on

PRICE_LISTS = Noun(
    plugin="catalog",
    model=PriceList,
    path="price-lists",
    alike=("name",),
    title=msg("Price list"),
    plural=msg("Price lists"),
    icon="list-details",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("valid_from", ColumnKind.DATE, CardPlace.LAST),
        Shown("valid_to", ColumnKind.DATE, CardPlace.SUM),
        Shown("standard"),
    ),
    groups=(Group(msg("Price list"), ("name", "valid_from", "valid_to", "standard", "note")),),
    order="-valid_from",
    filters=("valid_from", "valid_to"),
    facts=("valid_from", "valid_to"),
    create=operations.create_price_list,
    change=operations.change_price_list,
    delete=operations.delete_price_list,
    create_label=msg("New price list"),
    views=(SavedView("valid", msg("In force today"), lambda: valid_on(today())),),
    children=("prices",),
    empty=msg("Price lists with their periods of validity are listed here; without one the product's list price applies."),
)

PRICES = Noun(
    plugin="catalog",
    model=Price,
    path="prices",
    title=msg("Price"),
    plural=msg("Prices"),
    icon="tag",
    columns=(
        Shown("product", ColumnKind.NAME, CardPlace.NAME),
        Shown("price_list", place=CardPlace.OWNER),
        Shown("price", ColumnKind.EXACT_MONEY, CardPlace.SUM),
    ),
    groups=(Group(msg("Price"), ("price_list", "product", "price")),),
    order="-id",
    filters=("price_list", "product"),
    facts=("price_list",),
    figures=("price",),
    create=operations.write_price,
    delete=operations.remove_price,
    create_label=msg("New price"),
    acts=(
        Act(
            "set_price",
            msg("Change price"),
            operations.set_price,
            "update",
            "edit",
            (Field("money", msg("Price"), "price", required=True),),
        ),
    ),
    empty=msg("Prices of individual products in a price list are listed here."),
    steps={
        "set_price": msg("changed the price"),
    },
)


class PriceListsView(RecordView):
    """List, page and form of price lists."""

    noun = PRICE_LISTS


class PricesView(RecordView):
    """List, page, form and verb of prices."""

    noun = PRICES
