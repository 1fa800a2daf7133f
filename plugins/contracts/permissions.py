"""Rights on contracts, and what the roles of the regulation are given (R-003, R-004, R-006, R-222 to R-227)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

CONTRACT, PART, SUPPLEMENT = "contracts.contract", "contracts.scheduled_payment", "contracts.supplement"
ORAL = "contracts.oral_contract"
SIGN, HAND_TEXT, REGISTER, RETURN, END = "sign", "hand_text", "register", "return", "end"
RELEASE, CONFIRM = "release", "confirm"

RESOURCES: tuple[Resource, ...] = (
    resource(
        CONTRACT,
        msg("Contracts"),
        *(READ, CREATE, UPDATE, DELETE, EXPORT),
        **{
            SIGN: msg("Sign"),
            HAND_TEXT: msg("Hand over text"),
            REGISTER: msg("Confirm entry"),
            RETURN: msg("Return for data"),
            END: msg("Terminate or make void"),
        },
    ),
    resource(PART, msg("Payment schedule"), READ, CREATE, UPDATE, DELETE, EXPORT, **{RELEASE: msg("Make invoiceable")}),
    resource(SUPPLEMENT, msg("Supplements"), READ, CREATE, UPDATE, DELETE, EXPORT, **{SIGN: msg("Sign")}),
    resource(ORAL, msg("Oral contracts"), READ, CREATE, UPDATE, EXPORT, **{CONFIRM: msg("Confirm in writing")}),
)

_DRAFTS = {READ: Scope.OWN_SHARED, CREATE: Scope.OWN, UPDATE: Scope.OWN, DELETE: Scope.OWN}
_WRITE = (READ, CREATE, UPDATE, DELETE)
_WORKS_WITH_OWN: Grants = {
    CONTRACT: _DRAFTS,
    PART: _DRAFTS,
    SUPPLEMENT: _DRAFTS,
    ORAL: {READ: Scope.OWN_SHARED, CREATE: Scope.OWN, UPDATE: Scope.OWN},
}


def _reads(scope: Scope) -> dict[str, dict[str, Scope]]:
    return {kind: {READ: scope} for kind in (CONTRACT, PART, SUPPLEMENT, ORAL)}


GRANTS: Mapping[str, Grants] = {
    "department_head": {
        CONTRACT: dict.fromkeys((*_WRITE, SIGN, HAND_TEXT), Scope.SUBTREE),
        PART: dict.fromkeys((*_WRITE, RELEASE), Scope.SUBTREE),
        SUPPLEMENT: dict.fromkeys((*_WRITE, SIGN), Scope.SUBTREE),
        ORAL: dict.fromkeys((READ, CREATE, UPDATE, CONFIRM), Scope.SUBTREE),
    },
    "salesperson": _WORKS_WITH_OWN,
    "customer_manager": _WORKS_WITH_OWN,
    "project_manager": {
        **_WORKS_WITH_OWN,
        CONTRACT: {**_DRAFTS, SIGN: Scope.OWN, HAND_TEXT: Scope.OWN},
        PART: {**_DRAFTS, RELEASE: Scope.OWN},
        SUPPLEMENT: {**_DRAFTS, SIGN: Scope.OWN},
    },
    "contract_administrator": {
        CONTRACT: dict.fromkeys((*_WRITE, SIGN, HAND_TEXT, REGISTER, RETURN, END), Scope.COMPANY),
        PART: dict.fromkeys((*_WRITE, RELEASE), Scope.COMPANY),
        SUPPLEMENT: dict.fromkeys((*_WRITE, SIGN), Scope.COMPANY),
        ORAL: dict.fromkeys((READ, CREATE, UPDATE, CONFIRM), Scope.COMPANY),
    },
    "invoicing_clerk": {CONTRACT: {READ: Scope.COMPANY}, PART: {READ: Scope.COMPANY}, SUPPLEMENT: {READ: Scope.COMPANY}},
    "after_sales": {ORAL: {READ: Scope.OWN, CREATE: Scope.OWN, UPDATE: Scope.OWN}},
    "leader_in_charge": _reads(Scope.IN_CHARGE),
    "company_leader": {**_reads(Scope.COMPANY), CONTRACT: {READ: Scope.COMPANY, END: Scope.COMPANY}},
}
"""After-sales staff see the oral contracts they made and no written one; sharers of a customer and authorised persons see neither."""
