"""Rights on customers, and what the roles of the regulation are given (R-001 to R-014, R-049)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, HAND_OVER, READ, REVIEW, SHARE, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

CUSTOMER, CONTACT, INTERACTION = "customers.customer", "customers.contact", "customers.interaction"
TERMS = "terms"
"""Discount, settlement and terms of payment: not everybody who keeps a customer's data changes these (R-035)."""

RESOURCES: tuple[Resource, ...] = (
    resource(
        CUSTOMER,
        msg("Customers"),
        READ,
        CREATE,
        UPDATE,
        DELETE,
        REVIEW,
        SHARE,
        HAND_OVER,
        EXPORT,
        terms=msg("Change discount and settlement"),
    ),
    resource(CONTACT, msg("Contacts"), READ, CREATE, UPDATE, DELETE, EXPORT),
    resource(INTERACTION, msg("Follow-ups"), READ, CREATE, UPDATE, DELETE, EXPORT),
)


def _parts(scope: Scope, *verbs: str) -> dict[str, dict[str, Scope]]:
    return {part: dict.fromkeys(verbs, scope) for part in (CONTACT, INTERACTION)}


_WORKS_WITH_OWN: Grants = {
    CUSTOMER: {
        READ: Scope.OWN_SHARED,
        CREATE: Scope.OWN,
        UPDATE: Scope.OWN_SHARED,
        DELETE: Scope.OWN,
        SHARE: Scope.OWN,
        TERMS: Scope.OWN_SHARED,
    },
    **_parts(Scope.OWN_SHARED, READ, CREATE, UPDATE, DELETE),
}

GRANTS: Mapping[str, Grants] = {
    "department_head": {
        CUSTOMER: dict.fromkeys((READ, CREATE, UPDATE, TERMS, DELETE, REVIEW, SHARE, HAND_OVER), Scope.SUBTREE),
        **_parts(Scope.SUBTREE, READ, CREATE, UPDATE, DELETE),
    },
    "salesperson": _WORKS_WITH_OWN,
    "customer_manager": _WORKS_WITH_OWN,
    "customer_sharer": {CUSTOMER: {READ: Scope.OWN_SHARED}, **_parts(Scope.OWN_SHARED, READ, CREATE)},
    "project_manager": {CUSTOMER: {READ: Scope.OWN_SHARED}, **_parts(Scope.OWN_SHARED, READ)},
    "after_sales": {CUSTOMER: {READ: Scope.COMPANY}, CONTACT: {READ: Scope.COMPANY}},
    "contract_administrator": {CUSTOMER: {READ: Scope.COMPANY}, CONTACT: {READ: Scope.COMPANY}},
    "invoicing_clerk": {CUSTOMER: {READ: Scope.COMPANY}},
    "leader_in_charge": {CUSTOMER: {READ: Scope.IN_CHARGE}, **_parts(Scope.IN_CHARGE, READ)},
    "company_leader": {CUSTOMER: {READ: Scope.COMPANY}, **_parts(Scope.COMPANY, READ)},
    "inside_sales": {
        CUSTOMER: dict.fromkeys((READ, CREATE, UPDATE), Scope.COMPANY),
        CONTACT: dict.fromkeys((READ, CREATE, UPDATE), Scope.COMPANY),
    },
}
"""Nothing for administrators and for authorised persons: those see what is shared with or granted to them one by one (R-011, R-012)."""
