"""The service request on screen: list, page, form, and its verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.database.fields import Field
from core.kernel.acting import employee_id
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.nouns import Act, Dated, Group, Noun, SavedView, Shown, board_of_states, while_allowed
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.service import operations
from plugins.service.models import ServiceRequest
from plugins.service.permissions import ARCHIVE, ASSIGN, CLOSE, HANDLE, TAKE_OVER, TAKE_PART
from plugins.service.queries import late, mine
from plugins.service.rules import ANSWER_OPEN, OPEN, REQUEST_CYCLE, UNDONE, RequestState, Satisfaction

REASON = Field("text", msg("Reason"), "reason", max_length=500)
NEEDED_REASON = replace(REASON, required=True)
HANDLER = Field("reference", msg("New handler"), "handler", required=True, target="core_employee")


def _closed(request: ServiceRequest) -> Message | None:
    return None if request.state in OPEN else msg("A closed service request can no longer be changed.")


def _undone(request: ServiceRequest) -> Message | None:
    return None if request.state in UNDONE else msg("The request has been handled already.")


def _own(verb: str) -> Callable[[Any], Message | None]:
    """Possible while the table says so, and for the current handler alone."""
    allowed = while_allowed(REQUEST_CYCLE, verb)

    def why_not(request: Any) -> Message | None:
        if reason := allowed(request):
            return reason
        return None if request.owner_id == employee_id() else msg("Only the current handler does this.")

    return why_not


def _has_it(request: ServiceRequest) -> Message | None:
    if reason := while_allowed(REQUEST_CYCLE, "take_over")(request):
        return reason
    mine_already = request.owner_id == employee_id() and request.state != RequestState.RECEIVED
    return msg("You handle this request already.") if mine_already else None


ACTS = (
    Act(
        "assign",
        msg("Assign to a handler"),
        operations.assign_request,
        ASSIGN,
        "user-check",
        (HANDLER, REASON),
        while_allowed(REQUEST_CYCLE, "assign"),
        back=operations.take_back_assignment,
    ),
    Act("take_over", msg("Take over"), operations.take_over_request, TAKE_OVER, "user-plus", (REASON,), _has_it),
    Act(
        "start",
        msg("Start handling"),
        operations.start_handling,
        HANDLE,
        "phone",
        (Field("long_text", msg("What was said to the customer"), "said", max_length=5_000),),
        _own("start"),
    ),
    Act(
        "finish",
        msg("Finish handling"),
        operations.finish_handling,
        HANDLE,
        "check",
        (Field("long_text", msg("Result"), "result", required=True, max_length=5_000),),
        _own("finish"),
    ),
    Act(
        "record_feedback",
        msg("Record the customer's feedback"),
        operations.record_feedback,
        HANDLE,
        "mood-smile",
        (
            Field("choice", msg("Satisfaction"), "satisfaction", required=True, choices=Satisfaction),
            Field("text", msg("Customer's comments"), "words", max_length=500),
        ),
        while_allowed(REQUEST_CYCLE, "record_feedback"),
    ),
    Act("close", msg("Close"), operations.close_request, CLOSE, "circle-check", (), while_allowed(REQUEST_CYCLE, "close")),
    Act(
        "reopen",
        msg("Take up again"),
        operations.reopen_request,
        CLOSE,
        "rotate-clockwise",
        (NEEDED_REASON,),
        while_allowed(REQUEST_CYCLE, "reopen"),
    ),
    Act(
        "hand_on",
        msg("Reassign"),
        operations.hand_on_request,
        HANDLE,
        "user-share",
        (HANDLER, NEEDED_REASON),
        while_allowed(REQUEST_CYCLE, "hand_on"),
    ),
    Act(
        "invite",
        msg("Ask a colleague to take part"),
        operations.invite_participant,
        HANDLE,
        "users-plus",
        (
            Field("reference", msg("Participant"), "colleague", required=True, target="core_employee"),
            Field("text", msg("Task"), "task", required=True, max_length=500),
        ),
        _undone,
    ),
    Act(
        "report_part",
        msg("Report my part"),
        operations.report_part,
        TAKE_PART,
        "clipboard-check",
        (Field("text", msg("Result"), "result", required=True, max_length=500),),
        _undone,
    ),
    Act(
        "record_oral_contract",
        msg("Enter an oral contract"),
        operations.record_oral_contract,
        HANDLE,
        "messages",
        (
            Field("text", msg("What was agreed"), "subject", required=True, max_length=160),
            Field("money", msg("Amount"), "amount", required=True),
            Field("date", msg("Agreed on"), "on"),
        ),
    ),
    Act(
        "archive",
        msg("Archive"),
        operations.archive_request,
        ARCHIVE,
        "box",
        (),
        while_allowed(REQUEST_CYCLE, "archive"),
        back=operations.take_out_of_archive,
    ),
)

REQUESTS = Noun(
    plugin="service",
    model=ServiceRequest,
    path="service-requests",
    alike=("title",),
    title=msg("Service request"),
    plural=msg("Service requests"),
    icon="tool",
    columns=(
        Shown("title", ColumnKind.NAME, CardPlace.NAME),
        Shown("number", quiet=True),
        Shown("customer"),
        Shown("urgency"),
        Shown("state", place=CardPlace.STATE),
        Shown("owner", place=CardPlace.OWNER),
        Shown("due_on", place=CardPlace.SUM),
        Shown("received_at", place=CardPlace.LAST),
    ),
    groups=(
        Group(msg("Request details"), ("title", "customer", "contact", "channel", "kind", "urgency", "received_at", "description")),
        Group(msg("Progress and deadlines"), ("number", "accepted_by", "answer_due_at", "answered_at", "handle_due_on", "handled_at")),
        Group(msg("Result"), ("result", "satisfaction", "feedback", "feedback_at", "reopened", "state_reason", "closed_at", "archived_at")),
    ),
    order="-received_at",
    filters=("state", "owner", "customer", "kind", "urgency", "channel", "satisfaction", "due_on", "received_at"),
    due=(
        Due("due_on", {"state": UNDONE}),
        Due("handle_due_on", {"state": UNDONE}),
        Due("answer_due_at", {"state": ANSWER_OPEN, "answered_at": (None,)}),
    ),
    dated=(Dated("due_on", lambda: ServiceRequest.state.in_(UNDONE)),),
    facts=("number", "customer", "owner"),
    tags=("state", "urgency", "satisfaction"),
    create=operations.receive_request,
    change=operations.change_request,
    delete=operations.delete_request,
    why_fixed=_closed,
    create_label=msg("New service request"),
    board=board_of_states(REQUEST_CYCLE, view="open", named="customer", on="due_on"),
    acts=ACTS,
    steps={
        "dispatch": msg("dispatched a colleague"),
        "come_back": msg("resumed handling after the visit on site"),
        "warn": msg("warned that it is late"),
        "record_oral_contract": msg("recorded an oral contract"),
        "assign": msg("assigned a handler"),
        "take_over": msg("took it over"),
        "start": msg("started handling"),
        "finish": msg("finished handling"),
        "record_feedback": msg("recorded the customer's feedback"),
        "reopen": msg("took it up again"),
        "hand_on": msg("reassigned it"),
        "hand_back": msg("took the assignment back"),
        "unarchive": msg("took it out of the archive"),
        "invite": msg("asked a colleague to take part"),
        "report_part": msg("reported a part"),
    },
    told_apart=("assign", "take_over", "hand_on", "hand_back"),
    opens_with="open",
    views=(
        SavedView("mine", msg("Mine"), mine, order="due_on"),
        SavedView("waiting", msg("To be assigned"), lambda: ServiceRequest.state == RequestState.RECEIVED, calls=True),
        SavedView("late", msg("Overdue"), late, order="due_on", calls=True),
        SavedView("handled", msg("Waiting for feedback"), lambda: ServiceRequest.state == RequestState.HANDLED, calls=True),
        SavedView("open", msg("Not closed"), lambda: ServiceRequest.state.in_(OPEN), order="due_on"),
        SavedView("closed", msg("To be archived"), lambda: ServiceRequest.state == RequestState.CLOSED),
    ),
    children=("service-notes",),
    composer="service-notes",
    files=True,
    empty=msg("Customers' requests are listed here, with who handles them and by when."),
)


class ServiceRequestsView(RecordView):
    """List, page, form and verbs of service requests."""

    noun = REQUESTS
