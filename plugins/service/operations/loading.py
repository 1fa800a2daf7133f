"""Loading a request or order for a verb, with a reason that helps when somebody may not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, open_for_writing
from core.kernel.acting import Actor, acting, employee_id
from core.kernel.errors import Forbidden
from core.organisation.models import Employee
from plugins.service.errors import NotTheHandler, NotTheWorker
from plugins.service.models import DispatchOrder, ServiceRequest
from plugins.service.permissions import CARRY_OUT, DISPATCH, HANDLE, REQUEST


def get_handled(session: Session, record_id: int, version: int | None = None) -> ServiceRequest:
    """A request that the person who acts handles or leads the handler of; raises :class:`NotTheHandler` for somebody else's."""
    seen: ServiceRequest = get_for(session, ServiceRequest, "read", record_id)
    try:
        found: ServiceRequest = get_for(session, ServiceRequest, HANDLE, record_id, version)
    except Forbidden as error:
        if _may(REQUEST, HANDLE):
            raise NotTheHandler(_name(session, seen.owner_id)) from error
        raise
    return found


def get_own_handled(session: Session, record_id: int, version: int | None = None) -> ServiceRequest:
    """A request that the person who acts handles in person: the work is not done in another's name (R-377)."""
    request = get_handled(session, record_id, version)
    if employee_id() not in (None, request.owner_id):
        raise NotTheHandler(_name(session, request.owner_id))
    return request


def get_carried_out(session: Session, record_id: int, version: int | None = None) -> DispatchOrder:
    """An order with which the person who acts is sent; raises :class:`NotTheWorker` for somebody else's."""
    seen: DispatchOrder = get_for(session, DispatchOrder, "read", record_id)
    if _may(DISPATCH, CARRY_OUT) and employee_id() not in (None, seen.owner_id):
        raise NotTheWorker(_name(session, seen.owner_id))
    order: DispatchOrder = get_for(session, DispatchOrder, CARRY_OUT, record_id, version)
    return order


def request_of(session: Session, order: DispatchOrder) -> ServiceRequest:
    """The request of an order that one may write, opened because the order moves it; the worker may not otherwise change it."""
    with as_system(session, "a dispatch order moves its request"):
        request = session.get(ServiceRequest, order.request_id)
    assert request is not None
    open_for_writing(session, request)
    return request


def _may(resource: str, verb: str) -> bool:
    who = acting()
    return isinstance(who, Actor) and who.may(resource, verb)


def _name(session: Session, employee: int) -> str:
    with as_system(session, "the name of a colleague"):
        found = session.get(Employee, employee)
    return found.name if found is not None else ""
