"""Rights on customers, and what the roles of the regulation are given (R-001 to R-014, R-049)."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, HAND_OVER, READ, REVIEW, SHARE, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

CUSTOMER, CONTACT, INTERACTION = "customers.customer", "customers.contact", "customers.interaction"
DIRECTORY = "customers.directory"
TERMS, LOOK_UP = "terms", "look_up"
"""Discount, settlement and terms of payment: not everybody who keeps a customer's data changes these (R-035); whose customer a company
is may be looked up by staff who read none of it (R-016). The directory is never exported or printed, so it is not “viewed”."""

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
        terms=msg("Change discount, settlement and credit"),
    ),
    resource(CONTACT, msg("Contacts"), READ, CREATE, UPDATE, DELETE, EXPORT),
    resource(INTERACTION, msg("Follow-ups"), READ, CREATE, UPDATE, DELETE, EXPORT),
    resource(DIRECTORY, msg("Customer directory"), look_up=msg("Look up")),
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

_OWN: Mapping[str, Grants] = {
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

_ALL_STAFF = (
    *("all_staff", "sales_team_member", "marketing_manager", "relations_supervisor", "service_supervisor", "call_centre_agent"),
    *("finance_accountant", "executive", "superior", "employee", "key_account_manager", "general_manager"),
)
"""Who may look up whose customer a company is beside those above: staff without any right on customers, and roles that are given only some
of the verbs of another one."""
_LOOKS_UP: Grants = {DIRECTORY: {LOOK_UP: Scope.COMPANY}}

GRANTS: Mapping[str, Grants] = {key: {**_OWN.get(key, {}), **_LOOKS_UP} for key in (*_OWN, *_ALL_STAFF)}
"""Nothing for administrators and for authorised persons: those see what is shared with or granted to them one by one (R-011, R-012)."""
