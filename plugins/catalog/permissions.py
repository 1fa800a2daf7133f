"""Rights on the catalogue: everybody in business reads it, few keep it."""

from __future__ import annotations

from collections.abc import Mapping

from core.extension.rights import CREATE, DELETE, EXPORT, READ, UPDATE, Grants, Resource, resource
from core.kernel.acting import Scope
from core.kernel.words import msg

LINE, PRODUCT, PRICE_LIST, PRICE = "catalog.line", "catalog.product", "catalog.price_list", "catalog.price"

RESOURCES: tuple[Resource, ...] = (
    resource(PRODUCT, msg("Products"), READ, CREATE, UPDATE, DELETE, EXPORT),
    resource(LINE, msg("Product lines"), READ, CREATE, UPDATE, DELETE),
    resource(PRICE_LIST, msg("Price lists"), READ, CREATE, UPDATE, DELETE),
    resource(PRICE, msg("Prices"), READ, CREATE, UPDATE, DELETE),
)

_ALL = (LINE, PRODUCT, PRICE_LIST, PRICE)
_READS: Grants = {one: {READ: Scope.COMPANY} for one in _ALL}
_KEEPS: Grants = {one: dict.fromkeys((READ, CREATE, UPDATE, DELETE), Scope.COMPANY) for one in _ALL}

GRANTS: Mapping[str, Grants] = {
    "department_head": _KEEPS,
    "company_leader": _KEEPS,
    "marketing_management": _KEEPS,
    "finance_manager": _KEEPS,
    "salesperson": _READS,
    "customer_manager": _READS,
    "project_manager": _READS,
    "contract_administrator": _READS,
    "invoicing_clerk": _READS,
    "after_sales": _READS,
    "leader_in_charge": _READS,
}
"""Products belong to the whole company; who sells them may not set their prices."""
