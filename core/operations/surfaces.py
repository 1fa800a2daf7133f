"""Every surface by which somebody or something reaches the program, with the plugin it belongs to: for walks and for reviewers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from core.database.search import searchable
from core.extension import hookspecs
from core.extension.calling import CompanyHooks
from core.extension.exchange import RelatedTable
from core.extension.registry import Registry
from core.web.access import need_of
from core.web.administration import CORE_VIEWS
from core.web.features import features_of
from core.web.house import Keguan
from core.web.nouns import Noun
from core.web.people import PEOPLE_VIEWS
from core.web.searching import led_by
from core.web.usual_board import board_of
from core.web.views import RecordView
from core.work.handlers import job_handlers
from core.work.import_targets import import_targets

SHOWN = {
    "crm_related_counts": "stat button",
    "crm_figures": "figure",
    "crm_timeline": "timeline",
    "crm_desk_figures": "desk figure",
    "crm_desk_tasks": "desk task",
    "crm_desk_charts": "desk chart",
}
"""Hooks by which a plugin shows something on pages of others; what it is depends on the record and on who looks."""
RECORDS = "records"
"""The kind of a line *resource by feature*: what records are offered on their pages and in REST."""
KINDS = (
    *("route", "rest", "menu", RECORDS, "list search", "board", "tab"),
    *SHOWN.values(),
    *("search", "job", "schedule", "import", "command", "hook"),
)


@dataclass(frozen=True, order=True)
class Surface:
    """``kind`` is one of :data:`KINDS`; ``where`` its address, or whom a hook is of; ``needs`` what it asks for or covers."""

    plugin: str
    kind: str
    name: str
    where: str = ""
    needs: str = ""


def surfaces(application: Flask) -> list[Surface]:
    """All surfaces of the running application, sorted by plugin."""
    keguan: Keguan = application.extensions["keguan"]
    return sorted([*_routes(application), *declared_surfaces(keguan.registry)])


def declared_surfaces(registry: Registry) -> list[Surface]:
    """Those that need no running application: everything but routes, sorted by plugin."""
    return sorted([*_jobs(registry), *_declared(registry), *_heard(registry)])


def _routes(application: Flask) -> Iterator[Surface]:
    for rule in application.url_map.iter_rules():
        need, view = need_of(application.view_functions[rule.endpoint])
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        asked = "nobody" if need is None else f"{need.verb} {need.resource}".strip() if need.level == "right" else need.level
        kind = "rest" if rule.rule.startswith("/api/") else "route"
        yield Surface(getattr(view, "plugin", "core"), kind, f"{methods} {rule.endpoint}", rule.rule, asked)


def _jobs(registry: Registry) -> Iterator[Surface]:
    for kind, handler in job_handlers(registry).items():
        plugin = kind.partition(".")[0]
        yield Surface(plugin, "job", kind)
        if handler.every_minutes:
            yield Surface(plugin, "schedule", kind, f"{handler.every_minutes} min")


def _declared(registry: Registry) -> Iterator[Surface]:
    for plugin, entry in registry.at_start("crm_menu"):
        yield Surface(plugin, "menu", entry.key, entry.endpoint, f"{entry.verb} {entry.resource}".strip())
    for plugin, target in import_targets(registry):
        yield Surface(plugin, "import", target.resource, needs=f"create {target.resource}")
    for plugin, command in registry.at_start("crm_commands"):
        yield Surface(plugin, "command", str(command.name))
    for plugin, path in registry.at_start("crm_search_kinds"):
        yield Surface(plugin, "search", path, f"/{path}/")
    yield from _of_nouns(registry)
    for resource in registry.resources:
        for plugin, tab in _tabs(registry, resource):
            yield Surface(plugin, "tab", f"{resource} {tab.key}", f"{tab.noun} by {tab.by}")


def _of_nouns(registry: Registry) -> Iterator[Surface]:
    """What records of each kind are offered, of the plugins and of the house."""
    for plugin, view in registry.at_start("crm_views"):
        noun = getattr(view, "noun", None)
        if noun is not None and (searched := (*searchable(noun.model), *led_by(noun))):
            yield Surface(plugin, "list search", noun.path, f"/{noun.path}/?q=", ", ".join(searched))
        if noun is not None and board_of(noun) is not None:
            yield Surface(plugin, "board", noun.path, f"/{noun.path}/board", f"read {noun.resource}")
        if noun is not None:
            yield from _features(plugin, noun, registry)
    for view in (*CORE_VIEWS, *PEOPLE_VIEWS):
        if issubclass(view, RecordView):
            yield from _features("core", view.noun, registry)


def _features(plugin: str, noun: Noun, registry: Registry) -> Iterator[Surface]:
    for one in features_of(noun, registry):
        yield Surface(plugin, RECORDS, f"{noun.path}: {one.name}", f"/{noun.path}/", f"{one.verb} {noun.resource}")


def _tabs(registry: Registry, resource: str) -> Iterator[tuple[str, RelatedTable]]:
    for name in registry.names:
        answers = CompanyHooks(registry, frozenset({name})).crm_related_tables(resource=resource)
        yield from ((name, tab) for tab in answers)


def _heard(registry: Registry) -> Iterator[Surface]:
    """What a plugin shows on pages of others, and which hooks of other plugins it hears."""
    for plugin in registry.names:
        for caller in registry.manager.get_hookcallers(registry.manager.get_plugin(plugin)) or ():
            owner = caller.name.split("_")[1]
            if caller.name in SHOWN:
                yield Surface(plugin, SHOWN[caller.name], caller.name)
            elif owner in registry.names and not hasattr(hookspecs, caller.name):
                yield Surface(plugin, "hook", caller.name, f"of {owner}")
