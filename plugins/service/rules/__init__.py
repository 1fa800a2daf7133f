"""What holds for service whatever the database: states, numbers, deadlines, and what a company may set."""

from plugins.service.rules.deadlines import Hours, answer_deadline
from plugins.service.rules.dispatching import (
    DISPATCH_CYCLE,
    MOST_PARTS,
    OPEN_DISPATCHES,
    SENT,
    UNDER_WAY,
    DispatchState,
    dispatch_number,
    overlap,
    part_amounts,
)
from plugins.service.rules.requests import (
    ANSWER_OPEN,
    HANDLED_ONCE,
    OPEN,
    REQUEST_CYCLE,
    UNDONE,
    Channel,
    RequestState,
    Satisfaction,
    Urgency,
    request_number,
)
from plugins.service.rules.settings import CODE_LISTS, PARAMETERS

__all__ = [
    "ANSWER_OPEN",
    "CODE_LISTS",
    "DISPATCH_CYCLE",
    "HANDLED_ONCE",
    "MOST_PARTS",
    "OPEN",
    "OPEN_DISPATCHES",
    "PARAMETERS",
    "REQUEST_CYCLE",
    "SENT",
    "UNDER_WAY",
    "UNDONE",
    "Channel",
    "DispatchState",
    "Hours",
    "RequestState",
    "Satisfaction",
    "Urgency",
    "answer_deadline",
    "dispatch_number",
    "overlap",
    "part_amounts",
    "request_number",
]
