"""The handler at work: the customer is answered, helped, and the result written down (R-241, R-242)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit.trail import name_action
from core.database.answers import clean_answer, needed_answer
from core.kernel.clock import now
from core.kernel.words import listed, msg
from plugins.service.errors import StillDispatched
from plugins.service.models import ServiceNote, ServiceRequest
from plugins.service.operations.loading import get_own_handled
from plugins.service.operations.notes import add_note
from plugins.service.operations.words import request_url, tell
from plugins.service.queries import open_of
from plugins.service.rules import REQUEST_CYCLE


def start_handling(
    session: Session, record_id: int, version: int | None, *, said: str | None = None, moment: datetime | None = None
) -> ServiceRequest:
    """Note that the customer has been spoken to and the work begins; ``said`` becomes the first service note."""
    request = get_own_handled(session, record_id, version)
    text = clean_answer(ServiceNote.fields()["content"], said, "said") if said else None
    begin(session, request, moment or now())
    if text is not None:
        add_note(session, request, text, moment or now())
    session.flush()
    return request


def begin(session: Session, request: ServiceRequest, moment: datetime) -> None:
    """The request is being worked on; the customer counts as answered from the first time on."""
    name_action(session, request, "start")
    request.state = REQUEST_CYCLE.move(request.state, "start")
    request.answered_at = request.answered_at or moment


def finish_handling(
    session: Session, record_id: int, version: int | None, *, result: str | None = None, moment: datetime | None = None
) -> ServiceRequest:
    """Write down what came of it; whoever took the request in is asked to hear the customer.

    Raises :class:`StillDispatched` while a dispatch order is open, :class:`BadInput` without a result.
    """
    request = get_own_handled(session, record_id, version)
    waiting = session.scalars(open_of(request)).all()
    if waiting:
        raise StillDispatched(listed(order.number or f"“{order.title}”" for order in waiting[:5]))
    name_action(session, request, "finish")
    request.state = REQUEST_CYCLE.move(request.state, "finish")
    request.result = needed_answer(ServiceRequest.fields()["result"], result, "result")
    request.handled_at, request.state_reason, request.due_on = moment or now(), None, None
    session.flush()
    said = msg("The service request “%(title)s” has been handled. Please ask the customer whether all is well.", title=request.title)
    tell(session, request.accepted_by_id, said, request_url(request.id))
    return request
