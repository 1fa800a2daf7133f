"""What service puts on the desk of whoever works in it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import select

from core.database.together import Counted, Told, ToldRow, told
from core.extension.exchange import DeskChart, DeskTask, Figure
from core.kernel.acting import actor
from core.kernel.clock import local
from core.kernel.words import msg
from plugins.service.models import DispatchOrder, Participation, ServiceRequest
from plugins.service.permissions import CARRY_OUT, DISPATCH, REQUEST
from plugins.service.queries import late, mine, my_orders, my_parts
from plugins.service.rules import DispatchState, RequestState

CHARTS = (DeskChart(msg("Service requests by state"), "service-requests", "state"),)


def figures() -> Sequence[Figure]:
    """Own open requests, what is late of all that one sees, and the orders that one is out with."""
    requests, orders = select(ServiceRequest), select(DispatchOrder)
    found = []
    if actor().may(REQUEST, "read"):
        found.append(
            Figure(msg("My service requests"), Counted(requests.where(mine())), url=url_for("ServiceRequestsView.list", view="mine"))
        )
        found.append(
            Figure(msg("Overdue service requests"), Counted(requests.where(late())), url=url_for("ServiceRequestsView.list", view="late"))
        )
    if actor().may(DISPATCH, CARRY_OUT):
        found.append(
            Figure(msg("My dispatch orders"), Counted(orders.where(my_orders())), url=url_for("DispatchOrdersView.list", view="mine"))
        )
    return found


def tasks() -> Sequence[Told]:
    """Own requests by their deadline, orders to accept or carry out, and parts that one was asked for."""
    if not actor().may(REQUEST, "read"):
        return ()
    request, order = ServiceRequest, DispatchOrder
    requests = told(request.id, request.title, request.state, day=request.due_on).where(mine())
    found = [Told(requests.order_by(request.due_on.is_(None), request.due_on, request.id), _request, all=("service-requests", "mine"))]
    if actor().may(DISPATCH, CARRY_OUT):
        orders = told(order.id, order.number, order.title, order.state, at=order.starts_at).where(my_orders())
        found.append(Told(orders.order_by(order.starts_at, order.id), _order, all=("dispatch-orders", "mine")))
    parts = told(request.id, request.title, Participation.task).join(Participation, Participation.request_id == request.id)
    return [*found, Told(parts.where(my_parts()).order_by(Participation.asked_at, Participation.id), _part)]


def _request(row: ToldRow) -> DeskTask:
    title, state, *_ = row.texts
    return DeskTask(title or "", url_for("ServiceRequestsView.show", pk=row.id), row.day, str(RequestState(state or "").label))


def _order(row: ToldRow) -> DeskTask:
    number, title, stored, *_ = row.texts
    assert row.at is not None
    state = DispatchState(stored or "")
    note = msg("Please accept it") if state is DispatchState.ISSUED else state.label
    return DeskTask(f"{number} {title}", url_for("DispatchOrdersView.show", pk=row.id), local(row.at).date(), str(note))


def _part(row: ToldRow) -> DeskTask:
    title, task, *_ = row.texts
    return DeskTask(title or "", url_for("ServiceRequestsView.show", pk=row.id), None, task or "")
