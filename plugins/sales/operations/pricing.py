"""Why the prices of an opportunity, a quotation or an order are too low (R-217, R-348, R-349): said here alone.

Quotations and orders go to finance for it before they go on; an opportunity says it on its page and to whoever hears of its winning.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.database.lines import lines_of
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from plugins.catalog.public import costs_of
from plugins.sales.models import Opportunity, OpportunityLine, Order, OrderLine, Project, Quotation, QuotationLine
from plugins.sales.models.line import ProductLine
from plugins.sales.queries.minimums import minimum_of, project_of
from plugins.sales.rules.lines import is_same_deal, is_too_cheap, net_price
from plugins.sales.rules.orders import RESTING
from plugins.sales.rules.profit import Minimum, Profit, profit_of, shortfall

LINES: Mapping[type[Any], type[ProductLine]] = {Opportunity: OpportunityLine, Quotation: QuotationLine, Order: OrderLine}


def price_doubt(session: Session, document: Any) -> Message | None:
    """Why the prices of a document are too low, in a sentence that tells no cost; None when they are fair."""
    lines = lines_of(session, line_class(document), document.id)
    reasons = [_too_cheap(lines), shortfall(profit(session, lines), minimum_for(session, document))]
    told = [reason for reason in reasons if reason is not None]
    return msg("%(first)s %(second)s", first=told[0], second=told[1]) if len(told) > 1 else next(iter(told), None)


def note_doubt(session: Session, opportunity: Opportunity) -> None:
    """Let an opportunity that a verb has opened say what is wrong with its prices now (R-348); nothing is written where that stays."""
    doubt = price_doubt(session, opportunity)
    if opportunity.price_doubt != doubt:
        opportunity.price_doubt = doubt


def passed_before(session: Session, order: Order) -> Quotation | None:
    """The quotation whose low prices finance has passed and whose deal the order is: the same goods, none of them for less (R-349).

    A decision holds for one order: none rests on it while another order of the quotation is under way or was placed. Locks the quotation.
    """
    if order.quotation_id is None:
        return None
    with as_system(session, "what finance has decided holds whoever orders"):
        session.execute(select(Quotation.id).where(Quotation.id == order.quotation_id).with_for_update())
        quotation = session.get(Quotation, order.quotation_id)
        others = select(Order.id).where(Order.quotation_id == order.quotation_id, Order.id != order.id, Order.state.in_(RESTING))
        if quotation is None or quotation.price_passed_at is None or session.scalar(others.limit(1)) is not None:
            return None
        ordered, passed = _goods(session, order), _goods(session, quotation)
    return quotation if is_same_deal(ordered, passed) else None


def _goods(session: Session, document: Any) -> list[tuple[int, Decimal, Decimal]]:
    return [(line.product_id, line.quantity, line.amount) for line in lines_of(session, line_class(document), document.id)]


def line_class(document: Any) -> type[ProductLine]:
    """The class of the lines of an opportunity, a quotation or an order."""
    return LINES[type(document)]


def profit(session: Session, lines: list[Any]) -> Profit | None:
    """Gross profit of lines at what their goods cost today; not to be shown to whoever may not see costs."""
    costs = costs_of(session, {line.product_id for line in lines})
    return profit_of((line.amount, line.quantity, costs.get(line.product_id)) for line in lines)


def minimum_for(session: Session, document: Any) -> Minimum:
    """The minimum that counts today (R-348): that of the document's project, else that of its owner, else that of the company.

    The nearest to the deal counts alone, whether it is higher or lower than the others; one of 0 per cent asks for nothing. Its rate and
    its amount hold both.
    """
    project = _project_of(session, document)
    if project is not None and (project.least_profit_rate is not None or project.least_profit is not None):
        return Minimum(project.least_profit_rate, project.least_profit)
    with as_system(session, "a minimum binds whoever sells, whoever has set it"):
        personal = session.scalars(minimum_of(document.owner_id, today())).first()
    if personal is not None:
        return Minimum(personal.least_profit_rate, personal.least_profit)
    rate = int(parameter(session, "sales.least_profit_rate", today()))
    return Minimum(Decimal(rate) if rate else None)


def check_project(session: Session, document: Any) -> None:
    """See that the project of an order or a quotation is with the same customer; raises :class:`BadInput`."""
    project = session.get(Project, document.project_id) if document.project_id is not None else None
    if project is not None and project.customer_id != document.customer_id:
        raise BadInput(fields={"project": msg("This project is with another customer. Please choose one of this customer.")})


def _project_of(session: Session, document: Any) -> Project | None:
    """The project that the document names, else the one that came of its opportunity, whoever manages it."""
    named, opportunity_id = (None, document.id) if isinstance(document, Opportunity) else (document.project_id, document.opportunity_id)
    with as_system(session, "the manager of a project sets the minimum for everybody who sells for it"):
        if named is not None:
            return session.get(Project, named)
        return session.scalars(project_of(opportunity_id)).first() if opportunity_id is not None else None


def _too_cheap(lines: list[Any]) -> Message | None:
    if any(is_too_cheap(net_price(line.price, line.discount), line.list_price, line.lowest_discount) for line in lines):
        return msg("A price is below the lowest discount.")
    return None
