"""What this plugin hangs into the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.database.together import Told
from core.extension.exchange import (
    CodeListSpec,
    DeskChart,
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
from plugins.service import demo, imports, jobs, permissions, rules
from plugins.service.api import APIS
from plugins.service.models import DispatchOrder, DispatchPart, Handling, Participation, ServiceNote, ServiceRequest
from plugins.service.operations import follow_customer
from plugins.service.permissions import DISPATCH, REQUEST
from plugins.service.reports import desk, records, timeline
from plugins.service.views import VIEWS


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Request with its handlers, records and participants; dispatch order with its parts."""
    return [ServiceRequest, ServiceNote, Handling, Participation, DispatchOrder, DispatchPart]


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
    """Deadlines, opening hours, and whether overlaps are refused."""
    return rules.PARAMETERS


@hookimpl
def crm_code_lists() -> Sequence[CodeListSpec]:
    """Kinds of service."""
    return rules.CODE_LISTS


@hookimpl
def crm_views() -> Sequence[type[Any]]:
    """Pages of requests, service notes and dispatch orders."""
    return VIEWS


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of the same."""
    return APIS


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Service requests, with dispatch orders below."""
    return [
        MenuEntry("service", msg("Service requests"), "ServiceRequestsView.list", "tool", REQUEST, creates=True),
        MenuEntry("dispatch", msg("Dispatch orders"), "DispatchOrdersView.list", "truck-delivery", DISPATCH, parent="service"),
    ]


@hookimpl
def crm_imports() -> Sequence[ImportTarget]:
    """Files of service requests."""
    return imports.TARGETS


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Requests and orders are found by subject and number."""
    return ["service-requests", "dispatch-orders"]


@hookimpl
def crm_jobs() -> Sequence[JobHandler]:
    """Warnings of what is late."""
    return jobs.HANDLERS


@hookimpl
def crm_related_counts(session: Any, resource: str, record_id: int) -> Sequence[RelatedCount]:
    """Requests of a customer, orders of a request, the signature of an order."""
    if resource == REQUEST:
        return records.dispatch_counts(session, record_id)
    counts = {CUSTOMER_RESOURCE: records.customer_counts, DISPATCH: records.signature_counts}
    return counts[resource](record_id) if resource in counts else ()


@hookimpl
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """Requests as a tab of the customer, orders as a tab of the request."""
    tables = {
        CUSTOMER_RESOURCE: RelatedTable("service-requests", msg("Service requests"), "service-requests", "customer"),
        REQUEST: RelatedTable("dispatch-orders", msg("Dispatch orders"), "dispatch-orders", "request"),
    }
    return [tables[resource]] if resource in tables else ()


@hookimpl
def crm_figures(resource: str, record_id: int) -> Sequence[Figure]:
    """Open requests and satisfaction of a customer."""
    return records.customer_figures(record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_timeline(resource: str, record_id: int) -> Sequence[Told]:
    """Requests on the customer's timeline, and everything on the request's own."""
    if resource == CUSTOMER_RESOURCE:
        return timeline.of_customer(record_id)
    return timeline.of_request(record_id) if resource == REQUEST else ()


@hookimpl
def crm_desk_figures() -> Sequence[Figure]:
    """Own work in service."""
    return desk.figures()


@hookimpl
def crm_desk_tasks() -> Sequence[Told]:
    """What the person has to do in service."""
    return desk.tasks()


@hookimpl
def crm_desk_charts() -> Sequence[DeskChart]:
    """Requests under way by their state."""
    return desk.CHARTS


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """Requests and dispatch orders in every state."""
    demo.make(session, company, seed)


@hookimpl
def crm_customers_customer_handed_over(session: Any, handover: CustomerHandedOver) -> None:
    """Open requests follow their customer."""
    follow_customer(session, handover)
