"""Requests that are late: the handler and the heads of the department are told, once for each deadline (R-377)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.audit.trail import name_action
from core.kernel.clock import local
from core.kernel.words import Message, msg, on_day
from core.work.notices import notify
from plugins.service.models import ServiceRequest
from plugins.service.operations.words import request_url
from plugins.service.queries import answer_late, handle_late, heads_told

AT_ONCE = 200


def warn_of_late_requests(session: Session, moment: datetime) -> int:
    """Tell of requests that should have been answered or handled before ``moment``; return how many."""
    with as_system(session, "late service requests"):
        answers = _late(session, answer_late(moment) & ServiceRequest.answer_warned_at.is_(None))
        handlings = _late(session, handle_late(local(moment).date()) & ServiceRequest.handle_warned_at.is_(None))
        for request in answers:
            request.answer_warned_at = moment
            _warn(session, request, msg("The service request “%(title)s” has not been answered in time.", title=request.title))
        for request in handlings:
            request.handle_warned_at = moment
            said = msg(
                "The service request “%(title)s” was to be handled by %(day)s.", title=request.title, day=on_day(request.handle_due_on)
            )
            _warn(session, request, said)
        session.flush()
    return len(answers) + len(handlings)


def _late(session: Session, condition: object) -> list[ServiceRequest]:
    wanted = select(ServiceRequest).where(condition).order_by(ServiceRequest.id).limit(AT_ONCE)  # type: ignore[arg-type]
    return list(session.scalars(wanted.with_for_update()))


def _warn(session: Session, request: ServiceRequest, message: Message) -> None:
    open_for_writing(session, request)
    name_action(session, request, "warn")
    for receiver in dict.fromkeys((request.owner_id, *heads_told(session, request.department_id))):
        notify(session, receiver, message, request_url(request.id))
