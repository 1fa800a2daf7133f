"""Rights on service, and what the roles of the regulation are given (R-006, R-014, R-024, R-026, R-377)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

REQUEST, NOTE, DISPATCH = "service.request", "service.note", "service.dispatch"
ASSIGN, TAKE_OVER, HANDLE, TAKE_PART, CLOSE, ARCHIVE = "assign", "take_over", "handle", "take_part", "close", "archive"
ISSUE, CARRY_OUT = "issue", "carry_out"

RESOURCES: tuple[Resource, ...] = (
    resource(
        REQUEST,
        msg("Service requests"),
        *(READ, CREATE, UPDATE, DELETE, EXPORT),
        **{
            ASSIGN: msg("Assign to a handler"),
            TAKE_OVER: msg("Take over"),
            HANDLE: msg("Handle"),
            TAKE_PART: msg("Take part"),
            CLOSE: msg("Close and reopen"),
            ARCHIVE: msg("Archive"),
        },
    ),
    resource(NOTE, msg("Service notes"), READ, CREATE, UPDATE, DELETE),
    resource(
        DISPATCH,
        msg("Dispatch orders"),
        *(READ, CREATE, UPDATE, DELETE, EXPORT),
        **{ISSUE: msg("Issue and call off"), CARRY_OUT: msg("Carry out")},
    ),
)

_NOTES = {NOTE: dict.fromkeys((READ, CREATE, UPDATE, DELETE), Scope.OWN_SHARED)}
_DISPATCHES = {
    DISPATCH: {
        **dict.fromkeys((READ, UPDATE, ISSUE), Scope.OWN_SHARED),
        **dict.fromkeys((CREATE, DELETE, CARRY_OUT), Scope.OWN),
    }
}
_HANDLES_OWN: Grants = {
    REQUEST: {
        **dict.fromkeys((READ, TAKE_PART), Scope.OWN_SHARED),
        **dict.fromkeys((CREATE, UPDATE, DELETE, ASSIGN, HANDLE, CLOSE), Scope.OWN),
    },
    **_NOTES,
    **_DISPATCHES,
}
_SERVES_ALL: Grants = {
    REQUEST: {
        **dict.fromkeys((READ, ASSIGN, TAKE_OVER, CLOSE), Scope.COMPANY),
        **dict.fromkeys((CREATE, UPDATE, DELETE, HANDLE), Scope.OWN),
        TAKE_PART: Scope.OWN_SHARED,
    },
    NOTE: dict.fromkeys((READ, CREATE, UPDATE, DELETE), Scope.COMPANY),
    DISPATCH: {READ: Scope.COMPANY, **{verb: scope for verb, scope in _DISPATCHES[DISPATCH].items() if verb != READ}},
}
"""After-sales staff see every request; they handle the one that is theirs, and take over one that somebody left lying."""
_HEAD_REQUEST = (READ, CREATE, UPDATE, DELETE, ASSIGN, TAKE_OVER, HANDLE, TAKE_PART, CLOSE, ARCHIVE)

GRANTS: Mapping[str, Grants] = {
    "department_head": {
        REQUEST: dict.fromkeys(_HEAD_REQUEST, Scope.SUBTREE),
        NOTE: dict.fromkeys((READ, CREATE, UPDATE, DELETE), Scope.SUBTREE),
        DISPATCH: dict.fromkeys((READ, CREATE, UPDATE, DELETE, ISSUE, CARRY_OUT), Scope.SUBTREE),
    },
    "after_sales": _SERVES_ALL,
    "customer_manager": _HANDLES_OWN,
    "salesperson": {REQUEST: dict.fromkeys((READ, TAKE_PART), Scope.OWN_SHARED), NOTE: dict.fromkeys((READ, CREATE), Scope.OWN_SHARED)},
    "leader_in_charge": {
        REQUEST: dict.fromkeys((READ, ASSIGN, ARCHIVE), Scope.IN_CHARGE),
        NOTE: {READ: Scope.IN_CHARGE},
        DISPATCH: {READ: Scope.IN_CHARGE},
    },
    "company_leader": {resource: {READ: Scope.COMPANY} for resource in (REQUEST, NOTE, DISPATCH)},
}
"""Nothing for administrators; who is asked to take part in a request sees that one by a share of it (R-245)."""
