"""Rights on sales, and what the roles of the regulation are given (R-001 to R-007, R-014, R-029, R-204, R-212, R-217)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, HAND_OVER, READ, REVIEW, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

OPPORTUNITY, ORDER, PROPOSAL, PROJECT = "sales.opportunity", "sales.order", "sales.proposal", "sales.project"
QUOTATION = "sales.quotation"
MEMBER, MILESTONE, ENTRY = "sales.project_member", "sales.milestone", "sales.project_entry"
MINIMUM = "sales.profit_minimum"
PIPELINE, STAGE, COMPETITOR = "sales.pipeline", "sales.stage", "sales.competitor"
CLOSE, REOPEN, APPROVE_DISCOUNT, REACH = "close", "reopen", "approve_discount", "reach"

RESOURCES: tuple[Resource, ...] = (
    resource(
        OPPORTUNITY,
        msg("Opportunities"),
        *(READ, CREATE, UPDATE, DELETE, HAND_OVER, EXPORT),
        **{CLOSE: msg("Win or lose"), REOPEN: msg("Reopen")},
    ),
    resource(QUOTATION, msg("Quotations"), *(READ, CREATE, UPDATE, DELETE, EXPORT), **{APPROVE_DISCOUNT: msg("Approve the price")}),
    resource(
        ORDER,
        msg("Sales orders"),
        *(READ, CREATE, UPDATE, DELETE, REVIEW, EXPORT),
        **{APPROVE_DISCOUNT: msg("Approve the price"), CLOSE: msg("Close or cancel")},
    ),
    resource(PROPOSAL, msg("Project proposals"), READ, CREATE, UPDATE, DELETE, REVIEW),
    resource(PROJECT, msg("Projects"), READ, CREATE, UPDATE, EXPORT),
    resource(MEMBER, msg("Project members"), READ, CREATE, UPDATE, DELETE),
    resource(MILESTONE, msg("Milestones"), READ, CREATE, UPDATE, DELETE, **{REACH: msg("Mark as reached")}),
    resource(ENTRY, msg("Project entries"), READ, CREATE, UPDATE, DELETE),
    resource(MINIMUM, msg("Personal gross profit minimums"), READ, CREATE, UPDATE, DELETE),
    resource(PIPELINE, msg("Pipelines"), READ, CREATE, UPDATE, DELETE),
    resource(STAGE, msg("Stages"), READ, CREATE, UPDATE, DELETE),
    resource(COMPETITOR, msg("Competitors"), READ, CREATE, UPDATE, DELETE),
)

_KEEP = (READ, CREATE, UPDATE, DELETE)
_WORDS: Grants = {PIPELINE: {READ: Scope.COMPANY}, STAGE: {READ: Scope.COMPANY}, COMPETITOR: {READ: Scope.COMPANY, CREATE: Scope.COMPANY}}
_SHAPES: Grants = {one: dict.fromkeys(_KEEP, Scope.COMPANY) for one in (PIPELINE, STAGE, COMPETITOR)}


def _own(*more: str) -> dict[str, Scope]:
    """What one does with one's own, and sees of what is shared."""
    return {READ: Scope.OWN_SHARED, **dict.fromkeys((CREATE, UPDATE, DELETE, *more), Scope.OWN)}


_RUNS_PROJECTS: Grants = {
    PROPOSAL: _own(),
    PROJECT: {READ: Scope.OWN_SHARED, CREATE: Scope.OWN, UPDATE: Scope.OWN},
    MEMBER: _own(),
    MILESTONE: _own(REACH),
    ENTRY: dict.fromkeys(_KEEP, Scope.OWN_SHARED),
}
_BOUND: Grants = {MINIMUM: {READ: Scope.OWN_SHARED}}
_SELLS: Grants = {OPPORTUNITY: _own(CLOSE), QUOTATION: _own(), ORDER: _own(CLOSE), **_RUNS_PROJECTS, **_WORDS, **_BOUND}
_PROJECT_PARTS = (PROJECT, MEMBER, MILESTONE, ENTRY)


def _reads(scope: Scope, *names: str) -> dict[str, dict[str, Scope]]:
    return {name: {READ: scope} for name in names}


GRANTS: Mapping[str, Grants] = {
    "department_head": {
        OPPORTUNITY: dict.fromkeys((*_KEEP, HAND_OVER, CLOSE, REOPEN), Scope.SUBTREE),
        QUOTATION: dict.fromkeys(_KEEP, Scope.SUBTREE),
        ORDER: dict.fromkeys((*_KEEP, REVIEW, CLOSE), Scope.SUBTREE),
        PROPOSAL: dict.fromkeys((*_KEEP, REVIEW), Scope.SUBTREE),
        PROJECT: dict.fromkeys((READ, CREATE, UPDATE), Scope.SUBTREE),
        MEMBER: dict.fromkeys(_KEEP, Scope.SUBTREE),
        MILESTONE: dict.fromkeys((*_KEEP, REACH), Scope.SUBTREE),
        ENTRY: dict.fromkeys(_KEEP, Scope.SUBTREE),
        MINIMUM: dict.fromkeys(_KEEP, Scope.SUBTREE),
        **_SHAPES,
    },
    "salesperson": _SELLS,
    "customer_manager": _SELLS,
    "customer_sharer": _BOUND,
    "project_manager": {**_reads(Scope.OWN_SHARED, OPPORTUNITY, QUOTATION, ORDER), **_RUNS_PROJECTS, **_WORDS, MINIMUM: _own()},
    "after_sales": {ORDER: _own(CLOSE), **_reads(Scope.OWN_SHARED, *_PROJECT_PARTS)},
    "contract_administrator": _reads(Scope.COMPANY, ORDER, *_PROJECT_PARTS),
    "invoicing_clerk": _reads(Scope.COMPANY, ORDER, PROJECT, MILESTONE),
    "operations_staff": _reads(Scope.COMPANY, ORDER),
    "finance_manager": {
        **{one: {READ: Scope.COMPANY, APPROVE_DISCOUNT: Scope.COMPANY} for one in (QUOTATION, ORDER)},
        **_reads(Scope.COMPANY, MINIMUM),
    },
    "leader_in_charge": {
        **_reads(Scope.IN_CHARGE, OPPORTUNITY, QUOTATION, MINIMUM, *_PROJECT_PARTS),
        ORDER: {READ: Scope.IN_CHARGE, REVIEW: Scope.IN_CHARGE},
        PROPOSAL: {READ: Scope.IN_CHARGE, REVIEW: Scope.IN_CHARGE},
        **_WORDS,
    },
    "company_leader": {
        **_reads(Scope.COMPANY, OPPORTUNITY, QUOTATION, ORDER, PROPOSAL, *_PROJECT_PARTS),
        MINIMUM: dict.fromkeys(_KEEP, Scope.COMPANY),
        **_SHAPES,
    },
}
"""Nobody approves the discount of a quotation or an order but finance; administrators see no business record."""
