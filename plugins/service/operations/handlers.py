"""The one current handler: assigned, taken over, handed on, and never nobody (R-240, R-377)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, handing_over, open_for_writing
from core.access.models import ShareMode
from core.access.people import active_employee
from core.access.sharing import let_see
from core.access.taken_back import Done, put_back_shares
from core.audit.trail import name_action
from core.database.answers import clean_answer, needed_answer
from core.kernel.acting import actor, employee_id
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from plugins.customers.public import CustomerHandedOver
from plugins.service.models import DispatchOrder, Handling, ServiceRequest
from plugins.service.operations.loading import get_handled
from plugins.service.operations.words import request_url, tell
from plugins.service.permissions import ASSIGN, HANDLE, REQUEST, TAKE_OVER
from plugins.service.queries import somebody_able
from plugins.service.rules import OPEN, OPEN_DISPATCHES, REQUEST_CYCLE, RequestState


def assign_request(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    handler: int | None = None,
    reason: str | None = None,
    moment: datetime | None = None,
) -> ServiceRequest:
    """Name who handles the request (``handler``, an employee's id); raises :class:`CannotHandle` where the roles forbid it."""
    request: ServiceRequest = get_for(session, ServiceRequest, ASSIGN, record_id, version)
    employee = _chosen(session, handler)
    said = clean_answer(Handling.fields()["reason"], reason, "reason")
    _pass(session, request, employee, "assign", said, moment or now())
    return request


def take_over_request(
    session: Session, record_id: int, version: int | None, *, reason: str | None = None, moment: datetime | None = None
) -> ServiceRequest:
    """Become the handler oneself; whoever had the request is told. Taking what one has already is refused."""
    request: ServiceRequest = get_for(session, ServiceRequest, TAKE_OVER, record_id, version)
    employee = somebody_able(session, actor().employee_id, REQUEST, HANDLE, "handler")
    said = clean_answer(Handling.fields()["reason"], reason, "reason")
    _pass(session, request, employee, "take_over", said, moment or now())
    return request


def hand_on_request(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    handler: int | None = None,
    reason: str | None = None,
    moment: datetime | None = None,
) -> ServiceRequest:
    """Give the request to another handler for a stated reason; raises :class:`BadInput` without one.

    Whether the state allows it is said before what is wrong with the handler: who chose another one would be refused once more.
    """
    request = get_handled(session, record_id, version)
    REQUEST_CYCLE.move(request.state, "hand_on")
    employee = _chosen(session, handler)
    if employee.id == request.owner_id:
        raise BadInput(fields={"handler": msg("“%(name)s” handles this request already. Please choose somebody else.", name=employee.name)})
    _pass(session, request, employee, "hand_on", needed_answer(Handling.fields()["reason"], reason, "reason"), moment or now())
    return request


def take_back_assignment(session: Session, record_id: int, done: Done) -> ServiceRequest:
    """Let the request be with whom it was before an assignment of many, in the state that it had; it stands among its changes of handler.

    Raises :class:`Conflict` when its handler or its state has changed since.
    """
    request: ServiceRequest = get_for(session, ServiceRequest, ASSIGN, record_id)
    changes = done.demand(session, request, "owner_id", "state")
    put_back_shares(session, request, done)
    previous = request.owner_id
    if "owner_id" in changes:
        employee = active_employee(session, changes["owner_id"][0], "handler")
        with handing_over(session):
            request.owner_id, request.department_id = employee.id, employee.department_id
        tell(session, employee.id, _asked(request, None), request_url(request.id))
    session.add(_step(request, previous, "hand_back", None, now()))
    if "state" in changes:  # the one way back of a step: what was assigned by mistake was never taken up
        request.state = RequestState(changes["state"][0])
    name_action(session, request, "hand_back")
    session.flush()
    return request


def follow_customer(session: Session, handover: CustomerHandedOver) -> int:
    """Open requests that the former owner of a customer handles go to the new one (R-165); return how many."""
    with as_system(session, "open requests follow their customer"):
        found = session.scalars(select(ServiceRequest).where(handover.reaches(ServiceRequest), ServiceRequest.state.in_(OPEN))).all()
        with handing_over(session):
            for request in found:
                open_for_writing(session, request)
                name_action(session, request, "hand_over")
                request.owner_id, request.department_id = handover.owner_id, handover.department_id
                session.add(_step(request, handover.previous_owner_id, "hand_over", None, now()))
    return len(found)


def _chosen(session: Session, handler: int | None) -> Employee:
    if handler is None:
        raise BadInput(fields={"handler": msg("Please choose who handles this request.")})
    return somebody_able(session, handler, REQUEST, HANDLE, "handler")


def _pass(session: Session, request: ServiceRequest, employee: Employee, verb: str, reason: str | None, moment: datetime) -> None:
    previous = request.owner_id
    name_action(session, request, verb)
    request.state = REQUEST_CYCLE.move(request.state, verb)
    with handing_over(session):
        request.owner_id, request.department_id = employee.id, employee.department_id
    session.add(_step(request, previous, verb, reason, moment))
    session.flush()
    _keep_in_sight(session, request, previous)
    tell(session, employee.id, _asked(request, reason), request_url(request.id))
    if verb == "take_over":
        said = msg("%(name)s has taken over the service request “%(title)s” from you.", name=employee.name, title=request.title)
        tell(session, previous, said, request_url(request.id))


def _step(request: ServiceRequest, previous: int, verb: str, reason: str | None, moment: datetime) -> Handling:
    return Handling(
        request_id=request.id,
        verb=verb,
        previous_id=previous,
        handler_id=request.owner_id,
        reason=reason,
        by_id=employee_id(),
        at=moment,
    )


def _keep_in_sight(session: Session, request: ServiceRequest, previous: int) -> None:
    """Former handlers and whoever took the request in see how it goes on; the new handler reaches its dispatch orders."""
    for watcher in {previous, request.accepted_by_id} - {None}:
        let_see(session, request, watcher)
    with as_system(session, "the handler reaches the dispatch orders of the request"):
        orders = session.scalars(
            select(DispatchOrder).where(DispatchOrder.request_id == request.id, DispatchOrder.state.in_(OPEN_DISPATCHES))
        ).all()
        for order in orders:
            let_see(session, order, request.owner_id, ShareMode.WRITE)


def _asked(request: ServiceRequest, reason: str | None) -> Message:
    if reason:
        return msg("You handle the service request “%(title)s” from now on: %(reason)s", title=request.title, reason=reason)
    return msg("You handle the service request “%(title)s” from now on.", title=request.title)
