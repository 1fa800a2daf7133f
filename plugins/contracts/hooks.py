"""What this plugin hangs into the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.database.together import Told
from core.extension.approving import ApprovalKind
from core.extension.exchange import (
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
from plugins.contracts import demo, imports, jobs, permissions, reports
from plugins.contracts.api import APIS
from plugins.contracts.models import Contract, ContractLine, DataReturn, OralContract, ScheduledPayment, Supplement
from plugins.contracts.operations import draft_from_deal, find_by_number, follow_customer, reach_milestone, take_oral_agreement
from plugins.contracts.operations.approving import APPROVALS
from plugins.contracts.public import AgreedPrice, FoundContract
from plugins.contracts.rules import PARAMETERS
from plugins.contracts.views import VIEWS
from plugins.customers.public import CUSTOMER_RESOURCE, CustomerHandedOver


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Contract with its lines, returns, payment schedule and supplements, and the oral contract."""
    return [Contract, ContractLine, DataReturn, Supplement, ScheduledPayment, OralContract]


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
    """Pages of contracts, payment schedules, supplements and oral contracts."""
    return VIEWS


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of the same."""
    return APIS


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Contracts, with what belongs to them below."""
    return [
        MenuEntry("contracts", msg("Contracts"), "ContractsView.list", "file-text", permissions.CONTRACT, creates=True, place=30),
        MenuEntry(
            "scheduled-payments",
            msg("Payment schedule"),
            "ScheduledPaymentsView.list",
            "calendar-due",
            permissions.PART,
            parent="contracts",
        ),
        MenuEntry("supplements", msg("Supplements"), "SupplementsView.list", "file-plus", permissions.SUPPLEMENT, parent="contracts"),
        MenuEntry(
            "oral-contracts",
            msg("Oral contracts"),
            "OralContractsView.list",
            "microphone",
            permissions.ORAL,
            parent="contracts",
            creates=True,
        ),
    ]


@hookimpl
def crm_parameters() -> Sequence[ParameterSpec]:
    """Days that the rules depend on."""
    return PARAMETERS


@hookimpl
def crm_imports() -> Sequence[ImportTarget]:
    """Files of contracts that are not signed, and of oral contracts."""
    return imports.TARGETS


@hookimpl
def crm_approvals() -> Sequence[ApprovalKind]:
    """Large contracts before they are signed."""
    return APPROVALS


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Contracts are found by title and number, oral ones by what was agreed."""
    return ["contracts", "oral-contracts"]


@hookimpl
def crm_jobs() -> Sequence[JobHandler]:
    """Expiry, release and reminders."""
    return jobs.HANDLERS


@hookimpl
def crm_related_counts(session: Any, resource: str, record_id: int) -> Sequence[RelatedCount]:
    """Contracts of a customer, and the one that a won opportunity became."""
    return reports.related_counts(session, resource, record_id)


@hookimpl
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """Contracts as a tab of the customer, oral ones beside them; planned payments as a tab of the supplement."""
    return reports.related_tables(resource)


@hookimpl
def crm_figures(resource: str, record_id: int) -> Sequence[Figure]:
    """Value of a customer's contracts, and what is paid of a part of a schedule."""
    if resource == permissions.PART:
        return reports.part_figures(record_id)
    return reports.customer_figures(record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_timeline(resource: str, record_id: int) -> Sequence[Told]:
    """Signings on the customer's timeline."""
    return reports.customer_timeline(record_id) if resource == CUSTOMER_RESOURCE else ()


@hookimpl
def crm_desk_figures() -> Sequence[DeskFigure]:
    """What was signed, and what is due and not paid."""
    return reports.desk_figures()


@hookimpl
def crm_desk_tasks(session: Any) -> Sequence[Told]:
    """Data to complete, drafts to sign, texts to hand over and to enter, agreements to put in writing."""
    return reports.desk_tasks(session)


@hookimpl
def crm_desk_charts() -> Sequence[DeskChart]:
    """What was signed in twelve months."""
    return reports.desk_charts()


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """Contracts in every state."""
    demo.make(session, company, seed)


@hookimpl
def crm_customers_customer_handed_over(session: Any, handover: CustomerHandedOver) -> None:
    """Open contracts follow their customer."""
    follow_customer(session, handover)


@hookimpl(optionalhook=True)
def crm_sales_opportunity_won(session: Any, deal: Any) -> None:
    """A won opportunity becomes a draft."""
    draft_from_deal(session, deal)


@hookimpl(optionalhook=True)
def crm_sales_contract_numbered(session: Any, number: str) -> FoundContract | None:
    """An order finds its contract (R-330)."""
    return find_by_number(session, number)


@hookimpl(optionalhook=True)
def crm_sales_earlier_prices(session: Any, customer_id: int, limit: int) -> Sequence[AgreedPrice]:
    """Whoever quotes an old customer sees what it agreed to pay (R-213)."""
    return reports.prices_agreed(session, customer_id, limit)


@hookimpl(optionalhook=True)
def crm_sales_milestone_reached(session: Any, milestone: Any) -> None:
    """A reached milestone makes the payment that it names invoiceable."""
    if milestone.contract_number and milestone.part is not None:
        reach_milestone(session, name=milestone.name, number=milestone.contract_number, part=str(milestone.part))


@hookimpl(optionalhook=True)
def crm_service_oral_contract_made(session: Any, oral: Any) -> None:
    """What after-sales agreed by word of mouth is entered at once (R-226)."""
    take_oral_agreement(session, oral)
