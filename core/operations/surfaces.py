"""Every surface by which somebody or something reaches the program, with the plugin it belongs to: for walks and for reviewers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from core.extension.calling import CompanyHooks
from core.extension.exchange import RelatedTable
from core.extension.registry import Registry
from core.web.access import need_of
from core.web.house import Keguan
from core.work.handlers import job_handlers


@dataclass(frozen=True, order=True)
class Surface:
    """``kind`` is route, rest, menu, tab, job, schedule, import, command or search; ``needs`` what it asks for."""

    plugin: str
    kind: str
    name: str
    where: str = ""
    needs: str = ""


def surfaces(application: Flask) -> list[Surface]:
    """All surfaces of the running application, sorted by plugin."""
    keguan: Keguan = application.extensions["keguan"]
    return sorted([*_routes(application), *_jobs(keguan.registry), *_declared(keguan.registry)])


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
    for plugin, target in registry.at_start("crm_imports"):
        yield Surface(plugin, "import", target.resource, needs=f"create {target.resource}")
    for plugin, command in registry.at_start("crm_commands"):
        yield Surface(plugin, "command", str(command.name))
    for plugin, path in registry.at_start("crm_search_kinds"):
        yield Surface(plugin, "search", path, f"/{path}/")
    for resource in registry.resources:
        for plugin, tab in _tabs(registry, resource):
            yield Surface(plugin, "tab", f"{resource} {tab.key}", f"{tab.noun} by {tab.by}")


def _tabs(registry: Registry, resource: str) -> Iterator[tuple[str, RelatedTable]]:
    for name in registry.names:
        answers = CompanyHooks(registry, frozenset({name})).crm_related_tables(resource=resource)
        yield from ((name, tab) for tab in answers)
