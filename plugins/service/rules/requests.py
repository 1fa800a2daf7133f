"""The service request: how it came in, where it stands, what the customer said in the end."""

from __future__ import annotations

from core.kernel.choices import Choice
from core.kernel.lifecycle import Lifecycle, Transition
from core.kernel.words import msg


class Channel(Choice):
    """How the customer's request reached the company (R-239, R-468); a complaint may come through an authority (R-115)."""

    PHONE = "phone", msg("Phone call")
    WECHAT = "wechat", msg("WeChat")
    EMAIL = "email", msg("E-mail message")
    WEBSITE = "website", msg("Website")
    VISIT = "visit", msg("Visit in person")
    APP = "app", msg("App")
    SMS = "sms", msg("Text message")
    CHAT = "chat", msg("Online chat")
    FAX = "fax", msg("Fax")
    LETTER = "letter", msg("Letter")
    AUTHORITY = "authority", msg("Forwarded by an authority")


class Urgency(Choice):
    """How soon the customer has to be answered and helped."""

    NORMAL = "normal", msg("Normal"), "idle"
    URGENT = "urgent", msg("Urgent"), "bad"


class Satisfaction(Choice):
    """The customer's opinion of the service (R-242)."""

    SATISFIED = "satisfied", msg("Satisfied"), "good"
    ACCEPTABLE = "acceptable", msg("Acceptable"), "idle"
    DISSATISFIED = "dissatisfied", msg("Dissatisfied"), "bad"
    NOT_REACHED = "not_reached", msg("Not reached"), "idle"


class RequestState(Choice):
    """Where a request stands (R-243, R-244)."""

    RECEIVED = "received", msg("Request received"), "wait"
    ASSIGNED = "assigned", msg("Assigned"), "wait"
    IN_PROGRESS = "in_progress", msg("In progress"), "run"
    DISPATCHED = "dispatched", msg("Dispatched"), "run"
    HANDLED = "handled", msg("Handled"), "good"
    ANSWERED = "answered", msg("Feedback received"), "note"
    CLOSED = "closed", msg("Closed"), "idle"
    ARCHIVED = "archived", msg("Archived"), "idle"


_S = RequestState
REQUEST_CYCLE = Lifecycle(
    _S.RECEIVED,
    (
        Transition("assign", (_S.RECEIVED, _S.ASSIGNED), _S.ASSIGNED, msg("Assign to a handler")),
        Transition("take_over", (_S.RECEIVED, _S.ASSIGNED), _S.ASSIGNED, msg("Take over")),
        Transition("take_over", (_S.IN_PROGRESS,), _S.IN_PROGRESS, msg("Take over")),
        Transition("take_over", (_S.DISPATCHED,), _S.DISPATCHED, msg("Take over")),
        Transition("hand_on", (_S.ASSIGNED,), _S.ASSIGNED, msg("Reassign")),
        Transition("hand_on", (_S.IN_PROGRESS,), _S.IN_PROGRESS, msg("Reassign")),
        Transition("hand_on", (_S.DISPATCHED,), _S.DISPATCHED, msg("Reassign")),
        Transition("hand_on", (_S.HANDLED,), _S.HANDLED, msg("Reassign")),
        Transition("start", (_S.ASSIGNED,), _S.IN_PROGRESS, msg("Start handling")),
        Transition("dispatch", (_S.IN_PROGRESS, _S.DISPATCHED), _S.DISPATCHED, msg("Issue a dispatch order")),
        Transition("come_back", (_S.DISPATCHED,), _S.IN_PROGRESS, msg("All dispatch orders have come back")),
        Transition("finish", (_S.IN_PROGRESS,), _S.HANDLED, msg("Finish handling")),
        Transition("record_feedback", (_S.HANDLED,), _S.ANSWERED, msg("Record the customer's feedback")),
        Transition("close", (_S.ANSWERED,), _S.CLOSED, msg("Close")),
        Transition("reopen", (_S.ANSWERED, _S.CLOSED), _S.IN_PROGRESS, msg("Take up again")),
        Transition("archive", (_S.CLOSED,), _S.ARCHIVED, msg("Archive")),
    ),
    usual=(_S.RECEIVED, _S.ASSIGNED, _S.IN_PROGRESS, _S.HANDLED, _S.ANSWERED, _S.CLOSED),
)

OPEN = (_S.RECEIVED, _S.ASSIGNED, _S.IN_PROGRESS, _S.DISPATCHED, _S.HANDLED, _S.ANSWERED)
"""Not closed: still changed, and follows the customer at a handover."""
ANSWER_OPEN = (_S.RECEIVED, _S.ASSIGNED)
"""Nobody has answered the customer yet."""
UNDONE = (_S.RECEIVED, _S.ASSIGNED, _S.IN_PROGRESS, _S.DISPATCHED)
"""Somebody still has to help the customer: what the deadline of handling is for."""
HANDLED_ONCE = (_S.HANDLED, _S.ANSWERED, _S.CLOSED, _S.ARCHIVED)


def request_number(year: int, number: int) -> str:
    """Number of a request: FW-2026-00042. ``year`` is that of its coming in."""
    return f"FW-{year}-{number:05d}"
