"""Whether finance has to look at the prices of a quotation or an order before it goes on (R-217, R-348, R-349): asked here alone."""

from __future__ import annotations

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
from plugins.sales.models import OrderLine, Project, ProjectProposal, Quotation, QuotationLine
from plugins.sales.models.line import ProductLine
from plugins.sales.rules.lines import is_too_cheap, net_price
from plugins.sales.rules.profit import Minimum, Profit, profit_of, shortfall


def price_doubt(session: Session, document: Any) -> Message | None:
    """Why finance decides about the prices of an order or a quotation, in a sentence that tells no cost; None when they are fair."""
    lines = lines_of(session, line_class(document), document.id)
    reasons = [_too_cheap(lines), shortfall(profit(session, lines), minimum_for(session, document))]
    told = [reason for reason in reasons if reason is not None]
    return msg("%(first)s %(second)s", first=told[0], second=told[1]) if len(told) > 1 else next(iter(told), None)


def line_class(document: Any) -> type[ProductLine]:
    """The class of the lines of an order or a quotation."""
    return QuotationLine if isinstance(document, Quotation) else OrderLine


def profit(session: Session, lines: list[Any]) -> Profit | None:
    """Gross profit of lines at what their goods cost today; not to be shown to whoever may not see costs."""
    costs = costs_of(session, {line.product_id for line in lines})
    return profit_of((line.amount, line.quantity, costs.get(line.product_id)) for line in lines)


def minimum_for(session: Session, document: Any) -> Minimum:
    """What the manager of the document's project asks for, else the company (R-348)."""
    project = _project_of(session, document)
    if project is not None and (project.least_profit_rate is not None or project.least_profit is not None):
        return Minimum(project.least_profit_rate, project.least_profit)
    rate = int(parameter(session, "sales.least_profit_rate", today()))
    return Minimum(Decimal(rate) if rate else None)


def check_project(session: Session, document: Any) -> None:
    """See that the project of an order or a quotation is with the same customer; raises :class:`BadInput`."""
    project = session.get(Project, document.project_id) if document.project_id is not None else None
    if project is not None and project.customer_id != document.customer_id:
        raise BadInput(fields={"project": msg("This project is with another customer. Please choose one of this customer.")})


def _project_of(session: Session, document: Any) -> Project | None:
    """The project that the document names, else the one that came of its opportunity, whoever manages it."""
    with as_system(session, "the manager of a project sets the minimum for everybody who sells for it"):
        if document.project_id is not None:
            named: Project | None = session.get(Project, document.project_id)
            return named
        if document.opportunity_id is None:
            return None
        of_it = select(Project).join(ProjectProposal, ProjectProposal.id == Project.proposal_id)
        asked = of_it.where(ProjectProposal.opportunity_id == document.opportunity_id).order_by(Project.id.desc()).limit(1)
        found: Project | None = session.scalars(asked).first()
        return found


def _too_cheap(lines: list[Any]) -> Message | None:
    if any(is_too_cheap(net_price(line.price, line.discount), line.list_price, line.lowest_discount) for line in lines):
        return msg("A price is below the lowest discount.")
    return None
