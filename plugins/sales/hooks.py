"""What this plugin hangs into the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.database.together import Told
from core.extension.approving import ApprovalKind
from core.extension.exchange import (
    CodeListSpec,
    DeskChart,
    DeskFigure,
    Figure,
    ImportTarget,
    JobHandler,
    MenuEntry,
    ParameterSpec,
    RelatedCount,
    RelatedTable,
)
from core.extension.hookspecs import hookimpl
from core.extension.rights import Grants, Resource
from core.kernel.words import msg
from plugins.customers.public import CUSTOMER_RESOURCE, CustomerHandedOver
from plugins.sales import demo, imports, jobs, models, permissions, reports
from plugins.sales.api import APIS
from plugins.sales.operations import follow_customer
from plugins.sales.operations.approving import APPROVALS
from plugins.sales.rules import settings
from plugins.sales.views import VIEWS


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Pipelines, opportunities, quotations, orders, proposals, projects and their parts."""
    return [getattr(models, name) for name in models.__all__]


@hookimpl
def crm_resources() -> Sequence[Resource]:
    """Rights on them."""
    return permissions.RESOURCES


@hookimpl
def crm_preset_grants() -> Mapping[str, Grants]:
    """What the roles of the regulation may do with them."""
    return permissions.GRANTS


@hookimpl
def crm_parameters() -> Sequence[ParameterSpec]:
    """Days until something stands still, and whether orders need a contract."""
    return settings.PARAMETERS


@hookimpl
def crm_code_lists() -> Sequence[CodeListSpec]:
    """Sources, reasons, ways of confirmation."""
    return settings.CODE_LISTS


@hookimpl
def crm_views() -> Sequence[type[Any]]:
    """Pages of sales."""
    return VIEWS


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of sales."""
    return APIS


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Opportunities with pipelines below, quotations, orders, projects with proposals and milestones below."""
    return [
        MenuEntry(
            "opportunities", msg("Opportunities"), "OpportunitiesView.list", "target", permissions.OPPORTUNITY, creates=True, place=20
        ),
        MenuEntry("pipelines", msg("Pipelines"), "PipelinesView.list", "layout-kanban", permissions.PIPELINE, parent="opportunities"),
        MenuEntry("competitors", msg("Competitors"), "CompetitorsView.list", "scale", permissions.COMPETITOR, parent="opportunities"),
        MenuEntry("quotations", msg("Quotations"), "QuotationsView.list", "tag", permissions.QUOTATION, creates=True, place=20),
        MenuEntry(
            "profit-minimums",
            msg("Personal gross profit minimums"),
            "ProfitMinimumsView.list",
            "percentage",
            permissions.MINIMUM,
            parent="quotations",
        ),
        MenuEntry("orders", msg("Sales orders"), "OrdersView.list", "truck-delivery", permissions.ORDER, creates=True, place=20),
        MenuEntry("projects", msg("Projects"), "ProjectsView.list", "briefcase", permissions.PROJECT, place=20),
        MenuEntry(
            "project-proposals",
            msg("Project proposals"),
            "ProjectProposalsView.list",
            "file-certificate",
            permissions.PROPOSAL,
            parent="projects",
            creates=True,
        ),
        MenuEntry("milestones", msg("Milestones"), "MilestonesView.list", "flag", permissions.MILESTONE, parent="projects"),
    ]


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Found by title, customer and number."""
    return ["opportunities", "quotations", "orders", "projects", "project-proposals"]


@hookimpl
def crm_jobs() -> Sequence[JobHandler]:
    """Warnings."""
    return jobs.HANDLERS


@hookimpl
def crm_approvals() -> Sequence[ApprovalKind]:
    """Prices below the lowest discount."""
    return APPROVALS


@hookimpl
def crm_imports() -> Sequence[ImportTarget]:
    """Files of how and against whom a company sells, of opportunities, quotations, orders and proposals."""
    return imports.TARGETS


@hookimpl
def crm_related_counts(resource: str, record_id: int) -> Sequence[RelatedCount]:
    """Opportunities, quotations, orders and projects of a customer; what was made from an opportunity or a quotation."""
    if resource == permissions.OPPORTUNITY:
        return reports.opportunity_counts(record_id)
    if resource == permissions.QUOTATION:
        return reports.quotation_counts(record_id)
    return reports.customer_counts(record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """Opportunities, quotations, orders and projects as tabs of the customer; quotations as one of the opportunity."""
    return {CUSTOMER_RESOURCE: reports.CUSTOMER_TABLES, permissions.OPPORTUNITY: reports.OPPORTUNITY_TABLES}.get(resource, ())


@hookimpl
def crm_figures(session: Any, resource: str, record_id: int) -> Sequence[Figure]:
    """What may still be sold to a customer; the gross profit of a quotation or an order for those who may see costs."""
    if resource in (permissions.QUOTATION, permissions.ORDER):
        return reports.profit_figures(session, resource, record_id)
    return reports.customer_figures(record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_timeline(resource: str, record_id: int) -> Sequence[Told]:
    """Deals, quotations and orders on the customer's timeline, entries on the project's."""
    if resource == permissions.PROJECT:
        return reports.project_timeline(record_id)
    return reports.customer_timeline(record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_desk_figures() -> Sequence[DeskFigure]:
    """Opportunities under way, what was won and ordered."""
    return reports.desk_figures()


@hookimpl
def crm_desk_charts() -> Sequence[DeskChart]:
    """The pipeline, the ranking and the trend of what was won."""
    return reports.desk_charts()


@hookimpl
def crm_desk_tasks() -> Sequence[Told]:
    """Decisions that wait, then own opportunities and milestones that are due."""
    return reports.desk_tasks()


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """Opportunities, quotations, orders and projects in every state."""
    demo.make(session, company, seed)


@hookimpl
def crm_customers_customer_handed_over(session: Any, handover: CustomerHandedOver) -> None:
    """What is in progress follows its customer."""
    follow_customer(session, handover)
