"""The rights on what the host itself shows, and what the roles of the regulation have of them."""

from __future__ import annotations

from collections.abc import Mapping

from core.access.presets import PRESETS, Preset
from core.extension.rights import CREATE, HAND_OVER, IMPORT, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

CORE_RESOURCES: tuple[Resource, ...] = (
    resource("core.department", msg("Organisation"), READ, CREATE, UPDATE),
    resource("core.employee", msg("Employee"), READ, CREATE, UPDATE, HAND_OVER, IMPORT),
    resource("core.role", msg("Roles and permissions"), READ, CREATE, UPDATE),
    resource("core.module", msg("Module management"), READ, UPDATE),
    resource("core.parameter", msg("Parameters"), READ, UPDATE),
    resource("core.code_list", msg("Code lists"), READ, UPDATE),
    resource("core.calendar", msg("Working days"), READ, UPDATE),
    resource("core.privacy", msg("Personal information"), READ, erase=msg("Erase"), hold=msg("Keep from erasure")),
    resource("core.audit", msg("Audit trail"), READ),
    resource("core.job", msg("Background jobs"), READ),
    resource("core.imports", msg("Imports"), READ),
    resource("core.exports", msg("Exports"), READ, approve=msg("Approve exports"), watch=msg("Be alerted to heavy reading")),
    resource("core.backup", msg("Backups"), READ, ask=msg("Ask for backups that leave")),
    resource("core.approval", msg("Approvals"), READ),
    resource("core.access_application", msg("Access applications"), READ, grant=msg("Grant and revoke")),
    resource("core.approval_chain", msg("Approval chains"), READ, UPDATE),
    resource("core.list_view", msg("Shared views"), usual=msg("Set default views")),
)

CORE_GRANTS: Mapping[str, Grants] = {
    "system_administrator": {
        "core.module": {READ: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.department": {READ: Scope.COMPANY, CREATE: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.employee": {READ: Scope.COMPANY},
        "core.job": {READ: Scope.COMPANY},
        "core.imports": {READ: Scope.COMPANY},
        "core.backup": {READ: Scope.COMPANY, "ask": Scope.COMPANY},
        "core.parameter": {READ: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.code_list": {READ: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.calendar": {READ: Scope.COMPANY, UPDATE: Scope.COMPANY},
    },
    "security_administrator": {
        "core.role": {READ: Scope.COMPANY, CREATE: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.approval_chain": {READ: Scope.COMPANY, UPDATE: Scope.COMPANY},
        "core.employee": dict.fromkeys((READ, CREATE, UPDATE, HAND_OVER, IMPORT), Scope.COMPANY),
        "core.department": {READ: Scope.COMPANY},
        "core.exports": {"watch": Scope.COMPANY},
    },
    "privacy_officer": {"core.privacy": dict.fromkeys((READ, "erase", "hold"), Scope.COMPANY)},
    "audit_administrator": {
        "core.audit": {READ: Scope.COMPANY},
        "core.imports": {READ: Scope.COMPANY},
        "core.role": {READ: Scope.COMPANY},
        "core.exports": {READ: Scope.COMPANY},
        "core.backup": {READ: Scope.COMPANY},
        "core.approval": {READ: Scope.COMPANY},
        "core.access_application": {READ: Scope.COMPANY},
        "core.approval_chain": {READ: Scope.COMPANY},
    },
    "network_management": {
        "core.role": {READ: Scope.COMPANY},
        "core.employee": {READ: Scope.COMPANY},
        "core.access_application": {READ: Scope.COMPANY, "grant": Scope.COMPANY},
    },
    "marketing_management": {"core.access_application": {READ: Scope.COMPANY}},
    "company_leader": {
        "core.employee": {READ: Scope.COMPANY},
        "core.department": {READ: Scope.COMPANY},
        "core.exports": {READ: Scope.COMPANY, "approve": Scope.COMPANY},
        "core.approval": {READ: Scope.COMPANY},
        "core.approval_chain": {READ: Scope.COMPANY},
        "core.list_view": {"usual": Scope.COMPANY},
    },
    "department_head": {
        "core.employee": {READ: Scope.COMPANY, HAND_OVER: Scope.SUBTREE},
        "core.department": {READ: Scope.COMPANY},
        "core.list_view": {"usual": Scope.SUBTREE},
    },
    "leader_in_charge": {
        "core.list_view": {"usual": Scope.IN_CHARGE},
        "core.employee": {READ: Scope.COMPANY},
        "core.department": {READ: Scope.COMPANY},
        "core.exports": {READ: Scope.COMPANY, "approve": Scope.COMPANY},
    },
    "human_resources": {"core.employee": {READ: Scope.COMPANY}, "core.department": {READ: Scope.COMPANY}},
}

__all__ = ["CORE_GRANTS", "CORE_RESOURCES", "PRESETS", "Preset"]
