"""What service shows on a customer's page, on the request's own timeline, and on the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from core.database.sessions import capped_counts
from core.extension.calling import hooks
from core.extension.exchange import DeskTask, Figure, RelatedCount, TimelineEntry
from core.kernel.acting import actor
from core.kernel.clock import local
from core.kernel.words import Message, msg
from plugins.service.models import DispatchOrder, Handling, Participation, ServiceNote, ServiceRequest
from plugins.service.permissions import CARRY_OUT, DISPATCH, REQUEST
from plugins.service.public import ShownRequest
from plugins.service.queries import handlings_of, late, mine, my_orders, my_parts, notes_of, of_customer, orders_of, parts_of
from plugins.service.rules import HANDLED_ONCE, OPEN, DispatchState, Satisfaction

HANDLER_WORDS: dict[str, Message] = {
    "assign": msg("named the handler %(name)s"),
    "take_over": msg("took the request over"),
    "hand_on": msg("handed the request on to %(name)s"),
    "hand_over": msg("handed the request over with the customer to %(name)s"),
}


def _may(resource: str = REQUEST) -> bool:
    return actor().may(resource, "read")


def customer_counts(session: Session, customer_id: int) -> Sequence[RelatedCount]:
    """How many service requests the customer has, as a door to them."""
    if not _may():
        return ()
    ((count, more),) = capped_counts(session, [of_customer(customer_id)])
    return [RelatedCount(msg("Service requests"), "tool", count, url_for("ServiceRequestsView.list", customer=customer_id), more)]


def customer_figures(session: Session, customer_id: int) -> Sequence[Figure]:
    """Open requests of the customer, and how many were content of those who were asked."""
    if not _may():
        return ()
    still_open = func.count(ServiceRequest.id).filter(ServiceRequest.state.in_(OPEN))
    asked = func.count(ServiceRequest.id).filter(ServiceRequest.satisfaction.is_not(None))
    content = func.count(ServiceRequest.id).filter(ServiceRequest.satisfaction.in_((Satisfaction.SATISFIED, Satisfaction.ACCEPTABLE)))
    found = session.execute(select(still_open, asked, content).where(ServiceRequest.customer_id == customer_id)).one()
    note = msg("%(content)s of %(asked)s content", content=found[2], asked=found[1]) if found[1] else None
    door = url_for("ServiceRequestsView.list", customer=customer_id, view="open")
    return [Figure(msg("Open service requests"), found[0], note=note, url=door)]


def dispatch_counts(session: Session, request_id: int) -> Sequence[RelatedCount]:
    """Dispatch orders of a request, and what other plugins know of its customer."""
    request = session.get(ServiceRequest, request_id)
    if request is None:
        return ()
    shown = ShownRequest(request.id, request.customer_id, request.title)
    others: Sequence[RelatedCount] = hooks().crm_service_request_shown(session=session, request=shown)
    if not _may(DISPATCH):
        return others
    ((count, more),) = capped_counts(session, [select(DispatchOrder).where(DispatchOrder.request_id == request_id)])
    door = url_for("DispatchOrdersView.list", request=request_id)
    return [RelatedCount(msg("Dispatch orders"), "truck-delivery", count, door, more), *others]


def signature_counts(session: Session, order_id: int) -> Sequence[RelatedCount]:
    """The way to the page on which the customer signs."""
    if not actor().may(DISPATCH, CARRY_OUT):
        return ()
    signed = session.scalar(select(DispatchOrder.signed_at).where(DispatchOrder.id == order_id))
    return [
        RelatedCount(
            msg("Signature of the customer"), "signature", int(signed is not None), url_for("DispatchOrdersView.signature", pk=order_id)
        )
    ]


def customer_timeline(session: Session, customer_id: int, limit: int) -> Sequence[TimelineEntry]:
    """Requests of the customer as they came in."""
    if not _may():
        return ()
    named = joinedload(ServiceRequest.accepted_by)
    found = session.scalars(of_customer(customer_id).options(named).limit(limit)).all()
    return [
        TimelineEntry(
            one.received_at,
            _name(one.accepted_by),
            msg("took in the service request %(number)s", number=one.number),
            icon="tool",
            tone="good" if one.state in HANDLED_ONCE else "wait",
            body=one.title,
            url=url_for("ServiceRequestsView.show", pk=one.id),
        )
        for one in found
    ]


def request_timeline(session: Session, request_id: int, limit: int) -> Sequence[TimelineEntry]:
    """Everything that happened to a request: handlers, records, participants, dispatch orders, the customer's opinion."""
    request = session.get(ServiceRequest, request_id)
    if request is None:
        return ()
    return [
        *(_note(one) for one in notes_of(session, request_id, limit)),
        *(_handling(one) for one in handlings_of(session, request_id, limit)),
        *(entry for one in parts_of(session, request_id, limit) for entry in _part(one)),
        *(entry for one in orders_of(session, request_id, limit) for entry in _order(one)),
        *_opinion(request),
    ]


def _note(note: ServiceNote) -> TimelineEntry:
    door = url_for("ServiceNotesView.show", pk=note.id)
    return TimelineEntry(note.at, _name(note.person), msg("wrote a handling record"), "notes", "run", note.content, door)


def _handling(step: Handling) -> TimelineEntry:
    said = HANDLER_WORDS.get(step.verb, HANDLER_WORDS["assign"])
    what = Message(said.text, {"name": _name(step.handler)}) if "%(name)s" in said.text else said
    return TimelineEntry(step.at, _name(step.by), what, "user-share", "idle", step.reason or "")


def _part(part: Participation) -> list[TimelineEntry]:
    asked = msg("asked %(name)s to take part", name=_name(part.employee))
    found = [TimelineEntry(part.asked_at, _name(part.asked_by), asked, "users-plus", "idle", part.task)]
    if part.done_at is not None:
        found.append(
            TimelineEntry(part.done_at, _name(part.employee), msg("has done a part"), "clipboard-check", "good", part.result or "")
        )
    return found


def _order(order: DispatchOrder) -> list[TimelineEntry]:
    door = url_for("DispatchOrdersView.show", pk=order.id)
    found = []
    if order.issued_at is not None:
        said = msg("was sent out with %(number)s", number=order.number)
        found.append(TimelineEntry(order.issued_at, _name(order.owner), said, "truck-delivery", "run", order.title, door))
    if order.finished_at is not None:
        said = msg("came back from %(number)s", number=order.number)
        found.append(TimelineEntry(order.finished_at, _name(order.owner), said, "check", "good", order.result or "", door))
    return found


def _opinion(request: ServiceRequest) -> list[TimelineEntry]:
    if request.feedback_at is None or request.satisfaction is None:
        return []
    said = msg("The customer says: %(opinion)s", opinion=request.satisfaction.label)
    return [TimelineEntry(request.feedback_at, _name(request.owner), said, "mood-smile", request.satisfaction.tone, request.feedback or "")]


def _name(employee: Any) -> str:
    return str(employee.name) if employee is not None else "–"


def desk_figures(session: Session) -> Sequence[Figure]:
    """Own open requests, what is late of all that one sees, and the orders that one is out with."""
    asked: list[tuple[Message, Any, str]] = []
    if _may():
        asked.append((msg("My service requests"), select(ServiceRequest).where(mine()), url_for("ServiceRequestsView.list", view="mine")))
        asked.append((msg("Late service requests"), select(ServiceRequest).where(late()), url_for("ServiceRequestsView.list", view="late")))
    if actor().may(DISPATCH, CARRY_OUT):
        asked.append((msg("My dispatch orders"), select(DispatchOrder).where(my_orders()), url_for("DispatchOrdersView.list", view="mine")))
    counts = capped_counts(session, [statement for _, statement, _ in asked]) if asked else []
    return [Figure(label, count, url=door) for (label, _, door), (count, _) in zip(asked, counts, strict=True)]


def desk_tasks(session: Session, limit: int) -> Sequence[DeskTask]:
    """Own requests by their deadline, orders to accept or carry out, and parts that one was asked for."""
    if not _may():
        return ()
    requests = session.scalars(
        select(ServiceRequest)
        .where(mine())
        .order_by(ServiceRequest.due_on.is_(None), ServiceRequest.due_on, ServiceRequest.id)
        .limit(limit)
    )
    found = [DeskTask(one.title, url_for("ServiceRequestsView.show", pk=one.id), one.due_on, str(one.state.label)) for one in requests]
    if actor().may(DISPATCH, CARRY_OUT):
        orders = session.scalars(select(DispatchOrder).where(my_orders()).order_by(DispatchOrder.starts_at).limit(limit))
        found += [_order_task(one) for one in orders]
    parts = session.execute(my_parts().join(ServiceRequest).add_columns(ServiceRequest.title).limit(limit)).all()
    found += [DeskTask(title, url_for("ServiceRequestsView.show", pk=part.request_id), None, part.task) for part, title in parts]
    return sorted(found, key=lambda task: (task.due is None, str(task.due)))[:limit]


def _order_task(order: DispatchOrder) -> DeskTask:
    note = msg("Please accept it") if order.state == DispatchState.ISSUED else order.state.label
    return DeskTask(
        f"{order.number} {order.title}", url_for("DispatchOrdersView.show", pk=order.id), local(order.starts_at).date(), str(note)
    )
