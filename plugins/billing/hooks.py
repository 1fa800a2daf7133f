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
    KeptByLaw,
    MenuEntry,
    ParameterSpec,
    RelatedCount,
    RelatedTable,
)
from core.extension.hookspecs import hookimpl
from core.extension.rights import Grants, Resource
from core.kernel.words import msg
from plugins.billing import demo, imports, jobs, permissions
from plugins.billing.api import APIS
from plugins.billing.models import MODELS
from plugins.billing.operations import follow_customer, guard_ending
from plugins.billing.operations.approving import APPROVALS
from plugins.billing.operations.keeping import KEPT
from plugins.billing.queries import money_received
from plugins.billing.reports import desk, records
from plugins.billing.rules.parameters import PARAMETERS
from plugins.billing.views import VIEWS
from plugins.contracts.public import EndingContract, ReceivedMoney
from plugins.customers.public import CustomerHandedOver


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Title, notice, invoice, receipt, allocation."""
    return MODELS


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
    """Days and bands."""
    return PARAMETERS


@hookimpl
def crm_views() -> Sequence[type[Any]]:
    """Pages of invoices and money."""
    return VIEWS


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of invoices and money."""
    return APIS


@hookimpl
def crm_approvals() -> Sequence[ApprovalKind]:
    """Invoices that are taken back."""
    return APPROVALS


@hookimpl
def crm_kept_by_law() -> Sequence[KeptByLaw]:
    """Invoices and receipts, with the data of their buyer."""
    return KEPT


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Notices, invoices and receipts, with what belongs to them below."""
    return [
        MenuEntry(
            "invoice-notices", msg("Invoice notices"), "InvoiceNoticesView.list", "file-certificate", permissions.NOTICE, creates=True
        ),
        MenuEntry("invoices", msg("Invoices"), "InvoicesView.list", "receipt-yuan", permissions.INVOICE, parent="invoice-notices"),
        MenuEntry("invoice-titles", msg("Buyer's title data"), "InvoiceTitlesView.list", "id", permissions.TITLE, parent="invoice-notices"),
        MenuEntry("receipts", msg("Receipts"), "ReceiptsView.list", "cash", permissions.RECEIPT),
        MenuEntry("allocations", msg("Allocations"), "AllocationsView.list", "git-merge", permissions.ALLOCATION, parent="receipts"),
        MenuEntry(
            "statements", msg("Statement of account"), "StatementsView.statement", "list-details", permissions.STATEMENT, parent="receipts"
        ),
        MenuEntry("ageing", msg("Ageing analysis"), "AgeingView.ageing", "hourglass", permissions.AGEING, parent="receipts"),
    ]


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Invoices and receipts are found by number and by who stands on them."""
    return ["invoice-notices", "invoices", "receipts"]


@hookimpl
def crm_imports() -> Sequence[ImportTarget]:
    """Files of title data and receipts."""
    return imports.TARGETS


@hookimpl
def crm_jobs() -> Sequence[JobHandler]:
    """Reminders."""
    return jobs.HANDLERS


@hookimpl
def crm_related_counts(resource: str, record_id: int) -> Sequence[RelatedCount]:
    """Invoices and receipts of a customer."""
    return records.counts(resource, record_id)


@hookimpl
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """Documents as tabs of the customer and the contract."""
    return records.TABLES.get(resource, ())


@hookimpl
def crm_figures(session: Any, resource: str, record_id: int) -> Sequence[Figure]:
    """What was invoiced, received and is open."""
    return records.figures(session, resource, record_id)


@hookimpl
def crm_timeline(resource: str, record_id: int) -> Sequence[Told]:
    """Receipts on the customer's timeline."""
    return records.timeline(resource, record_id)


@hookimpl
def crm_desk_figures() -> Sequence[DeskFigure]:
    """What came in."""
    return desk.figures()


@hookimpl
def crm_desk_tasks() -> Sequence[Told]:
    """Invoices to issue and to feed back, receipts to allocate."""
    return desk.tasks()


@hookimpl
def crm_desk_charts() -> Sequence[DeskChart]:
    """What came in month by month."""
    return desk.charts()


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """Notices, invoices and receipts in every state."""
    demo.make(session, company, seed)


@hookimpl
def crm_customers_customer_handed_over(session: Any, handover: CustomerHandedOver) -> None:
    """What is open follows its customer."""
    follow_customer(session, handover)


@hookimpl
def crm_contracts_money_received() -> ReceivedMoney | None:
    """A part of a schedule that has been paid is not late."""
    return money_received()


@hookimpl
def crm_contracts_contract_ending(session: Any, ending: EndingContract) -> None:
    """A contract with money on it is not made void."""
    guard_ending(session, ending)
