"""The hooks of the platform, in the order in which a deployment meets them.

Hooks marked *at start* are called once for every installed plugin when the program starts; the others are called through
``hooks(company)`` and reach only the plugins that are switched on for the company of the person who acts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pluggy

from core.database.together import Told
from core.extension.approving import ApprovalKind
from core.extension.exchange import (
    CodeListSpec,
    DeskChart,
    DeskFigure,
    DeskTask,
    Figure,
    ImportTarget,
    JobHandler,
    KeptByLaw,
    MenuEntry,
    ParameterSpec,
    RelatedCount,
    RelatedTable,
    TimelineEntry,
)
from core.extension.rights import Grants, Resource

hookspec = pluggy.HookspecMarker("keguan")
hookimpl = pluggy.HookimplMarker("keguan")


@hookspec
def crm_models() -> Sequence[type[Any]]:
    """At start, before any view: the plugin's stored classes. Example: ``return [Customer, Contact]``."""


@hookspec
def crm_resources() -> Sequence[Resource]:
    """At start: the resources that rights are given on, with their verbs. Example::

    return [Resource("assets.asset", msg("Assets"), RECORD_VERBS)]
    """


@hookspec
def crm_preset_grants() -> Mapping[str, Grants]:
    """At start and when a company is founded: preset role to resource to verb to scope. Example::

    return {"salesperson": {"assets.asset": {"read": Scope.OWN, "create": Scope.OWN}}}
    """


@hookspec
def crm_views() -> Sequence[type[Any]]:
    """At start, after the models of all: page classes (``RecordView`` or ``PluginView``). Example: ``return [AssetsView]``."""


@hookspec
def crm_apis() -> Sequence[type[Any]]:
    """At start, after the views: REST classes (``RecordApi``). Example: ``return [AssetsApi]``."""


@hookspec
def crm_jobs() -> Sequence[JobHandler]:
    """At start: handlers of background jobs; those with ``every_minutes`` are scheduled for each company that has the plugin on.

    Example: ``return [JobHandler("assets.remind", remind, msg("Reminders of the warranty"), every_minutes=60)]``.
    """


@hookspec
def crm_imports() -> Sequence[ImportTarget]:
    """At start: resources that files can be imported into. Example::

    return [ImportTarget("assets.asset", write_assets, keys=(("serial",),))]
    """


@hookspec
def crm_parameters() -> Sequence[ParameterSpec]:
    """At start: values that rules depend on and that each company may set, dated. Named ``<plugin>.<what>``.

    Example: ``return [ParameterSpec("billing.feedback_days", msg("Feedback"), Field("integer", msg("Days")), 30, source="R-326")]``.
    """


@hookspec
def crm_code_lists() -> Sequence[CodeListSpec]:
    """At start: lists of words that ``fields.code`` chooses from and that each company may extend. Named ``<plugin>.<what>``.

    Example: ``return [CodeListSpec("sales.lost_reason", msg("Reason of the loss"), (("price", msg("Price")),))]``.
    """


@hookspec
def crm_approvals() -> Sequence[ApprovalKind]:
    """At start: kinds of documents that can need approval, each with the chain that holds until a company sets its own. Example::

    leader = Step(msg("Approval by the leader"), (Asked(Who.ROLE, role="company_leader"),))
    return [ApprovalKind("contracts.signing", msg("Signing of a contract"), CONTRACT, Contract, chain=(leader,))]
    """


@hookspec
def crm_kept_by_law() -> Sequence[KeptByLaw]:
    """At start: records about a person that a law keeps although the person is erased, with the reason and the last day. Example::

    return [KeptByLaw(Invoice, invoices_kept)]
    """


@hookspec
def crm_commands() -> Sequence[Any]:
    """At start of a command: click commands, reached as ``python app.py <plugin> <command>``. Example: ``return [recount]``."""


@hookspec
def crm_menu() -> Sequence[MenuEntry]:
    """While a page is built: entries of the side menu. Example::

    return [MenuEntry("assets", msg("Assets"), "AssetsView.list", "engine", "assets.asset", creates=True)]
    """


@hookspec
def crm_search_kinds() -> Sequence[str]:
    """While somebody searches in the top bar: paths of the nouns that can be found. Example: ``return ["customers"]``."""


@hookspec
def crm_related_counts(session: Any, resource: str, record_id: int) -> Sequence[RelatedCount]:
    """While a record's page is built: stat buttons, counted by the page. Return nothing for foreign resources. Example::

    return [RelatedCount(msg("Contracts"), "file-text", Counted(of_customer(record_id)), url)]
    """


@hookspec
def crm_related_tables(resource: str) -> Sequence[RelatedTable]:
    """While a record's page is built: tabs that load by themselves. Return nothing for foreign resources. Example::

    return [RelatedTable("assets", msg("Assets"), "assets", "customer")]
    """


@hookspec
def crm_figures(session: Any, resource: str, record_id: int) -> Sequence[Figure]:
    """While a record's page is built: key figures in its head, asked for by the page in one statement with the stat buttons. Example::

    return [Figure(msg("Contract value"), Summed(signed_value(record_id)), "money", url=url)]
    """


@hookspec
def crm_timeline(session: Any, resource: str, record_id: int, limit: int) -> Sequence[Told | TimelineEntry]:
    """While a record's timeline is loaded: what happened to it, newest first, told as :class:`TimelineEntry`.

    On records of others give rows, which are read in one statement for all plugins; on your own, entries may be simpler. The ``Kind``
    is what people filter by. Older entries are asked for by ``at`` (a ``day`` counts as its noon), so order by it. Example::

    rows = told(Visit.id, Visit.purpose, at=Visit.at, who=Employee.name).join(Employee, Employee.id == Visit.owner_id)
    return [Told(rows.where(Visit.customer_id == record_id).order_by(Visit.at.desc()), tell_visit, Kind("visits", msg("Visits")))]
    """


@hookspec
def crm_desk_figures(session: Any) -> Sequence[Figure | DeskFigure]:
    """While the desk is loaded: figures of the person's own work, and lists whose sums follow what is chosen there. Example::

    return [Figure(msg("Warranties that end"), Counted(ending(today())), url=url_for("AssetsView.list", view="ending"))]
    """


@hookspec
def crm_desk_tasks(session: Any, limit: int) -> Sequence[Told | DeskTask]:
    """While the desk is loaded: what the person has to do next, most urgent first: rows told as :class:`DeskTask`, or tasks.

    Example: ``return [DeskTask("Renew the warranty of KY75-0018", url, due=today())]``.
    """


@hookspec
def crm_desk_charts() -> Sequence[DeskChart]:
    """While the desk is built: charts that load by themselves, drawn from lists of the plugin. Example::

    return [DeskChart(msg("Pipeline"), "opportunities", "stage", "amount", "funnel", {"state": "open"})]
    """


@hookspec
def crm_demo(session: Any, company: Any, seed: int) -> None:
    """When demo data are made for ``company``: write records by the plugin's own verbs, in a past that :mod:`core.kernel.story` tells.

    Example::

    create_asset(session, {"title": "75 kW compressor", "customer": some_customer(session, company, seed)})
    """
