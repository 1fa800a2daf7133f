"""Every surface of one plugin, found in the registry and among the routes, each as something that can be tried again and again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask

from core.application import Keguan
from core.exports.sources import SheetSource, all_sources
from core.extension.calling import CompanyHooks
from core.kernel.clock import today
from core.web.access import need_of
from core.web.agenda import entries_between
from core.web.nouns import Noun
from core.web.offers import entries_of, shown_offers
from core.web.showing import record_url, view_name
from core.work.attachments import attach
from core.work.import_targets import import_targets
from tests.conformance.examples import Examples
from tests.switch.servers import Client

OPEN, SHUT, NEITHER = "open", "shut", "neither"
WALKER = "sales.east1"
STALE = "999999"
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Surface:
    """``look(client)`` says whether the surface is open, shut, or neither, and in a few words what came back.

    ``business`` marks routes that are asked so that the business refuses for reasons of its own: nothing is changed by asking.
    """

    name: str
    look: Callable[[Client], tuple[str, str]]
    business: bool = False


class Looking:
    """Enumerates the surfaces of ``plugin`` for the person who walks."""

    def __init__(self, application: Flask, examples: Examples, plugin: str) -> None:
        self.application, self.examples, self.plugin = application, examples, plugin
        self.keguan: Keguan = application.extensions["keguan"]
        self.nouns = self.keguan.nouns
        self.files: dict[str, list[int]] = {}

    def surfaces(self) -> list[Surface]:
        """All of them that are reached over HTTP."""
        found = [
            *self._routes(),
            *self._doors(),
            *self._menu(),
            *self._tabs(),
            *self._offers(),
            *self._calendar(),
            *self._search(),
            *self._openapi(),
        ]
        names = [one.name for one in found]
        assert len(names) == len(set(names)), "a surface was found twice"
        return found

    def _routes(self) -> Iterator[Surface]:
        for rule in self.application.url_map.iter_rules():
            need, view = need_of(self.application.view_functions[rule.endpoint])
            if getattr(view, "plugin", "core") != self.plugin:
                continue
            noun: Noun | None = getattr(view, "noun", None)
            assert need is not None, f"{rule.endpoint} says nothing of what it needs"
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            if "files" in rule.rule.split("/"):
                yield from self._of_files(rule, methods, noun)
                continue
            if noun is not None and not _has(noun, rule.endpoint):
                continue
            for arguments in self._arguments(rule.endpoint, rule.arguments, noun):
                for method in methods:
                    yield _route(method, self._path(rule.endpoint, arguments))

    def _doors(self) -> Iterator[Surface]:
        """Doors of the house whose address carries a word of the plugin: a list, an import, a parameter, code list or kind of approval.

        A sheet is printed where it is shown, and never asked for at the door of exports.
        """
        registry = self.keguan.registry
        imports = [target.resource for plugin, target in import_targets(registry) if plugin == self.plugin]
        lists = [noun.path for noun in self.nouns.by_path.values() if noun.plugin == self.plugin]
        words: Mapping[str, Iterable[str]] = {
            "ExportsView.ask": _of(self.plugin, {key: one for key, one in all_sources().items() if not isinstance(one, SheetSource)}),
            "ImportsView.new": imports,
            "ImportsView.blank": imports,
            **dict.fromkeys(("ListsView.conditions", "ListsView.columns", "ListsView.new_view"), lists),
            "ParametersView.history": _of(self.plugin, registry.parameters),
            "CodeListsView.entries": _of(self.plugin, registry.code_lists),
            "ChainsView.chain": _of(self.plugin, registry.approvals),
        }
        arguments = {rule.endpoint: next(iter(rule.arguments)) for rule in self.application.url_map.iter_rules() if rule.endpoint in words}
        for endpoint, named in words.items():
            for word in named:
                yield _route("GET", self._path(endpoint, {arguments[endpoint]: word}))

    def _of_files(self, rule: Any, methods: list[str], noun: Noun | None) -> Iterator[Surface]:
        """Files of a record; nouns that take none answer 404 whatever the switch says, and are no surface."""
        if noun is None or not noun.files:
            return
        attached = self._attached(noun)
        for method in methods:
            if "file_id" not in rule.arguments:
                yield _route(method, self._path(rule.endpoint, {"pk": self.examples.one(noun)}))
                continue
            paths = [self._path(rule.endpoint, {"pk": self.examples.one(noun), "file_id": one}) for one in attached]
            if method == "GET" or not rule.endpoint.endswith("remove_file"):
                yield _route(method, paths[-1])
            else:
                yield _removal(method, rule.rule, paths[:3] if method == "POST" else paths[3:6])

    def _attached(self, noun: Noun) -> list[int]:
        """Ids of seven small files of the example: each removal takes one away."""
        if noun.path not in self.files:
            with self.examples.world.use_case(WALKER) as session:
                record = session.get(noun.model, self.examples.one(noun))
                self.files[noun.path] = [attach(session, record, f"{number}.txt", BytesIO(b"walk")).id for number in range(7)]
        return self.files[noun.path]

    def _arguments(self, endpoint: str, names: set[str], noun: Noun | None) -> list[dict[str, Any]]:
        if not names:
            return [{}]
        assert noun is not None, f"{endpoint} has arguments that no noun explains"
        given: dict[str, Any] = {"pk": self.examples.one(noun)} if "pk" in names else {}
        if "verb" in names:
            return [{**given, "verb": act.verb} for act in noun.acts]
        if endpoint.endswith(".field"):
            parent = getattr(noun.model, "__parent__", "")  # which is not changed in place
            return [{**given, "name": next(name for name in noun.written if name != parent and noun.fields[name].kind != "reference")}]
        if "name" in names:
            texts = [name for name in noun.filters if noun.fields[name].kind in ("text", "integer")]
            return [{**given, "name": name} for name in texts]
        assert set(given) == names, f"{endpoint} has arguments that the walk does not know: {sorted(names - set(given))}"
        return [given]

    def _path(self, endpoint: str, arguments: Mapping[str, Any]) -> str:
        with self.application.test_request_context():
            built: str = self.application.url_for(endpoint, **arguments, _external=False)
        return built

    def _menu(self) -> Iterator[Surface]:
        parents = {entry.key: entry for _, entry in self.keguan.registry.at_start("crm_menu")}
        for plugin, entry in self.keguan.registry.at_start("crm_menu"):
            if plugin == self.plugin:
                above = parents.get(entry.parent)  # below a line of the menu further ones show where that one is open
                page = f"{self._path(above.endpoint, {})}?view=all" if above else "/"
                yield _mark(f"menu {entry.key}", page, f'{self._path(entry.endpoint, {})}"')
                if entry.creates:
                    yield _mark(f"create menu {entry.key}", "/", f'{self._path(entry.endpoint.replace(".list", ".add"), {})}"')

    def _tabs(self) -> Iterator[Surface]:
        for noun in self._others():
            for tab in self._hooks().crm_related_tables(resource=noun.resource):
                address = f"/{noun.path}/{self.examples.one(noun)}"
                yield _mark(f"tab {tab.key} of {noun.path}", address, f"tab={tab.key}")

    def _offers(self) -> Iterator[Surface]:
        """Stat buttons, figures and timeline entries on the records of others, and what stands on the desk."""
        for noun in self._others():
            record_id = self.examples.one(noun)
            about = {"resource": noun.resource, "record_id": record_id}
            page = f"/{noun.path}/{record_id}"
            with self.examples.world.reading(WALKER) as session, self.application.test_request_context():
                offered = self._hooks().crm_related_counts(session=session, **about)
                shown = shown_offers(session, counts=offered)[1]
                counts = [one for one, link in zip(offered, shown, strict=True) if link.count != "0"]
                figures = self._hooks().crm_figures(session=session, **about)
                told = entries_of(session, self._hooks().crm_timeline(session=session, limit=5, **about), 5)
                yield from (_mark(f"stat button {one.icon} of {noun.path}", page, one.url.replace("&", "&amp;")) for one in counts)
                yield from (_mark(f"figure {one.label.text} of {noun.path}", page, str(one.label)) for one in figures)
                yield from (_mark(f"timeline {number} of {noun.path}", page, one.url) for number, one in enumerate(told) if one.url)
        with self.examples.world.reading(WALKER) as session, self.application.test_request_context():
            for one in self._hooks().crm_desk_figures(session=session):
                yield _mark(f"desk figure {one.label.text}", "/", str(one.label))
            for number, task in enumerate(entries_of(session, self._hooks().crm_desk_tasks(session=session, limit=5), 5)):
                yield _mark(f"desk task {number}", "/", task.url)
            for number, chart in enumerate(self._hooks().crm_desk_charts()):
                address = self._path(f"{view_name(self.nouns.by_path[chart.noun])}.chart", {})
                yield _mark(f"desk chart {number}", "/", f"{address}?by={chart.by}&amp;measure={chart.measure}&amp;draw={chart.kind}")

    def _calendar(self) -> Iterator[Surface]:
        """The first entry of every noun and field by which records of the plugin stand on the calendar."""
        first, last = today() - A_YEAR, today() + A_YEAR
        with self.examples.world.reading(WALKER) as session, self.application.test_request_context():
            found = [one for one in entries_between(session, self.nouns, first, last, mine=False) if one.noun.plugin == self.plugin]
            for one in {(one.noun.path, one.field): one for one in reversed(found)}.values():
                day = f"/calendar/?shape=day&whose=department&on={one.day}"
                yield _mark(f"calendar {one.field} of {one.noun.path}", day, f'{record_url(one.noun, one.record_id)}"')

    def _search(self) -> Iterator[Surface]:
        for plugin, path in self.keguan.registry.at_start("crm_search_kinds"):
            if plugin == self.plugin:
                yield _mark(f"search {path}", "/search/?find=例", f"/{path}/?q=")

    def _openapi(self) -> Iterator[Surface]:
        for noun in self.nouns.by_path.values():
            if noun.plugin == self.plugin:
                yield Surface(f"OpenAPI of {noun.path}", _described(f"/api/v1/{noun.path}/"))

    def _others(self) -> list[Noun]:
        """Nouns of other plugins on whose pages this one may show something."""
        return [noun for noun in self.nouns.by_path.values() if noun.plugin not in (self.plugin, "core")]

    def _hooks(self) -> CompanyHooks:
        return CompanyHooks(self.keguan.registry, frozenset({self.plugin}))


def _of(plugin: str, declared: Mapping[str, Any]) -> list[str]:
    """Names of what ``plugin`` has declared."""
    return [name for name, one in declared.items() if one.plugin == plugin]


def _has(noun: Noun, endpoint: str) -> bool:
    """Whether the noun has what the route does; what it has not answers 404 whatever the switch says, and is no surface."""
    creating, changing, deleting = ("add", "post"), ("edit", "put", "restore", "field", "take_back"), ("remove", "delete")
    moved = noun.change if any(noun.fields[name].kind in ("date", "moment") for name in noun.written) else None
    verbs = {
        "move": moved,
        **dict.fromkeys(creating, noun.create),
        **dict.fromkeys(changing, noun.change),
        **dict.fromkeys(deleting, noun.delete),
    }
    return verbs.get(endpoint.rpartition(".")[2], True) is not None


def _route(method: str, path: str) -> Surface:
    """A route, asked so that asking changes nothing: a GET as it is, everything else with a stale or empty body."""

    def look(client: Client) -> tuple[str, str]:
        if method == "GET":
            reply = client.ask("GET", path)
        elif path.startswith("/api/"):
            reply = client.ask(method, f"{path}?version={STALE}" if method == "DELETE" else path, sent={"version": int(STALE)})
        else:
            reply = client.ask(method, path, form={"version": STALE})
        return _judged(reply.status, method), str(reply.status)

    return Surface(f"{method} {path}", look, business=True)


def _removal(method: str, rule: str, paths: list[str]) -> Surface:
    """Removing one of several files, another one each time it succeeds."""
    left = list(paths)

    def look(client: Client) -> tuple[str, str]:
        status = client.ask(method, left[0], form={}).status
        if status != 404:
            left.pop(0)
        return _judged(status, method), str(status)

    return Surface(f"{method} {rule}", look, business=True)


def _judged(status: int, method: str) -> str:
    if status == 404:
        return SHUT
    # A page may lead to where its question is asked; 409 is one that says why a verb is not possible with the record just now.
    good = 200 <= status < 400 or status == 409 if method == "GET" else status < 500
    return OPEN if good else NEITHER


def _mark(name: str, page: str, mark: str) -> Surface:
    """Something that a page shows while the plugin is on; a page of the plugin itself goes with it."""

    def look(client: Client) -> tuple[str, str]:
        reply = client.page(page)
        if reply.status == 404:
            return SHUT, f"{page}: {reply.status}"
        if reply.status != 200:
            return NEITHER, f"{page}: {reply.status}"
        return (OPEN if mark in reply.body else SHUT), f"{mark} on {page}"

    return Surface(name, look)


def _described(path: str) -> Callable[[Client], tuple[str, str]]:
    def look(client: Client) -> tuple[str, str]:
        reply = client.page("/api/v1/_openapi")
        known = json.loads(reply.body)["paths"] if reply.status == 200 else {}
        return (OPEN if any(one.startswith(path) for one in known) else SHUT), path

    return look
