"""What helps to find the price that keeps an old customer: its value, its behaviour, and what it paid before (R-213)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from core.database.together import Counted
from core.extension.calling import hooks
from core.extension.exchange import Figure
from core.kernel.money import to_fen
from core.kernel.words import msg
from core.web.offers import shown_offers
from core.web.pages import Block, CardPlace, Column, ColumnKind, Figures, Link, RelatedTable, Row
from core.web.showing import label_with_unit
from plugins.customers.public import CUSTOMER_RESOURCE
from plugins.sales.models import QuotationLine
from plugins.sales.public import EarlierPrice
from plugins.sales.queries.prices import answered_quotations, earlier_prices
from plugins.sales.rules.lines import net_price
from plugins.sales.rules.prices import worth_telling

READ, SHOWN = 100, 20
"""Lines that are read of each kind of document, and rows that are shown."""
COLUMNS = (
    Column("product", msg("Product"), ColumnKind.TEXT, place=CardPlace.NAME),
    Column("day", msg("Date"), ColumnKind.DATE),
    Column("quantity", msg("Quantity"), ColumnKind.NUMBER),
    Column("price", msg("Price"), ColumnKind.EXACT_MONEY),
    Column("discount", label_with_unit(QuotationLine.fields()["discount"], ColumnKind.NUMBER), ColumnKind.NUMBER),
    Column("net", msg("Price after discount"), ColumnKind.EXACT_MONEY),
    Column("document", msg("Document"), ColumnKind.LINK),
)


def beside_quotation(session: Any, customer_id: int, named: Sequence[str], quotation_id: int | None) -> Sequence[Block]:
    """Value and behaviour of the customer, then earlier prices: those of the products that the lines name come first."""
    figures, _ = shown_offers(
        session, [*_behaviour(customer_id), *hooks().crm_figures(session=session, resource=CUSTOMER_RESOURCE, record_id=customer_id)]
    )
    prices = earlier_prices(session, customer_id, READ, besides=quotation_id)
    shown = worth_telling(prices, frozenset(named), SHOWN)
    return (
        Figures(title=msg("Customer history"), figures=figures),
        RelatedTable(
            title=msg("Earlier prices"),
            columns=COLUMNS,
            rows=tuple(_row(number, one) for number, one in enumerate(shown)),
            empty=msg("Nothing has been quoted to or bought by this customer yet, as far as you may see."),
            all=Link(msg("All quotations"), url_for("QuotationsView.list", customer=customer_id)),
        ),
    )


def _behaviour(customer_id: int) -> Sequence[Figure]:
    accepted, answered = answered_quotations(customer_id)
    door = url_for("QuotationsView.list", customer=customer_id, state="accepted")
    return [
        Figure(
            msg("Quotations accepted"), Counted(accepted), "number", msg("of %(count)s answered"), door, noted={"count": Counted(answered)}
        )
    ]


def _row(number: int, one: EarlierPrice) -> Row:
    product = f"{one.code} {one.name}" if one.code else one.name
    net = net_price(one.price, one.discount)
    cells = (product, one.day, one.quantity, to_fen(one.price), one.discount, to_fen(net), Link(one.document, one.url))
    return Row(str(number), "", cells)
