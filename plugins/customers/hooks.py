"""What this plugin hangs into the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.database.together import Told
from core.extension.approving import ApprovalKind
from core.extension.exchange import CodeListSpec, DeskChart, Figure, ImportTarget, MenuEntry, ParameterSpec
from core.extension.hookspecs import hookimpl
from core.extension.rights import Grants, Resource
from core.kernel.words import msg
from plugins.customers import demo, imports, permissions, reports
from plugins.customers.api import APIS
from plugins.customers.models import Contact, Customer, Interaction
from plugins.customers.models.code_lists import CODE_LISTS
from plugins.customers.models.parameters import PARAMETERS
from plugins.customers.operations.approving import APPROVALS
from plugins.customers.operations.deals import note_deal
from plugins.customers.views import VIEWS


@hookimpl
def crm_models() -> Sequence[type[Any]]:
    """Customer, contact, follow-up."""
    return [Customer, Contact, Interaction]


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
    """Pages of customers, contacts, follow-ups."""
    return VIEWS


@hookimpl
def crm_apis() -> Sequence[type[Any]]:
    """REST of customers, contacts, follow-ups."""
    return APIS


@hookimpl
def crm_approvals() -> Sequence[ApprovalKind]:
    """New customers."""
    return APPROVALS


@hookimpl
def crm_menu() -> Sequence[MenuEntry]:
    """Customers, with contacts, follow-ups and the directory below."""
    return [
        MenuEntry("customers", msg("Customers"), "CustomersView.list", "building", permissions.CUSTOMER, creates=True, place=10),
        MenuEntry("contacts", msg("Contacts"), "ContactsView.list", "users", permissions.CONTACT, parent="customers"),
        MenuEntry(
            "interactions",
            msg("Follow-ups"),
            "InteractionsView.list",
            "message-plus",
            permissions.INTERACTION,
            parent="customers",
            creates=True,
        ),
        MenuEntry(
            "directory",
            msg("Customer directory"),
            "DirectoryView.directory",
            "address-book",
            permissions.DIRECTORY,
            permissions.LOOK_UP,
            parent="customers",
        ),
    ]


@hookimpl
def crm_search_kinds() -> Sequence[str]:
    """Customers and contacts are found by name."""
    return ["customers", "contacts"]


@hookimpl
def crm_parameters() -> Sequence[ParameterSpec]:
    """How often customers are contacted."""
    return PARAMETERS


@hookimpl
def crm_code_lists() -> Sequence[CodeListSpec]:
    """Industries, regions and sources of customers."""
    return CODE_LISTS


@hookimpl
def crm_imports() -> Sequence[ImportTarget]:
    """Files of customers, contacts and follow-ups."""
    return imports.TARGETS


@hookimpl
def crm_timeline(resource: str, record_id: int) -> Sequence[Told]:
    """Follow-ups on the customer's timeline."""
    return reports.timeline(record_id) if resource == Customer.__resource__ else ()


@hookimpl
def crm_desk_figures() -> Sequence[Figure]:
    """Own customers and due contacts."""
    return reports.figures()


@hookimpl
def crm_desk_tasks() -> Sequence[Told]:
    """Due contacts and, for a head, customers to review."""
    return reports.tasks()


@hookimpl
def crm_desk_charts() -> Sequence[DeskChart]:
    """What the customers are composed of."""
    return reports.CHARTS


@hookimpl
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """Customers, contacts and follow-ups of a company to look at."""
    demo.make(session, company, seed)


@hookimpl(optionalhook=True)
def crm_contracts_contract_signed(session: Any, contract: Any) -> None:
    """Whoever has signed a contract cooperates (R-168)."""
    note_deal(session, contract.customer_id)
