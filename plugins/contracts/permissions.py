"""Rights on contracts, and what the roles of the regulation are given (R-003, R-004, R-222 to R-224)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

CONTRACT = "contracts.contract"
SIGN, HAND_TEXT, REGISTER, RETURN, END = "sign", "hand_text", "register", "return", "end"

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
)

_DRAFTS = {READ: Scope.OWN_SHARED, CREATE: Scope.OWN, UPDATE: Scope.OWN, DELETE: Scope.OWN}

GRANTS: Mapping[str, Grants] = {
    "department_head": {CONTRACT: dict.fromkeys((READ, CREATE, UPDATE, DELETE, SIGN, HAND_TEXT), Scope.SUBTREE)},
    "salesperson": {CONTRACT: _DRAFTS},
    "customer_manager": {CONTRACT: _DRAFTS},
    "project_manager": {CONTRACT: {**_DRAFTS, SIGN: Scope.OWN, HAND_TEXT: Scope.OWN}},
    "contract_administrator": {
        CONTRACT: dict.fromkeys((READ, CREATE, UPDATE, DELETE, SIGN, HAND_TEXT, REGISTER, RETURN, END), Scope.COMPANY)
    },
    "invoicing_clerk": {CONTRACT: {READ: Scope.COMPANY}},
    "leader_in_charge": {CONTRACT: {READ: Scope.IN_CHARGE}},
    "company_leader": {CONTRACT: {READ: Scope.COMPANY, END: Scope.COMPANY}},
}
"""After-sales staff, sharers of a customer and authorised persons see no contract; administrators see no business record."""
