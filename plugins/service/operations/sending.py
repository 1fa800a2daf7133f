"""What an order that is out means for its worker's time and for its request."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.audit.trail import name_action
from core.kernel.acting import employee_id
from core.kernel.clock import local
from core.kernel.words import msg
from core.organisation.models import Employee
from core.organisation.parameters import parameter
from core.work.notices import notify
from plugins.service.errors import WorkerBusy
from plugins.service.models import DispatchOrder
from plugins.service.operations.loading import request_of
from plugins.service.operations.words import dispatch_url
from plugins.service.queries import sent_overlapping
from plugins.service.rules import REQUEST_CYCLE, SENT, RequestState


def check_time(session: Session, order: DispatchOrder) -> None:
    """Refuse, or only warn of, a time at which the worker is out already, as the company has set it (``service.refuse_overlap``).

    The worker's row is locked first, so that of two orders at once one is refused. Raises :class:`WorkerBusy`.
    """
    with as_system(session, "whether the field worker is free"):
        name = session.scalar(select(Employee.name).where(Employee.id == order.owner_id).with_for_update())
        other = session.scalars(sent_overlapping(order)).one_or_none()
    if other is None:
        return
    span = f"{local(other.starts_at):%m-%d %H:%M}–{local(other.ends_at):%m-%d %H:%M}"
    if parameter(session, "service.refuse_overlap"):
        raise WorkerBusy(str(name), span)
    sender = employee_id()
    if sender is not None:
        said = msg("%(name)s is out twice at the same time: “%(title)s” overlaps %(span)s.", name=name, title=order.title, span=span)
        notify(session, sender, said, dispatch_url(order.id))


def come_back(session: Session, order: DispatchOrder) -> None:
    """When nobody is out for the request any more, it is in the hands of its handler again."""
    request = request_of(session, order)
    with as_system(session, "whether anybody else is out for the request"):
        others = select(DispatchOrder.id).where(
            DispatchOrder.request_id == order.request_id, DispatchOrder.id != order.id, DispatchOrder.state.in_(SENT)
        )
        waiting = session.scalar(others.limit(1)) is not None
    if request.state == RequestState.DISPATCHED and not waiting:
        name_action(session, request, "come_back")
        request.state = REQUEST_CYCLE.move(request.state, "come_back")
        session.flush()
