"""Every route of the running application, read from its own map: what it needs, whose noun it serves, where it can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from core.web.access import Need, need_of
from core.web.api import RecordApi
from core.web.nouns import Act, Noun
from core.web.views import RecordView
from tests.isolation.building import House

PARAMETER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
NOWHERE = 987_654_321
"""An id that no record has."""
POINTED = {
    "RolesView": "core_role",
    "FieldRightsView": "core_role",
    "OrganisationView": "core_department",
    "NoticesView": "core_notice",
    "KeysView": "core_api_key",
    "HandoversView": "core_handover",
    "HandoversView.employees": "core_employee",
    "ParametersView": "core_parameter",
    "WorkingDaysView": "core_company_day",
    "ExportsView": "core_export_request",
    "ExportsApi": "core_export_request",
    "FeedsView": "core_export_request",
    "ImportsView": "core_import_file",
    "ImportsView.mappings": "core_import_profile",
    "BulkView": "core_bulk_run",
    "BulkApi": "core_bulk_run",
    "ApprovalsView": "core_approval_case",
    "ApprovalsView.documents": "contracts_contract",
    "ApprovalsApi": "core_approval_case",
    "DelegationsView": "core_delegation",
    "AccessApplicationsView": "core_access_application",
    "ListsView": "core_list_view",
    "PrivacyView": "customers_contact",
    "PrivacyView.holds": "core_legal_hold",
}
"""The table that an id in the address of a page without a noun means."""
NAMED = {
    "ApprovalsView": "contracts.signing",
    "ChainsView": "contracts.signing",
    "PrivacyView": "customers_contact",
    "ExportsView": "customers",
    "ListsView": "customers",
    "ImportsView": "customers.customer",
}
"""The word that such an address carries beside the id: a kind of document, a kind of person, a list."""
DOCUMENT_RIGHTS = {"ApprovalsView.submit": "update"}
"""What whoever points such an address at a record of a plugin needs to be able to do with that record."""
NEEDED_TOO = {
    "ExportsView.ask": Need("right", "export", "customers.customer"),
    "ExportsView.send": Need("right", "export", "customers.customer"),
    "ListsView.new_view": Need("right", "read", "customers.customer"),
    "ImportsView.new": Need("right", "import", "customers.customer"),
    "ImportsView.receive": Need("right", "import", "customers.customer"),
    "ImportsView.blank": Need("right", "import", "customers.customer"),
    "ListsView.conditions": Need("right", "read", "customers.customer"),
    "ListsView.columns": Need("right", "read", "customers.customer"),
}
"""What such an address needs beside what its route declares, because of the word in it."""
REACHING = frozenset({"HandoversView.preview"})
"""Pages whose right reaches the employees of some departments, while every colleague may be seen: beyond them they answer 403."""
COMPANY_WIDE = frozenset({"PrivacyView"})
"""Pages whose right reaches every record of the company, whoever owns it."""


ACTING = ("act", "ask")
"""Functions whose address names a verb of a record: it is run, or what it asks is asked."""


@dataclass(frozen=True)
class Route:
    """One method of one rule. ``family`` is page or rest; ``noun`` is None for pages that serve none."""

    rule: str
    method: str
    endpoint: str
    function: str
    need: Need
    plugin: str
    noun: Noun | None
    family: str
    parameters: tuple[str, ...]
    view: str

    @property
    def table(self) -> str:
        """The table that an id in the address means."""
        if self.noun:
            return self.noun.model.__tablename__
        return POINTED.get(f"{self.view}.{self.rule.split('/')[2]}", POINTED[self.view])

    def path(self, **arguments: Any) -> str:
        """The address with its parameters filled in."""
        word = {"name": NAMED[self.view], "key": NAMED[self.view]} if self.view in NAMED else {}
        return PARAMETER.sub(lambda found: str((arguments | word).get(found[1], "1")), self.rule)


def routes_of(application: Flask) -> list[Route]:
    """Every route but the static files, in a stable order."""
    found = [route for rule in application.url_map.iter_rules() if rule.endpoint != "static" for route in _of_rule(application, rule)]
    return sorted(found, key=lambda route: (route.rule, route.method))


def _of_rule(application: Flask, rule: Any) -> Iterator[Route]:
    need, view = need_of(application.view_functions[rule.endpoint])
    noun = getattr(view, "noun", None) if isinstance(view, RecordView | RecordApi) else None
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield Route(
            rule=rule.rule,
            method=method,
            endpoint=rule.endpoint,
            function=rule.endpoint.rpartition(".")[2],
            need=need or Need("closed"),
            plugin=getattr(view, "plugin", "core"),
            noun=noun,
            family="rest" if rule.rule.startswith("/api/") else "page",
            parameters=tuple(sorted(rule.arguments)),
            view=type(view).__name__,
        )


def acts_of(route: Route) -> list[Act]:
    """The verbs that a route for verbs can run."""
    return list(route.noun.acts) if route.noun and route.function in ACTING else []


def unknown_parameters(route: Route, house: House) -> list[str]:
    """Parameters of the route that no harness knows how to fill; a new one must be taught, or the route stays unproved."""
    known = {"verb", "name", "file_id", "kind", "token"}
    if route.need.level == "closed":
        return []
    if route.noun is not None or route.view in POINTED:
        known.add("pk")
    if route.view in NAMED:
        known.add("key")
    return [
        name
        for name in route.parameters
        if name not in known or (name == "pk" and route.table not in house.models and not _system_table(route))
    ]


def _system_table(route: Route) -> bool:
    return route.table.startswith("core_")
