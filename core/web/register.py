"""Registering every page and REST class, the core's own first; nothing can be added once the first request has come."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder

from core.database.records import naming
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.web.access import need_of
from core.web.administration import CORE_VIEWS
from core.web.api import PluginApi, RecordApi, api_name
from core.web.approvals.api import ApprovalsApi
from core.web.approvals.views import APPROVAL_VIEWS
from core.web.bulk.api import BulkApi
from core.web.bulk.views import BulkView
from core.web.calendars import CalendarView
from core.web.confirming import ConfirmView
from core.web.describe import OpenApi
from core.web.desk_charts import check_desk_chart
from core.web.exporting.api import ExportsApi
from core.web.exporting.backups import BackupsView
from core.web.exporting.feeds import FeedsView
from core.web.exporting.views import ExportsView
from core.web.health import HEALTH_VIEWS
from core.web.importing.views import ImportsView
from core.web.lists.views import ListsView
from core.web.marks_page import MarksView
from core.web.nouns import Noun
from core.web.people import PEOPLE_VIEWS
from core.web.security_api import SecurityApi
from core.web.showing import view_name
from core.web.sign_in import SIGN_IN_VIEWS
from core.web.tagging import tag_acts
from core.web.views import PluginView, RecordView
from core.work.import_fields import check_target
from core.work.import_targets import import_targets


def register_surfaces(app: Flask, builder: AppBuilder, keguan: Any) -> None:
    """Add pages and REST of core and plugins; mistakes stop the start and are named."""
    own = (
        *HEALTH_VIEWS,
        *SIGN_IN_VIEWS,
        *CORE_VIEWS,
        CalendarView,
        *PEOPLE_VIEWS,
        ExportsView,
        FeedsView,
        BackupsView,
        BulkView,
        ImportsView,
        ConfirmView,
        ListsView,
        MarksView,
        *APPROVAL_VIEWS,
    )
    pages = [("core", view) for view in own] + keguan.registry.at_start("crm_views")
    for _, view in pages:
        if issubclass(view, RecordView):
            keguan.nouns.add(view.noun)
            view.noun.also_offer(tag_acts(view.noun))
    for name, view in pages:
        _check_page(keguan, name, view)
        builder.add_view_no_menu(view)
    builder.add_api(SecurityApi)
    builder.add_api(OpenApi)
    builder.add_api(ExportsApi)
    builder.add_api(ApprovalsApi)
    builder.add_api(BulkApi)
    for name, api in keguan.registry.at_start("crm_apis"):
        _check_api(keguan, name, api)
        builder.add_api(api)
    for _, target in import_targets(keguan.registry):
        check_target(target)
    _check_menu(app, keguan)
    _check_children(keguan)
    _check_search(keguan)
    for name, chart in keguan.registry.at_start("crm_desk_charts"):
        check_desk_chart(keguan.nouns, name, chart)


def _check_page(keguan: Any, plugin: str, view: Any) -> None:
    if not issubclass(view, PluginView):
        raise StartRefused(msg("The page %(view)s of %(plugin)s is no PluginView.", view=view.__name__, plugin=plugin))
    _check_owner(keguan, plugin, view)
    if not issubclass(view, RecordView):
        return
    _check_verbs(keguan, view.noun)
    if view.__name__ != view_name(view.noun):
        raise StartRefused(msg("The page of %(path)s must be called %(name)s.", path=view.noun.path, name=view_name(view.noun)))


def _check_api(keguan: Any, plugin: str, api: Any) -> None:
    if not issubclass(api, PluginApi):
        raise StartRefused(msg("The REST class %(view)s of %(plugin)s is no PluginApi.", view=api.__name__, plugin=plugin))
    _check_owner(keguan, plugin, api)
    if issubclass(api, RecordApi) and api.__name__ != api_name(api.noun):
        raise StartRefused(msg("The REST class of %(path)s must be called %(name)s.", path=api.noun.path, name=api_name(api.noun)))


def _check_owner(keguan: Any, plugin: str, view: Any) -> None:
    if view.plugin != plugin:
        raise StartRefused(
            msg(
                "The page %(view)s says it belongs to %(said)s but comes from %(plugin)s.",
                view=view.__name__,
                said=view.plugin,
                plugin=plugin,
            )
        )
    if view.resource and view.resource not in keguan.registry.resources:
        raise StartRefused(
            msg("The page %(view)s asks for the right %(right)s, which nobody declares.", view=view.__name__, right=view.resource)
        )
    for method in _exposed(view):
        _check_need(keguan, view, method)


def _check_need(keguan: Any, view: Any, method: str) -> None:
    """Every route states what it needs, by rights that are declared; the verbs that a noun inherits are checked with the noun."""
    need, _ = need_of(getattr(view, method))
    if need is None:
        raise StartRefused(msg("The page %(view)s does not say what %(method)s needs.", view=view.__name__, method=method))
    if need.level != "right":
        return
    resource = need.resource or view.resource
    if not resource:
        raise StartRefused(msg("The page %(view)s has a right without a resource.", view=view.__name__))
    if method in vars(view) and need.verb not in _verbs(keguan, resource):
        raise StartRefused(
            msg(
                "The page %(view)s asks for “%(verb)s” on %(right)s, which nobody declares.",
                view=view.__name__,
                verb=need.verb,
                right=resource,
            )
        )


def _check_verbs(keguan: Any, noun: Noun) -> None:
    """What a noun offers, its resource must declare as a verb, else nobody could ever be given it."""
    offered = {"read": True, "create": noun.create, "update": noun.change, "delete": noun.delete} | {act.right: True for act in noun.acts}
    for verb, operation in offered.items():
        if operation and verb not in _verbs(keguan, noun.resource):
            raise StartRefused(
                msg(
                    "The noun %(path)s offers “%(verb)s”, which %(right)s does not declare.", path=noun.path, verb=verb, right=noun.resource
                )
            )


def _verbs(keguan: Any, resource: str) -> Collection[str]:
    return keguan.registry.resources[resource].verbs if resource in keguan.registry.resources else ()


def _exposed(view: Any) -> list[str]:
    return [name for name in dir(view) if callable(function := getattr(view, name, None)) and hasattr(function, "_urls")]


def _check_menu(app: Flask, keguan: Any) -> None:
    for plugin, entry in keguan.registry.at_start("crm_menu"):
        if entry.endpoint not in app.view_functions:
            raise StartRefused(
                msg("The menu of %(plugin)s names %(endpoint)s, which does not exist.", plugin=plugin, endpoint=entry.endpoint)
            )
        if entry.resource and entry.resource not in keguan.registry.resources:
            raise StartRefused(
                msg("The menu of %(plugin)s asks for the right %(right)s, which nobody declares.", plugin=plugin, right=entry.resource)
            )


def _check_children(keguan: Any) -> None:
    for noun in keguan.nouns.by_path.values():
        for path in (*noun.children, *((noun.composer,) if noun.composer else ())):
            if path not in keguan.nouns.by_path:
                raise StartRefused(msg("The noun %(path)s names %(child)s, which does not exist.", path=noun.path, child=path))


def _check_search(keguan: Any) -> None:
    """What the search of the top bar finds is called by a column: all kinds are read in one statement."""
    for plugin, path in keguan.registry.at_start("crm_search_kinds"):
        if path not in keguan.nouns.by_path:
            raise StartRefused(msg("The search of %(plugin)s names %(path)s, which does not exist.", plugin=plugin, path=path))
        if naming(keguan.nouns.by_path[path].model) is None:
            raise StartRefused(
                msg(
                    "The search of %(plugin)s names %(path)s, whose records are not called by title, name or number.",
                    plugin=plugin,
                    path=path,
                )
            )
