"""The roles of the regulation (requirements 2.1 to 2.3): those that every company starts with, and those that it may add."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.extension.rights import CREATE, EXPORT, IMPORT, PRINT, READ, UPDATE, Grants
from core.kernel.acting import Scope
from core.kernel.words import Message, msg


@dataclass(frozen=True)
class Preset:
    """A role of the regulation. ``standard`` ones are made with every company, the others a company adds when it has such people.

    ``like`` names a preset whose rights it has as well, ``only`` those verbs of it if any are named, ``within`` this scope instead of its.
    """

    key: str
    title: Message
    description: Message
    standard: bool = True
    like: str = ""
    only: tuple[str, ...] = ()
    within: Scope | None = None


STANDARD: tuple[Preset, ...] = (
    Preset(
        "department_head",
        msg("Department head"),
        msg("Leads a department: reviews customers, assigns who follows up, appraises staff."),
    ),
    Preset("salesperson", msg("Salesperson"), msg("Works with their own customers and those shared with them.")),
    Preset("project_manager", msg("Project manager"), msg("Signs contracts and hands over their text.")),
    Preset("contract_administrator", msg("Contract administrator"), msg("Enters contracts, receipts and budgets.")),
    Preset("invoicing_clerk", msg("Invoicing clerk"), msg("Issues invoices from invoice notices and tracks them.")),
    Preset("after_sales", msg("After-sales staff"), msg("Handles service and dispatch orders.")),
    Preset("leader_in_charge", msg("Leader in charge"), msg("Reviews for the departments in charge.")),
    Preset("company_leader", msg("Company leader"), msg("Sees the whole company and approves.")),
    Preset("marketing_management", msg("Marketing management"), msg("Receives access applications of other departments.")),
    Preset("network_management", msg("Network management"), msg("Grants rights on approved applications.")),
    Preset(
        "system_administrator",
        msg("System administrator"),
        msg("Switches modules, sets parameters, runs backups; sees no business records."),
    ),
    Preset("security_administrator", msg("Security administrator"), msg("Keeps users, roles and rights; sees no business records.")),
    Preset("audit_administrator", msg("Audit administrator"), msg("Reads the audit trail; sees no business records.")),
    Preset(
        "privacy_officer",
        msg("Personal information officer"),
        msg("Answers for personal information: dossiers, erasures, legal holds."),
    ),
    Preset("authorised_person", msg("Authorised person"), msg("Staff of another department with only what was approved.")),
    Preset("customer_sharer", msg("Sharer of a customer"), msg("Adds contact records to customers shared with him or her.")),
    Preset("finance_manager", msg("Finance manager"), msg("Approves discounts below the lowest discount, and other prices.")),
    Preset("customer_manager", msg("Customer manager"), msg("Keeps the customers in charge and their services.")),
)


def _more(key: str, title: Message, description: Message, like: str = "", *only: str, within: Scope | None = None) -> Preset:
    return Preset(key, title, description, standard=False, like=like, only=only, within=within)


FURTHER: tuple[Preset, ...] = (
    _more(
        "sales_team_member",
        msg("Member of a sales team"),
        msg("Works on the customers shared by the team."),
        "salesperson",
        READ,
        CREATE,
    ),
    _more("all_staff", msg("All staff"), msg("Sees who looks after which customer, and no more.")),
    _more(
        "marketing_staff",
        msg("Marketing staff"),
        msg("Knows the market and the customers shared with them."),
        "customer_sharer",
    ),
    _more("marketing_manager", msg("Marketing manager"), msg("Leads marketing and reviews its changes."), "department_head", READ),
    _more("news_administrator", msg("News administrator"), msg("Publishes news and keeps its columns.")),
    _more("internal_staff", msg("Internal staff"), msg("Reads news and shared files.")),
    _more(
        "customer_service_manager",
        msg("Customer service manager"),
        msg("Leads customer service and approves its visits and receptions."),
        "department_head",
    ),
    _more(
        "relations_supervisor",
        msg("Customer-relations supervisor"),
        msg("Plans customer relations and guides the specialists."),
        "department_head",
        READ,
        CREATE,
    ),
    _more(
        "relations_specialist",
        msg("Customer-relations specialist"),
        msg("Visits and receives the customers assigned."),
        "customer_sharer",
    ),
    _more("service_staff", msg("Customer service staff"), msg("Keeps contact with the customers served."), "after_sales"),
    _more(
        "service_supervisor",
        msg("Service supervisor"),
        msg("Supervises the records of the service staff."),
        "department_head",
        READ,
    ),
    _more(
        "call_centre_agent",
        msg("Call-centre agent"),
        msg("Answers the hotline and enters requests."),
        "after_sales",
        READ,
        CREATE,
    ),
    _more("gift_keeper", msg("Gift keeper"), msg("Holds gift stock and signs gift applications.")),
    _more("office_director", msg("Office director"), msg("Signs gift applications.")),
    _more(
        "finance_accountant",
        msg("Finance accountant"),
        msg("Carries out approved discount and settlement changes."),
        "invoicing_clerk",
        READ,
    ),
    _more("general_manager", msg("General manager"), msg("Sees everything and approves finally."), "company_leader"),
    _more("executive", msg("Executive"), msg("Sees all records and reports."), "company_leader", READ),
    _more("superior", msg("Leader of staff"), msg("Reads the records of the own people."), "department_head", READ),
    _more("employee", msg("Ordinary employee"), msg("Records the own work."), "salesperson", READ, CREATE, within=Scope.OWN),
    _more("inside_sales", msg("Inside sales clerk"), msg("Keeps customer master data but for discounts.")),
    _more("key_account_manager", msg("Key-account manager"), msg("Keeps the key accounts of a region."), "customer_manager"),
    _more("operations_staff", msg("Operations staff"), msg("Follows orders and deliveries.")),
    _more("human_resources", msg("Human resources"), msg("Keeps the picture of the organisation.")),
)

PRESETS: tuple[Preset, ...] = STANDARD + FURTHER

ROWS: Mapping[str, str] = {
    "R-001": "department_head",
    "R-002": "salesperson",
    "R-003": "project_manager",
    "R-004": "contract_administrator",
    "R-005": "invoicing_clerk",
    "R-006": "after_sales",
    "R-007": "leader_in_charge",
    "R-008": "company_leader",
    "R-009": "marketing_management",
    "R-010": "network_management",
    "R-011": "system_administrator",
    "R-012": "authorised_person",
    "R-013": "customer_sharer",
    "R-014": "customer_manager",
    "R-015": "sales_team_member",
    "R-016": "all_staff",
    "R-017": "marketing_staff",
    "R-018": "marketing_manager",
    "R-019": "news_administrator",
    "R-020": "internal_staff",
    "R-021": "customer_service_manager",
    "R-022": "relations_supervisor",
    "R-023": "relations_specialist",
    "R-024": "service_staff",
    "R-025": "service_supervisor",
    "R-026": "call_centre_agent",
    "R-027": "gift_keeper",
    "R-028": "office_director",
    "R-029": "finance_manager",
    "R-030": "finance_accountant",
    "R-031": "general_manager",
    "R-032": "executive",
    "R-033": "superior",
    "R-034": "employee",
    "R-035": "inside_sales",
    "R-036": "key_account_manager",
    "R-037": "operations_staff",
    "R-038": "human_resources",
}
"""Which role carries out which row of the regulation."""


EXPORTERS = ("company_leader", "department_head")
"""Presets that may ask to export what they may read; everybody else is given the right by name (R-343)."""


IMPORTERS = ("inside_sales", "department_head", "salesperson", "customer_manager", "marketing_management", "company_leader")
"""Presets that may bring in by a file what they may enter one by one (R-158); everybody else is given the right by name."""


def with_likes(grants: Mapping[str, Grants], importable: Collection[str] = ()) -> dict[str, Grants]:
    """``grants`` by preset, and what presets have because they are like another one; what is given outright goes first.

    ``importable`` are the resources that take files.
    """
    grants = {key: _with_export(given) if key in EXPORTERS else given for key, given in grants.items()}
    grants = {key: _with_import(given, importable) if key in IMPORTERS else given for key, given in grants.items()}
    grants = {key: _with_print(given) for key, given in grants.items()}
    found: dict[str, Grants] = dict(grants)
    for preset in PRESETS:
        if preset.like:
            taken = {name: _narrowed(verbs, preset) for name, verbs in grants.get(preset.like, {}).items()}
            own = grants.get(preset.key, {})
            joined = {name: {**taken.get(name, {}), **own.get(name, {})} for name in (*taken, *own)}
            found[preset.key] = {name: verbs for name, verbs in joined.items() if verbs}
    return found


def _with_export(given: Grants) -> Grants:
    """What is read of the plugins may be exported as far; of the host's own nothing."""
    return {
        name: verbs if name.startswith("core.") or READ not in verbs else {EXPORT: verbs[READ], **verbs} for name, verbs in given.items()
    }


def _with_print(given: Grants) -> Grants:
    """Whoever may change records of the plugins prints them one by one as far, whoever exports them as far as that (C-19)."""
    return {name: verbs if name.startswith("core.") else {**_printed(verbs), **verbs} for name, verbs in given.items()}


def _printed(verbs: Mapping[str, Scope]) -> dict[str, Scope]:
    scope = verbs.get(EXPORT) or verbs.get(UPDATE)
    return {PRINT: scope} if scope is not None else {}


def _with_import(given: Grants, importable: Collection[str]) -> Grants:
    return {name: {IMPORT: verbs[CREATE], **verbs} if name in importable and CREATE in verbs else verbs for name, verbs in given.items()}


def _narrowed(verbs: Mapping[str, Scope], preset: Preset) -> dict[str, Scope]:
    return {verb: _within(scope, preset.within) for verb, scope in verbs.items() if not preset.only or verb in preset.only}


def _within(scope: Scope, limit: Scope | None) -> Scope:
    """What the whole company shares stays shared."""
    return scope if limit is None or scope is Scope.COMPANY else limit
