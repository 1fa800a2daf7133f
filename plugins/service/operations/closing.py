"""The end of a request: the customer's opinion, closing, reopening, archiving (R-242, R-243)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.access.holders import who_may
from core.access.taken_back import Done
from core.audit.trail import name_action
from core.database.answers import clean_answer, needed_answer
from core.kernel.clock import local, now
from core.kernel.words import msg
from plugins.service.errors import NoReopening, NotSatisfied
from plugins.service.models import ServiceRequest
from plugins.service.operations.loading import get_handled
from plugins.service.operations.receiving import set_deadlines
from plugins.service.operations.words import request_url, tell
from plugins.service.permissions import ARCHIVE, CLOSE
from plugins.service.queries import heads_told
from plugins.service.rules import REQUEST_CYCLE, RequestState, Satisfaction


def record_feedback(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    satisfaction: Satisfaction | str | None = None,
    words: str | None = None,
    moment: datetime | None = None,
) -> ServiceRequest:
    """Write down what the customer says of the service; of a dissatisfied one the heads of the handler's department are told."""
    request = get_handled(session, record_id, version)
    name_action(session, request, "record_feedback")
    request.state = REQUEST_CYCLE.move(request.state, "record_feedback")
    request.satisfaction = needed_answer(ServiceRequest.fields()["satisfaction"], satisfaction, "satisfaction")
    request.feedback = clean_answer(ServiceRequest.fields()["feedback"], words, "words")
    request.feedback_at = moment or now()
    session.flush()
    if request.satisfaction == Satisfaction.DISSATISFIED:
        said = msg("A customer is not satisfied with the service “%(title)s”. Please look at it.", title=request.title)
        for receiver in (request.owner_id, *heads_told(session, request.department_id)):
            tell(session, receiver, said, request_url(request.id))
    return request


def close_request(session: Session, record_id: int, version: int | None, *, moment: datetime | None = None) -> ServiceRequest:
    """Close what the customer has answered, and tell who may archive it; raises :class:`NotSatisfied` for a dissatisfied one."""
    request: ServiceRequest = get_for(session, ServiceRequest, CLOSE, record_id, version)
    name_action(session, request, "close")
    state = REQUEST_CYCLE.move(request.state, "close")
    if request.satisfaction == Satisfaction.DISSATISFIED:
        raise NotSatisfied
    request.state, request.closed_at = state, moment or now()
    session.flush()
    able, heads = who_may(session, ARCHIVE, request), heads_told(session, request.department_id)
    said = msg("The service request “%(title)s” is closed and can be archived.", title=request.title)
    for receiver in [one for one in able if one in heads] or able:
        tell(session, receiver, said, request_url(request.id))
    return request


def reopen_request(
    session: Session, record_id: int, version: int | None, *, reason: str | None = None, moment: datetime | None = None
) -> ServiceRequest:
    """Take a request up again for a stated reason, with a new deadline; a satisfied customer's one only after it was closed."""
    request: ServiceRequest = get_for(session, ServiceRequest, CLOSE, record_id, version)
    name_action(session, request, "reopen")
    state = REQUEST_CYCLE.move(request.state, "reopen")
    if request.state == RequestState.ANSWERED and request.satisfaction != Satisfaction.DISSATISFIED:
        raise NoReopening
    request.state_reason = needed_answer(ServiceRequest.fields()["state_reason"], reason, "reason")
    request.state, request.reopened = state, request.reopened + 1
    request.handled_at = request.closed_at = None
    set_deadlines(session, request, since=local(moment or now()).date())
    session.flush()
    said = msg("The service request “%(title)s” was reopened: %(reason)s", title=request.title, reason=request.state_reason)
    tell(session, request.owner_id, said, request_url(request.id))
    return request


def archive_request(session: Session, record_id: int, version: int | None, *, moment: datetime | None = None) -> ServiceRequest:
    """Put a closed request away for good."""
    request: ServiceRequest = get_for(session, ServiceRequest, ARCHIVE, record_id, version)
    name_action(session, request, "archive")
    request.state, request.archived_at = REQUEST_CYCLE.move(request.state, "archive"), moment or now()
    session.flush()
    return request


def take_out_of_archive(session: Session, record_id: int, done: Done) -> ServiceRequest:
    """Take back that many were archived: the request is closed, as it was. Raises :class:`Conflict` for one that was changed since."""
    request: ServiceRequest = get_for(session, ServiceRequest, ARCHIVE, record_id)
    name_action(session, request, "unarchive")
    changes = done.demand(session, request, "state", "archived_at")
    request.state, request.archived_at = RequestState(changes["state"][0]), None
    session.flush()
    return request
