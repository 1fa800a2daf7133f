"""Gross profit on the page of a quotation or an order, for those alone who may see what goods cost (R-348)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.database.covering import OPEN, access_to
from core.extension.exchange import Figure
from core.kernel.acting import acting
from core.kernel.words import msg
from plugins.catalog.public import may_see_costs
from plugins.sales.models import OrderLine, QuotationLine
from plugins.sales.permissions import QUOTATION
from plugins.sales.rules.profit import profit_of


def profit_figures(session: Any, resource: str, record_id: int) -> Sequence[Figure]:
    """Gross profit with its rate; nothing where no cost is known, or costs, amounts or quantities are hidden from this person.

    One statement: the lines together with their products.
    """
    line: Any = QuotationLine if resource == QUOTATION else OrderLine
    if not may_see_costs() or any(access_to(acting(), line, name) not in OPEN for name in ("amount", "quantity")):
        return ()
    asked = select(line).where(getattr(line, f"{line.__parent__}_id") == record_id).options(joinedload(line.product))
    found = profit_of((one.amount, one.quantity, one.product.cost_price if one.product else None) for one in session.scalars(asked))
    if found is None:
        return ()
    return [Figure(msg("Gross profit"), found.amount, "money", msg("%(rate)s%% of the amount", rate=found.rate))]
