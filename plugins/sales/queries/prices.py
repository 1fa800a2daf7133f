"""What a customer was asked for and paid before, as far as the person who quotes may see it (R-213)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from core.database.covering import OPEN, access_to
from core.extension.calling import hooks
from core.kernel.acting import acting, actor
from core.kernel.words import Message, msg
from plugins.sales.models import Order, OrderLine, Quotation, QuotationLine
from plugins.sales.public import EarlierPrice
from plugins.sales.rules.orders import COUNTED
from plugins.sales.rules.quotations import QUOTED, QuotationState

TOLD = ("price", "discount", "quantity")
"""Fields of a line without which it tells nothing."""


def earlier_prices(session: Session, customer_id: int, limit: int, *, besides: int | None = None) -> list[EarlierPrice]:
    """The last ``limit`` lines of each kind of document with the customer, newest first; not those of the quotation ``besides``."""
    found: list[EarlierPrice] = list(hooks().crm_sales_earlier_prices(session=session, customer_id=customer_id, limit=limit))
    quoted = and_(Quotation.customer_id == customer_id, Quotation.state.in_(QUOTED), Quotation.id != (besides or 0))
    ordered = and_(Order.customer_id == customer_id, Order.state.in_(COUNTED))
    found += _lines(session, _newest(QuotationLine, Quotation, Quotation.sent_on, quoted, limit), "QuotationsView", msg("Quotation"))
    found += _lines(session, _newest(OrderLine, Order, Order.effective_on, ordered, limit), "OrdersView", msg("Sales order"))
    return sorted(found, key=lambda one: one.day, reverse=True)


def answered_quotations(customer_id: int) -> tuple[Select[Any], Select[Any]]:
    """Quotations that the customer has accepted, and all that it has answered."""
    answered = select(Quotation).where(Quotation.customer_id == customer_id, Quotation.answered_on.is_not(None))
    return answered.where(Quotation.state == QuotationState.ACCEPTED), answered


def _newest(line: Any, document: Any, day: Any, which: Any, limit: int) -> Select[Any] | None:
    """Lines with number, title and day of their documents; None where the person may not read such documents or their prices."""
    if not actor().may(document.__resource__, "read") or any(access_to(acting(), line, name) not in OPEN for name in TOLD):
        return None
    above = getattr(line, f"{line.__parent__}_id")
    asked = select(line, document.id, document.number, document.title, day).join(document, document.id == above)
    return (
        asked.where(which, day.is_not(None), line.price.is_not(None)).order_by(day.desc(), document.id.desc(), line.position).limit(limit)
    )


def _lines(session: Session, asked: Select[Any] | None, view: str, kind: Message) -> list[EarlierPrice]:
    if asked is None:
        return []
    return [
        EarlierPrice(
            line.code,
            line.name or "",
            line.unit,
            line.quantity,
            line.price,
            line.discount,
            day,
            number or title,
            kind,
            url_for(f"{view}.show", pk=document_id),
        )
        for line, document_id, number, title, day in session.execute(asked)
    ]
