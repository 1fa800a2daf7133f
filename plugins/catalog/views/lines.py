"""The product line on screen."""

from __future__ import annotations

from core.kernel.words import msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.catalog import operations
from plugins.catalog.models import ProductLine

PRODUCT_LINES = Noun(
    plugin="catalog",
    model=ProductLine,
    path="product-lines",
    alike=("name",),
    title=msg("Product line"),
    plural=msg("Product lines"),
    icon="sitemap",
    columns=(Shown("name", ColumnKind.NAME, CardPlace.NAME), Shown("position")),
    groups=(Group(msg("Product line"), ("name", "position", "note")),),
    order="position",
    create=operations.create_line,
    change=operations.change_line,
    delete=operations.delete_line,
    create_label=msg("New product line"),
    empty=msg("Product lines are listed here, in the order in which the company presents them."),
)


class ProductLinesView(RecordView):
    """List, page and form of product lines."""

    noun = PRODUCT_LINES
