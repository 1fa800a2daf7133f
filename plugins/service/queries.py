"""Questions about service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.people import active_employee, heads_of
from core.database.references import class_of
from core.kernel.acting import Actor, actor
from core.kernel.clock import now, today
from core.organisation.models import Employee
from core.switchboard.rehearsal import actors_of
from plugins.service.errors import CannotHandle
from plugins.service.models import DispatchOrder, Participation, ServiceRequest
from plugins.service.permissions import REQUEST
from plugins.service.rules import ANSWER_OPEN, OPEN, OPEN_DISPATCHES, SENT, UNDONE


def somebody_able(session: Session, employee_id: int, resource: str, verb: str, field: str) -> Employee:
    """An employee of today whose roles allow ``verb``; raises :class:`BadInput` or :class:`CannotHandle` for ``field`` otherwise."""
    employee = active_employee(session, employee_id, field)
    if not may_each(session, [employee], resource, verb):
        raise CannotHandle(field, employee.name)
    return employee


def may_each(session: Session, employees: Sequence[Employee], resource: str, verb: str) -> list[Actor]:
    """Those of ``employees`` whose roles of today allow ``verb``, as they would act."""
    with as_system(session, "whether a colleague may do the work"):
        found = actors_of(session, employees)
    return [who for who in found.values() if who.may(resource, verb)]


def heads_told(session: Session, department_id: int) -> list[int]:
    """Ids of the heads of a department, or of the nearest one above, who may see its requests."""
    with as_system(session, "heads are told of what is late"):
        heads = heads_of(session, department_id)
    return [who.employee_id for who in may_each(session, heads, REQUEST, "read") if department_id in who.subtree]


def customer_of_contact(session: Session, contact_id: int) -> int | None:
    """The customer that a contact belongs to, None when it is not seen."""
    contact: Any = class_of(ServiceRequest, "customers_contact")
    return session.scalar(select(contact.customer_id).where(contact.id == contact_id))


def open_of(request: ServiceRequest) -> Select[DispatchOrder]:
    """Dispatch orders of a request that are neither done nor cancelled."""
    return select(DispatchOrder).where(DispatchOrder.request_id == request.id, DispatchOrder.state.in_(OPEN_DISPATCHES))


def sent_overlapping(order: DispatchOrder) -> Select[DispatchOrder]:
    """Other orders with which the same worker is out at a time that ``order`` needs too."""
    span = (DispatchOrder.starts_at < order.ends_at, DispatchOrder.ends_at > order.starts_at)
    mine = (DispatchOrder.owner_id == order.owner_id, DispatchOrder.id != order.id, DispatchOrder.state.in_(SENT))
    return select(DispatchOrder).where(*mine, *span).order_by(DispatchOrder.starts_at).limit(1)


def answer_late(moment: datetime) -> ColumnElement[bool]:
    """Requests that nobody has answered in time."""
    return and_(ServiceRequest.state.in_(ANSWER_OPEN), ServiceRequest.answered_at.is_(None), ServiceRequest.answer_due_at < moment)


def handle_late(day: date) -> ColumnElement[bool]:
    """Requests that are not handled although their last day lies before ``day``."""
    return and_(ServiceRequest.state.in_(UNDONE), ServiceRequest.handle_due_on < day)


def late() -> ColumnElement[bool]:
    """Requests late in one way or the other."""
    return or_(answer_late(now()), handle_late(today()))


def mine() -> ColumnElement[bool]:
    """Open requests whose handler the person who acts is."""
    return and_(ServiceRequest.owner_id == actor().employee_id, ServiceRequest.state.in_(OPEN))


def my_orders() -> ColumnElement[bool]:
    """Dispatch orders that the person who acts is out with or has to accept."""
    return and_(DispatchOrder.owner_id == actor().employee_id, DispatchOrder.state.in_(SENT))


def my_parts() -> ColumnElement[bool]:
    """What the person who acts was asked to do for others' requests and has not done."""
    return and_(Participation.employee_id == actor().employee_id, Participation.done_at.is_(None))


def of_customer(customer_id: int) -> Select[ServiceRequest]:
    """Requests of a customer, latest first."""
    wanted = select(ServiceRequest).where(ServiceRequest.customer_id == customer_id)
    return wanted.order_by(ServiceRequest.received_at.desc(), ServiceRequest.id.desc())
