"""Planning, issuing, changing and cancelling a dispatch order (R-246)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, handing_over
from core.access.models import ShareMode
from core.access.sharing import forget_shares, let_see
from core.audit.trail import name_action
from core.database.answers import needed_answer
from core.database.changes import apply_changes, make_record
from core.database.lines import lines_of, parted
from core.database.numbers import take_number
from core.kernel.acting import employee_id
from core.kernel.clock import local, now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.service.errors import NumberGiven, OrderFixed, RequestClosed
from plugins.service.models import DispatchOrder, DispatchPart, ServiceRequest
from plugins.service.operations.handling import begin
from plugins.service.operations.loading import get_handled, request_of
from plugins.service.operations.parts import write_parts
from plugins.service.operations.sending import check_time, come_back
from plugins.service.operations.words import dispatch_url, tell
from plugins.service.permissions import CARRY_OUT, DISPATCH, ISSUE
from plugins.service.queries import somebody_able
from plugins.service.rules import DISPATCH_CYCLE, OPEN_DISPATCHES, REQUEST_CYCLE, SENT, UNDONE, DispatchState, RequestState, dispatch_number

SENT_OUT = msg("Somebody has been dispatched with this order. Please cancel it, or have it returned first.")
SPAN = {"starts_at", "ends_at"}


def plan_dispatch(session: Session, values: Mapping[str, Any]) -> DispatchOrder:
    """Plan to send ``values["owner"]`` (an employee's id) for the request ``values["request"]``, which one handles.

    Address and contact come from customer and request where they are not given; ``values["parts"]`` are taken along. Raises
    :class:`NotTheHandler`, :class:`RequestClosed`, :class:`CannotHandle`, :class:`BadInput`.
    """
    authorise(DispatchOrder, "create")
    own, parts = parted(values, "parts")
    order: DispatchOrder = make_record(DispatchOrder, own)
    request = get_handled(session, order.request_id)
    if request.state not in UNDONE:
        raise RequestClosed(request.state.label)
    order.customer_id, order.planned_by_id = request.customer_id, employee_id()
    order.department_id = somebody_able(session, order.owner_id, DISPATCH, CARRY_OUT, "owner").department_id
    _check_span(order)
    _fill_in(order, request)
    session.add(order)
    session.flush()
    let_see(session, order, request.owner_id, ShareMode.WRITE)
    let_see(session, request, order.owner_id)
    write_parts(session, order, parts or ())
    return order


def change_dispatch(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> DispatchOrder:
    """Change the given fields of an open order, and its parts when ``changes["parts"]`` is given.

    Another worker is named only while nobody is sent; a new time of an issued order is told to the worker. Raises :class:`OrderFixed`.
    """
    order: DispatchOrder = get_for(session, DispatchOrder, "update", record_id, version)
    if order.state not in OPEN_DISPATCHES:
        raise OrderFixed(order.state.label)
    own, parts = parted(changes, "parts")
    if own.get("request", order.request_id) != order.request_id:
        raise BadInput(fields={"request": msg("A dispatch order stays with its request. Please plan a new one for the other request.")})
    _change_worker(session, order, own.pop("owner", order.owner_id))
    changed = apply_changes(order, own)
    _check_span(order)
    if changed & SPAN and order.state in SENT:
        check_time(session, order)
        tell(
            session,
            order.owner_id,
            msg("The time of your dispatch order %(number)s was changed.", number=order.number),
            dispatch_url(order.id),
        )
    if parts is not None:
        write_parts(session, order, parts)
    session.flush()
    return order


def delete_dispatch(session: Session, record_id: int, version: int | None) -> None:
    """Throw away an order that was never issued; raises :class:`NumberGiven` otherwise."""
    order: DispatchOrder = get_for(session, DispatchOrder, "delete", record_id, version)
    if order.state != DispatchState.PLANNED or order.number:
        raise NumberGiven
    for part in lines_of(session, DispatchPart, order.id):
        session.delete(part)
    session.flush()
    forget_shares(session, order)
    session.delete(order)
    session.flush()


def issue_dispatch(session: Session, record_id: int, version: int | None, *, moment: datetime | None = None) -> DispatchOrder:
    """Send the worker out: the order gets the year's next number, unless it has one, and the request waits for its result.

    Raises :class:`WorkerBusy` when the company refuses overlaps and the worker is out at that time, :class:`IllegalTransition` while the
    request is not being handled.
    """
    order: DispatchOrder = get_for(session, DispatchOrder, ISSUE, record_id, version)
    name_action(session, order, "issue")
    order.state = DISPATCH_CYCLE.move(order.state, "issue")
    worker = somebody_able(session, order.owner_id, DISPATCH, CARRY_OUT, "owner")
    check_time(session, order)
    request = request_of(session, order)
    if request.state == RequestState.ASSIGNED:
        begin(session, request, moment or now())
    name_action(session, request, "dispatch")
    request.state = REQUEST_CYCLE.move(request.state, "dispatch")
    order.issued_at, order.state_reason = moment or now(), None
    session.flush()
    if order.number is None:
        year = local(order.issued_at).year
        order.number = dispatch_number(year, take_number(session, order.company_id, DispatchOrder.__resource__, year))
    session.flush()
    said = msg("You are sent out: %(number)s “%(title)s”. Please accept it.", number=order.number, title=order.title)
    tell(session, worker.id, said, dispatch_url(order.id))
    return order


def cancel_dispatch(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> DispatchOrder:
    """Call an order off for a stated reason; a number that it has stays with it."""
    order: DispatchOrder = get_for(session, DispatchOrder, ISSUE, record_id, version)
    was_sent = order.state in SENT
    name_action(session, order, "cancel")
    order.state = DISPATCH_CYCLE.move(order.state, "cancel")
    order.state_reason = needed_answer(DispatchOrder.fields()["state_reason"], reason, "reason")
    session.flush()
    if was_sent:
        come_back(session, order)
        said = msg("Your dispatch order %(number)s was cancelled: %(reason)s", number=order.number, reason=order.state_reason)
        tell(session, order.owner_id, said, dispatch_url(order.id))
    return order


def _change_worker(session: Session, order: DispatchOrder, worker: Any) -> None:
    if worker == order.owner_id:
        return
    if order.state in SENT:
        raise BadInput(fields={"owner": SENT_OUT})
    if worker is None:
        raise BadInput(fields={"owner": msg("Please choose whom to dispatch.")})
    employee = somebody_able(session, worker, DISPATCH, CARRY_OUT, "owner")
    request = request_of(session, order)
    with handing_over(session):
        order.owner_id, order.department_id = employee.id, employee.department_id
    let_see(session, order, request.owner_id, ShareMode.WRITE)
    let_see(session, request, employee.id)


def _check_span(order: DispatchOrder) -> None:
    wrong: dict[str, Message] = {}
    if order.ends_at <= order.starts_at:
        wrong["ends_at"] = msg("The work ends before it begins. Please check both times.")
    elif (order.ends_at - order.starts_at).days >= 31:
        wrong["ends_at"] = msg("A dispatch order takes at most 31 days. Please plan several.")
    if wrong:
        raise BadInput(fields=wrong)


def _fill_in(order: DispatchOrder, request: ServiceRequest) -> None:
    """What the worker needs on the way, from the customer and the contact as far as they are seen."""
    order.address = order.address or getattr(request.customer, "address", None)
    order.contact_name = order.contact_name or getattr(request.contact, "name", None)
    order.contact_phone = order.contact_phone or getattr(request.contact, "mobile", None) or getattr(request.customer, "phone", None)
