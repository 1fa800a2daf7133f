"""Figures and stat buttons of service on customers, requests and dispatch orders."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.together import Counted
from core.extension.calling import hooks
from core.extension.exchange import Figure, RelatedCount
from core.kernel.acting import actor
from core.kernel.words import msg
from plugins.service.models import DispatchOrder, ServiceRequest
from plugins.service.permissions import CARRY_OUT, DISPATCH, REQUEST
from plugins.service.public import ShownRequest
from plugins.service.queries import of_customer
from plugins.service.rules import OPEN, Satisfaction

CONTENT = (Satisfaction.SATISFIED, Satisfaction.ACCEPTABLE)


def customer_counts(customer_id: int) -> Sequence[RelatedCount]:
    """How many service requests the customer has, as a door to them."""
    if not actor().may(REQUEST, "read"):
        return ()
    door = url_for("ServiceRequestsView.list", customer=customer_id)
    return [RelatedCount(msg("Service requests"), "tool", Counted(of_customer(customer_id)), door)]


def customer_figures(customer_id: int) -> Sequence[Figure]:
    """Open requests of the customer, and how many were content of those who were asked."""
    if not actor().may(REQUEST, "read"):
        return ()
    his = select(ServiceRequest).where(ServiceRequest.customer_id == customer_id)
    asked, content = his.where(ServiceRequest.satisfaction.is_not(None)), his.where(ServiceRequest.satisfaction.in_(CONTENT))
    note = msg("%(content)s of %(asked)s satisfied")
    door = url_for("ServiceRequestsView.list", customer=customer_id, view="open")
    still_open = Counted(his.where(ServiceRequest.state.in_(OPEN)))
    return [
        Figure(msg("Open service requests"), still_open, note=note, url=door, noted={"content": Counted(content), "asked": Counted(asked)})
    ]


def dispatch_counts(session: Session, request_id: int) -> Sequence[RelatedCount]:
    """Dispatch orders of a request, and what other plugins know of its customer."""
    request = session.get(ServiceRequest, request_id)
    if request is None:
        return ()
    shown = ShownRequest(request.id, request.customer_id, request.title)
    others: Sequence[RelatedCount] = hooks().crm_service_request_shown(session=session, request=shown)
    if not actor().may(DISPATCH, "read"):
        return others
    count = Counted(select(DispatchOrder).where(DispatchOrder.request_id == request_id))
    return [RelatedCount(msg("Dispatch orders"), "truck-delivery", count, url_for("DispatchOrdersView.list", request=request_id)), *others]


def signature_counts(order_id: int) -> Sequence[RelatedCount]:
    """The way to the page on which the customer signs."""
    if not actor().may(DISPATCH, CARRY_OUT):
        return ()
    signed = Counted(select(DispatchOrder).where(DispatchOrder.id == order_id, DispatchOrder.signed_at.is_not(None)))
    return [RelatedCount(msg("Signature of the customer"), "signature", signed, url_for("DispatchOrdersView.signature", pk=order_id))]
