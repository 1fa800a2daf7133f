"""A request comes in, is corrected, or is thrown away as a mistake (R-239)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.access.sharing import forget_shares
from core.database.changes import apply_changes, make_record
from core.database.numbers import take_number
from core.kernel.acting import employee_id
from core.kernel.clock import local, now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days, is_working_day
from plugins.service.errors import HasHistory, RequestClosed
from plugins.service.models import DispatchOrder, Handling, Participation, ServiceNote, ServiceRequest
from plugins.service.operations.words import request_url, tell
from plugins.service.queries import customer_of_contact, heads_told
from plugins.service.rules import OPEN, UNDONE, Hours, RequestState, Urgency, answer_deadline, request_number

SLACK = timedelta(minutes=10)  # clocks of phones and servers differ


def receive_request(session: Session, values: Mapping[str, Any], *, moment: datetime | None = None) -> ServiceRequest:
    """Take a customer's request in; whoever takes it in is its handler until it is assigned. ``moment`` is the clock, by default now.

    It gets its number and, by the company's calendar, its deadlines; the head of the department is told. Raises :class:`BadInput` for a
    time to come or a contact of another customer, :class:`NotFound` for a customer that one may not see.
    """
    authorise(ServiceRequest, "create")
    request: ServiceRequest = make_record(ServiceRequest, {**values, "received_at": values.get("received_at") or moment or now()})
    request.accepted_by_id = employee_id()
    set_deadlines(session, request)
    session.add(request)
    session.flush()
    _check(session, request, moment or now())
    year = local(request.received_at).year
    request.number = request_number(year, take_number(session, request.company_id, ServiceRequest.__resource__, year))
    session.flush()
    for head in heads_told(session, request.department_id):
        tell(session, head, msg("The service request “%(title)s” has come in.", title=request.title), request_url(request.id))
    return request


def change_request(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ServiceRequest:
    """Change the given fields of a request that is not closed; its deadlines follow. Raises as :func:`receive_request`."""
    request: ServiceRequest = get_for(session, ServiceRequest, "update", record_id, version)
    if request.state not in OPEN:
        raise RequestClosed(request.state.label)
    with session.no_autoflush:
        kept = {**changes, "received_at": changes.get("received_at") or request.received_at}
        changed = apply_changes(request, kept)
        if changed & {"urgency", "received_at"} and request.state in UNDONE:
            set_deadlines(session, request)
        _check(session, request, now())
    session.flush()
    return request


def delete_request(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a request that was entered by mistake; raises :class:`HasHistory` once somebody has worked on it."""
    request: ServiceRequest = get_for(session, ServiceRequest, "delete", record_id, version)
    parts = (ServiceNote, Handling, Participation, DispatchOrder)
    if request.state != RequestState.RECEIVED or any(
        session.scalar(select(part.id).where(part.request_id == record_id).limit(1)) for part in parts
    ):
        raise HasHistory
    forget_shares(session, request)
    session.delete(request)
    session.flush()


def set_deadlines(session: Session, request: ServiceRequest, since: date | None = None) -> None:
    """Until when the customer is answered and helped (R-377), counted from the coming in, or for handling from the day ``since``."""
    day = local(request.received_at).date()
    with session.no_autoflush:
        open_hours = Hours(parameter(session, "service.opens_at", day), parameter(session, "service.closes_at", day))
        urgent = "urgent_" if request.urgency == Urgency.URGENT else ""
        hours, days = (parameter(session, f"service.{urgent}{what}", day) for what in ("answer_hours", "handle_days"))
        request.answer_due_at = answer_deadline(request.received_at, hours, open_hours, partial(is_working_day, session))
        request.handle_due_on = request.due_on = add_working_days(session, since or day, days)
    request.handle_warned_at = None
    if request.answered_at is None:
        request.answer_warned_at = None


def _check(session: Session, request: ServiceRequest, moment: datetime) -> None:
    wrong: dict[str, Message] = {}
    if request.received_at > moment + SLACK:
        wrong["received_at"] = msg("A request comes in before it is entered. Please choose an earlier time.")
    if request.contact_id is not None and customer_of_contact(session, request.contact_id) not in (None, request.customer_id):
        wrong["contact"] = msg("This contact belongs to another customer. Please choose one of this customer.")
    if wrong:
        raise BadInput(fields=wrong)
