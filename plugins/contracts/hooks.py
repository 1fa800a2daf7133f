"""What this plugin hangs into the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.extension.exchange import DeskTask, Figure, JobHandler, MenuEntry, RelatedCount, RelatedTable, TimelineEntry
from core.extension.hookspecs import hookimpl
from core.extension.rights import Grants, Resource
from core.kernel.words import msg
from plugins.contracts import demo, jobs, permissions, reports
from plugins.contracts.api import APIS
from plugins.contracts.models import Contract, ContractLine, DataReturn
from plugins.contracts.operations import follow_customer
from plugins.contracts.views import ContractsView
from plugins.customers.public import CUSTOMER_RESOURCE, CustomerHandedOver


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Contract, its lines and returns."""
    return [Contract, ContractLine, DataReturn]


@hookimpl
def crm_resources() -> Sequence[Resource]:
    """Rights on them."""
    return permissions.RESOURCES


@hookimpl
def crm_preset_grants() -> Mapping[str, Grants]:
    """What the roles of the regulation may do with them."""
    return permissions.GRANTS


@hookimpl
def crm_views() -> Sequence[type[Any]]:
    """The page of contracts."""
    return [ContractsView]


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of contracts."""
    return APIS


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Contracts."""
    return [MenuEntry("contracts", msg("Contracts"), "ContractsView.list", "file-text", permissions.CONTRACT, creates=True)]


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Contracts are found by title and number."""
    return ["contracts"]


@hookimpl
def crm_jobs() -> Sequence[JobHandler]:
    """Expiry."""
    return jobs.HANDLERS


@hookimpl
def crm_related_counts(session: Any, resource: str, record_id: int) -> Sequence[RelatedCount]:
    """Contracts of a customer."""
    return reports.customer_counts(session, record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """Contracts as a tab of the customer."""
    return [RelatedTable("contracts", msg("Contracts"), "contracts", "customer")] if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_figures(session: Any, resource: str, record_id: int) -> Sequence[Figure]:
    """Value of a customer's contracts."""
    return reports.customer_figures(session, record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_timeline(session: Any, resource: str, record_id: int, limit: int) -> Sequence[TimelineEntry]:
    """Signings on the customer's timeline."""
    return reports.customer_timeline(session, record_id, limit) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_desk_figures(session: Any) -> Sequence[Figure]:
    """What was signed this month."""
    return reports.desk_figures(session)


@hookimpl
def crm_desk_tasks(session: Any, limit: int) -> Sequence[DeskTask]:
    """Data to complete."""
    return reports.desk_tasks(session, limit)


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """Contracts in every state."""
    demo.make(session, company, seed)


@hookimpl
def crm_customers_customer_handed_over(session: Any, handover: CustomerHandedOver) -> None:
    """Open contracts follow their customer."""
    follow_customer(session, handover)
