"""Registering every page and REST class, the core's own first; nothing can be added once the first request has come."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder

from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.web.access import need_of
from core.web.administration import CORE_VIEWS
from core.web.api import PluginApi, RecordApi, api_name
from core.web.describe import OpenApi
from core.web.people import PEOPLE_VIEWS
from core.web.security_api import SecurityApi
from core.web.sign_in import SIGN_IN_VIEWS
from core.web.showing import view_name
from core.web.views import PluginView, RecordView


def register_surfaces(app: Flask, builder: AppBuilder, keguan: Any) -> None:
    """Add pages and REST of core and plugins; mistakes stop the start and are named."""
    pages = [("core", view) for view in (*SIGN_IN_VIEWS, *CORE_VIEWS, *PEOPLE_VIEWS)] + keguan.registry.at_start("crm_views")
    for _, view in pages:
        if issubclass(view, RecordView):
            keguan.nouns.add(view.noun)
    for name, view in pages:
        _check_page(keguan, name, view)
        builder.add_view_no_menu(view)
    builder.add_api(SecurityApi)
    builder.add_api(OpenApi)
    for name, api in keguan.registry.at_start("crm_apis"):
        _check_api(keguan, name, api)
        builder.add_api(api)
    _check_menu(app, keguan)
    _check_children(keguan)


def _check_page(keguan: Any, plugin: str, view: Any) -> None:
    if not issubclass(view, PluginView):
        raise StartRefused(msg("The page %(view)s of %(plugin)s is no PluginView.", view=view.__name__, plugin=plugin))
    _check_owner(keguan, plugin, view)
    if issubclass(view, RecordView) and view.__name__ != view_name(view.noun):
        raise StartRefused(msg("The page of %(path)s must be called %(name)s.", path=view.noun.path, name=view_name(view.noun)))


def _check_api(keguan: Any, plugin: str, api: Any) -> None:
    if not issubclass(api, PluginApi):
        raise StartRefused(msg("The REST class %(view)s of %(plugin)s is no PluginApi.", view=api.__name__, plugin=plugin))
    _check_owner(keguan, plugin, api)
    if issubclass(api, RecordApi) and api.__name__ != api_name(api.noun):
        raise StartRefused(msg("The REST class of %(path)s must be called %(name)s.", path=api.noun.path, name=api_name(api.noun)))


def _check_owner(keguan: Any, plugin: str, view: Any) -> None:
    if view.plugin != plugin:
        raise StartRefused(msg("The page %(view)s says it belongs to %(said)s but comes from %(plugin)s.", view=view.__name__, said=view.plugin, plugin=plugin))
    if view.resource and view.resource not in keguan.registry.resources:
        raise StartRefused(msg("The page %(view)s asks for the right %(right)s, which nobody declares.", view=view.__name__, right=view.resource))
    for method, _ in _exposed(view):
        need, _owner = need_of(getattr(view, method))
        if need is not None and need.level == "right" and not (need.resource or view.resource):
            raise StartRefused(msg("The page %(view)s has a right without a resource.", view=view.__name__))


def _exposed(view: Any) -> list[tuple[str, Any]]:
    return [(name, function) for name in dir(view) if callable(function := getattr(view, name, None)) and hasattr(function, "_urls")]


def _check_menu(app: Flask, keguan: Any) -> None:
    for plugin, entry in keguan.registry.at_start("crm_menu"):
        if entry.endpoint not in app.view_functions:
            raise StartRefused(msg("The menu of %(plugin)s names %(endpoint)s, which does not exist.", plugin=plugin, endpoint=entry.endpoint))
        if entry.resource and entry.resource not in keguan.registry.resources:
            raise StartRefused(msg("The menu of %(plugin)s asks for the right %(right)s, which nobody declares.", plugin=plugin, right=entry.resource))


def _check_children(keguan: Any) -> None:
    for noun in keguan.nouns.by_path.values():
        for path in (*noun.children, *((noun.composer,) if noun.composer else ())):
            if path not in keguan.nouns.by_path:
                raise StartRefused(msg("The noun %(path)s names %(child)s, which does not exist.", path=noun.path, child=path))
