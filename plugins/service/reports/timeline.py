"""What service tells on timelines: requests on the customer's, and everything that happened to a request on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select
from sqlalchemy.orm import aliased

from core.database.together import Kind, Told, ToldRow, told
from core.extension.exchange import TimelineEntry
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from plugins.service.models import DispatchOrder, Handling, Participation, ServiceNote, ServiceRequest
from plugins.service.permissions import REQUEST
from plugins.service.rules import HANDLED_ONCE, RequestState, Satisfaction

HANDLER_WORDS: dict[str, Message] = {
    "assign": msg("assigned the request to %(name)s"),
    "take_over": msg("took the request over"),
    "hand_on": msg("reassigned the request to %(name)s"),
    "hand_back": msg("took the assignment back: %(name)s has the request again"),
    "hand_over": msg("handed the request over with the customer to %(name)s"),
}
NOTES = Kind("notes", msg("Service notes"))
HANDLING = Kind("handling", msg("Handlers"))
DISPATCH = Kind("dispatch", msg("Dispatch orders"))


def of_customer(customer_id: int) -> Sequence[Told]:
    """Requests of the customer as they came in."""
    if not actor().may(REQUEST, "read"):
        return ()
    request = ServiceRequest
    rows = told(request.id, request.number, request.title, request.state, at=request.received_at, who=Employee.name)
    rows = rows.outerjoin(Employee, Employee.id == request.accepted_by_id).where(request.customer_id == customer_id)
    return [Told(rows.order_by(request.received_at.desc(), request.id.desc()), _came_in, Kind("requests", msg("Service requests")))]


def _came_in(row: ToldRow) -> TimelineEntry:
    number, title, state, *_ = row.texts
    tone = "good" if RequestState(state or "") in HANDLED_ONCE else "wait"
    door = url_for("ServiceRequestsView.show", pk=row.id)
    return _entry(row, msg("took in the service request %(number)s", number=number), "tool", tone, title, door)


def of_request(request_id: int) -> Sequence[Told]:
    """Handlers, records, participants, dispatch orders, the customer's opinion."""
    return [*_notes(request_id), *_handlings(request_id), *_parts(request_id), *_orders(request_id), *_opinions(request_id)]


def _notes(request_id: int) -> Sequence[Told]:
    rows = told(ServiceNote.id, ServiceNote.content, at=ServiceNote.at, who=Employee.name)
    rows = rows.outerjoin(Employee, Employee.id == ServiceNote.person_id).where(ServiceNote.request_id == request_id)
    return [Told(_latest(rows, ServiceNote.at, ServiceNote), _note, NOTES)]


def _note(row: ToldRow) -> TimelineEntry:
    return _entry(row, msg("wrote a service note"), "notes", "run", row.texts[0], url_for("ServiceNotesView.show", pk=row.id))


def _handlings(request_id: int) -> Sequence[Told]:
    handler = aliased(Employee)
    rows = told(Handling.id, Handling.verb, handler.name, Handling.reason, at=Handling.at, who=Employee.name)
    rows = rows.outerjoin(Employee, Employee.id == Handling.by_id).outerjoin(handler, handler.id == Handling.handler_id)
    return [Told(_latest(rows.where(Handling.request_id == request_id), Handling.at, Handling), _handling, HANDLING)]


def _handling(row: ToldRow) -> TimelineEntry:
    verb, name, reason, *_ = row.texts
    said = HANDLER_WORDS.get(verb or "", HANDLER_WORDS["assign"])
    what = Message(said.text, {"name": name or "–"}) if "%(name)s" in said.text else said
    return _entry(row, what, "user-share", "idle", reason)


def _parts(request_id: int) -> Sequence[Told]:
    part, helper = Participation, aliased(Employee)
    asked = told(part.id, helper.name, part.task, at=part.asked_at, who=Employee.name)
    asked = asked.outerjoin(Employee, Employee.id == part.asked_by_id).outerjoin(helper, helper.id == part.employee_id)
    done = told(part.id, part.result, at=part.done_at, who=Employee.name)
    done = done.outerjoin(Employee, Employee.id == part.employee_id).where(part.done_at.is_not(None))
    return [
        Told(_latest(asked.where(part.request_id == request_id), part.asked_at, part), _asked, HANDLING),
        Told(_latest(done.where(part.request_id == request_id), part.done_at, part), _done, HANDLING),
    ]


def _asked(row: ToldRow) -> TimelineEntry:
    name, task, *_ = row.texts
    return _entry(row, msg("asked %(name)s to take part", name=name or "–"), "users-plus", "idle", task)


def _done(row: ToldRow) -> TimelineEntry:
    return _entry(row, msg("finished a part"), "clipboard-check", "good", row.texts[0])


def _orders(request_id: int) -> Sequence[Told]:
    order, found = DispatchOrder, []
    for moment, body, tell in ((order.issued_at, order.title, _sent), (order.finished_at, order.result, _returned)):
        rows = told(order.id, order.number, body, at=moment, who=Employee.name).outerjoin(Employee, Employee.id == order.owner_id)
        rows = rows.where(order.request_id == request_id, moment.is_not(None))
        found.append(Told(_latest(rows, moment, order), tell, DISPATCH))
    return found


def _sent(row: ToldRow) -> TimelineEntry:
    number, title, *_ = row.texts
    return _entry(row, msg("was sent out with %(number)s", number=number), "truck-delivery", "run", title, _order_door(row))


def _returned(row: ToldRow) -> TimelineEntry:
    number, result, *_ = row.texts
    return _entry(row, msg("came back from %(number)s", number=number), "check", "good", result, _order_door(row))


def _order_door(row: ToldRow) -> str:
    return url_for("DispatchOrdersView.show", pk=row.id)


def _opinions(request_id: int) -> Sequence[Told]:
    request = ServiceRequest
    rows = told(request.id, request.satisfaction, request.feedback, at=request.feedback_at, who=Employee.name)
    rows = rows.outerjoin(Employee, Employee.id == request.owner_id)
    rows = rows.where(request.id == request_id, request.feedback_at.is_not(None), request.satisfaction.is_not(None))
    return [Told(rows, _opinion, Kind("opinions", msg("Customer feedback")))]


def _opinion(row: ToldRow) -> TimelineEntry:
    if not row.texts[0]:  # whoever reads this may not know the answer
        return _entry(row, msg("The customer has given feedback."), "mood-smile", "idle", row.texts[1])
    satisfaction = Satisfaction(row.texts[0])
    return _entry(row, msg("The customer says: %(opinion)s", opinion=satisfaction.label), "mood-smile", satisfaction.tone, row.texts[1])


def _latest(rows: Select[Any], moment: Any, model: Any) -> Select[Any]:
    return rows.order_by(moment.desc(), model.id.desc())


def _entry(row: ToldRow, what: Message, icon: str, tone: str, body: str | None, url: str = "") -> TimelineEntry:
    assert row.at is not None
    return TimelineEntry(row.at, row.who or "–", what, icon, tone, body or "", url)
