"""The presets of the roles of the regulation (R-001 to R-016) and the rights on what the host itself shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.extension.rights import CREATE, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import Message, msg


@dataclass(frozen=True)
class Preset:
    """A role of the regulation that every company starts with."""

    key: str
    title: Message
    description: Message


PRESETS: tuple[Preset, ...] = (
    Preset(
        "department_head", msg("Department head"), msg("Leads a department: reviews customers, names who follows them, appraises (R-001).")
    ),
    Preset("salesperson", msg("Salesperson"), msg("Works with own customers and those shared to him or her (R-002).")),
    Preset("project_manager", msg("Project manager"), msg("Signs contracts and hands over their text (R-003).")),
    Preset("contract_administrator", msg("Contract administrator"), msg("Enters contracts, receipts and budgets (R-004).")),
    Preset("invoicing_clerk", msg("Invoicing clerk"), msg("Issues invoices on notice and follows them (R-005).")),
    Preset("after_sales", msg("After-sales staff"), msg("Handles service and dispatch orders (R-006).")),
    Preset("leader_in_charge", msg("Leader in charge"), msg("Reviews for the departments in charge (R-007).")),
    Preset("company_leader", msg("Company leader"), msg("Sees the whole company and approves (R-008).")),
    Preset("marketing_management", msg("Marketing management"), msg("Receives access applications of other departments (R-009).")),
    Preset("network_management", msg("Network management"), msg("Grants rights on approved applications (R-010).")),
    Preset(
        "system_administrator",
        msg("System administrator"),
        msg("Switches modules, sets parameters, runs backups; sees no business records (R-011)."),
    ),
    Preset("security_administrator", msg("Security administrator"), msg("Keeps users, roles and rights; sees no business records.")),
    Preset("audit_administrator", msg("Audit administrator"), msg("Reads the audit trail; sees no business records.")),
    Preset("authorised_person", msg("Authorised person"), msg("Staff of another department with only what was approved (R-012).")),
    Preset("customer_sharer", msg("Sharer of a customer"), msg("Adds contact records to customers shared with him or her (R-013).")),
    Preset("customer_manager", msg("Customer manager"), msg("Keeps the customers in charge and their services (R-014).")),
)

CORE_RESOURCES: tuple[Resource, ...] = (
    resource("core.department", msg("Organisation"), READ, CREATE, UPDATE),
    resource("core.employee", msg("Employee"), READ, CREATE, UPDATE),
    resource("core.role", msg("Roles and permissions"), READ, CREATE, UPDATE),
    resource("core.module", msg("Module management"), READ, UPDATE),
    resource("core.audit", msg("Audit trail"), READ),
    resource("core.job", msg("Background jobs"), READ),
)

CORE_GRANTS: Mapping[str, Grants] = {
    "system_administrator": {
        "core.module": {READ: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.department": {READ: Scope.COMPANY, CREATE: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.employee": {READ: Scope.COMPANY},
        "core.job": {READ: Scope.COMPANY},
    },
    "security_administrator": {
        "core.role": {READ: Scope.COMPANY, CREATE: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.employee": {READ: Scope.COMPANY, CREATE: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.department": {READ: Scope.COMPANY},
    },
    "audit_administrator": {"core.audit": {READ: Scope.COMPANY}, "core.role": {READ: Scope.COMPANY}},
    "network_management": {"core.role": {READ: Scope.COMPANY}, "core.employee": {READ: Scope.COMPANY}},
    "company_leader": {"core.employee": {READ: Scope.COMPANY}, "core.department": {READ: Scope.COMPANY}},
    "department_head": {"core.employee": {READ: Scope.SUBTREE}, "core.department": {READ: Scope.COMPANY}},
    "leader_in_charge": {"core.employee": {READ: Scope.IN_CHARGE}, "core.department": {READ: Scope.COMPANY}},
}
