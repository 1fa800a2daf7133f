"""Colleagues of other departments take part in a service, all on the same page (R-245)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.access.models import ShareMode
from core.access.sharing import let_see
from core.audit.trail import name_action
from core.database.answers import needed_answer
from core.kernel.acting import actor, employee_id
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.service.errors import NotAsked, RequestClosed
from plugins.service.models import Participation, ServiceRequest
from plugins.service.operations.loading import get_handled
from plugins.service.operations.words import request_url, tell
from plugins.service.permissions import REQUEST, TAKE_PART
from plugins.service.queries import somebody_able
from plugins.service.rules import UNDONE


def invite_participant(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    colleague: int | None = None,
    task: str | None = None,
    moment: datetime | None = None,
) -> Participation:
    """Ask ``colleague`` (an employee's id) to do ``task`` for this request, and open the request to him or her."""
    request = get_handled(session, record_id, version)
    if request.state not in UNDONE:
        raise RequestClosed(request.state.label)
    if colleague is None or colleague == request.owner_id:
        raise BadInput(fields={"colleague": msg("Please choose a colleague other than the handler.")})
    employee = somebody_able(session, colleague, REQUEST, TAKE_PART, "colleague")
    asked = Participation(
        request_id=request.id,
        employee_id=employee.id,
        department_id=employee.department_id,
        task=needed_answer(Participation.fields()["task"], task, "task"),
        asked_by_id=employee_id(),
        asked_at=moment or now(),
    )
    session.add(asked)
    session.flush()
    let_see(session, request, employee.id, ShareMode.WRITE)
    said = msg("You are asked to take part in the service “%(title)s”: %(task)s", title=request.title, task=asked.task)
    tell(session, employee.id, said, request_url(request.id))
    return asked


def report_part(
    session: Session, record_id: int, version: int | None, *, result: str | None = None, moment: datetime | None = None
) -> Participation:
    """Say what came of the part that one was asked for; raises :class:`NotAsked` for whom nothing waits."""
    request: ServiceRequest = get_for(session, ServiceRequest, TAKE_PART, record_id, version)
    waiting = select(Participation).where(
        Participation.request_id == record_id, Participation.employee_id == actor().employee_id, Participation.done_at.is_(None)
    )
    part = session.scalars(waiting.order_by(Participation.id).limit(1)).one_or_none()
    if part is None:
        raise NotAsked
    name_action(session, part, "finish")
    part.result, part.done_at = needed_answer(Participation.fields()["result"], result, "result"), moment or now()
    session.flush()
    said = msg(
        "%(name)s has done a part of the service “%(title)s”: %(result)s", name=actor().name, title=request.title, result=part.result
    )
    tell(session, request.owner_id, said, request_url(request.id))
    return part
