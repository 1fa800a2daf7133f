"""The field worker's verbs: accept, arrive, report, return, and have the customer sign (R-246)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO

from sqlalchemy.orm import Session

from core.audit.trail import name_action
from core.database.answers import needed_answer
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.attachments import attach
from plugins.service.errors import NotOnSite, OrderFixed, SignedAlready
from plugins.service.models import DispatchOrder
from plugins.service.operations.loading import get_carried_out, request_of
from plugins.service.operations.sending import come_back
from plugins.service.operations.words import request_url, tell
from plugins.service.rules import DISPATCH_CYCLE, DispatchState

PNG = b"\x89PNG\r\n\x1a\n"
LONGEST_DAY = Decimal(744)  # hours of a month


def accept_dispatch(session: Session, record_id: int, version: int | None, *, moment: datetime | None = None) -> DispatchOrder:
    """Say that one goes."""
    order = _moved(session, record_id, version, "accept")
    order.accepted_at = moment or now()
    session.flush()
    return order


def arrive_on_site(session: Session, record_id: int, version: int | None, *, moment: datetime | None = None) -> DispatchOrder:
    """Note that one stands before the customer's door."""
    order = _moved(session, record_id, version, "arrive")
    order.arrived_at = moment or now()
    session.flush()
    return order


def report_result(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    result: str | None = None,
    hours: Decimal | None = None,
    moment: datetime | None = None,
) -> DispatchOrder:
    """Report what was done and in how many hours; the result goes back to the handler of the request."""
    order = _moved(session, record_id, version, "finish")
    order.result = needed_answer(DispatchOrder.fields()["result"], result, "result")
    order.hours = needed_answer(DispatchOrder.fields()["hours"], hours, "hours")
    if not 0 < order.hours <= LONGEST_DAY:
        raise BadInput(fields={"hours": msg("Please write the hours worked, above 0 and at most %(most)s.", most=LONGEST_DAY)})
    order.finished_at = moment or now()
    session.flush()
    come_back(session, order)
    request = request_of(session, order)
    said = msg("The dispatch order %(number)s for “%(title)s” has come back with its result.", number=order.number, title=request.title)
    tell(session, request.owner_id, said, request_url(request.id))
    return order


def send_back_dispatch(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> DispatchOrder:
    """Give the order back undone, for a stated reason; the handler issues it again, changed, or cancels it."""
    order = _moved(session, record_id, version, "send_back")
    order.state_reason = needed_answer(DispatchOrder.fields()["state_reason"], reason, "reason")
    session.flush()
    come_back(session, order)
    request = request_of(session, order)
    said = msg("The dispatch order %(number)s was returned: %(reason)s", number=order.number, reason=order.state_reason)
    tell(session, request.owner_id, said, request_url(request.id))
    return order


def sign_dispatch(session: Session, record_id: int, version: int | None, *, name: str | None = None, drawing: bytes = b"") -> DispatchOrder:
    """Keep the signature that the customer has drawn on the screen (``drawing``, a PNG) among the files of the order.

    Raises what :func:`demand_unsigned` raises, and :class:`BadInput` without name or drawing.
    """
    order = get_carried_out(session, record_id, version)
    demand_unsigned(order)
    name_action(session, order, "sign")
    order.signed_by, order.signed_at = needed_answer(DispatchOrder.fields()["signed_by"], name, "name"), now()
    if not drawing.startswith(PNG):
        raise BadInput(fields={"drawing": msg("Please let the customer sign in the field.")})
    session.flush()
    attach(session, order, f"{order.number}-signature.png", BytesIO(drawing))
    return order


def demand_unsigned(order: DispatchOrder) -> None:
    """Refuse what is signed already (:class:`SignedAlready`), not yet to be signed (:class:`NotOnSite`) or over (:class:`OrderFixed`)."""
    if order.signed_at is not None:
        raise SignedAlready(order.signed_by or "")
    if order.state in (DispatchState.PLANNED, DispatchState.ISSUED, DispatchState.ACCEPTED):
        raise NotOnSite(order.state.label)
    if order.state not in (DispatchState.ON_SITE, DispatchState.DONE):
        raise OrderFixed(order.state.label)


def _moved(session: Session, record_id: int, version: int | None, verb: str) -> DispatchOrder:
    order = get_carried_out(session, record_id, version)
    name_action(session, order, verb)
    order.state = DISPATCH_CYCLE.move(order.state, verb)
    return order
