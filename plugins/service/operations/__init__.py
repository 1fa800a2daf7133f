"""Verbs on service requests and dispatch orders. Page, REST, job and hook all call these."""

from plugins.service.operations.agreeing import record_oral_contract
from plugins.service.operations.closing import archive_request, close_request, record_feedback, reopen_request, take_out_of_archive
from plugins.service.operations.dispatching import (
    cancel_dispatch,
    change_dispatch,
    delete_dispatch,
    issue_dispatch,
    plan_dispatch,
)
from plugins.service.operations.handlers import assign_request, follow_customer, hand_on_request, take_back_assignment, take_over_request
from plugins.service.operations.handling import finish_handling, start_handling
from plugins.service.operations.notes import change_note, remove_note, write_note
from plugins.service.operations.on_site import accept_dispatch, arrive_on_site, report_result, send_back_dispatch, sign_dispatch
from plugins.service.operations.receiving import change_request, delete_request, receive_request
from plugins.service.operations.taking_part import invite_participant, report_part
from plugins.service.operations.warning import warn_of_late_requests

__all__ = [
    "accept_dispatch",
    "archive_request",
    "arrive_on_site",
    "assign_request",
    "cancel_dispatch",
    "change_dispatch",
    "change_note",
    "change_request",
    "close_request",
    "delete_dispatch",
    "delete_request",
    "finish_handling",
    "follow_customer",
    "hand_on_request",
    "invite_participant",
    "issue_dispatch",
    "plan_dispatch",
    "receive_request",
    "record_feedback",
    "record_oral_contract",
    "remove_note",
    "reopen_request",
    "report_part",
    "report_result",
    "send_back_dispatch",
    "sign_dispatch",
    "start_handling",
    "take_back_assignment",
    "take_out_of_archive",
    "take_over_request",
    "warn_of_late_requests",
    "write_note",
]
