"""What the running application shows of its plugins: every route has a need, every noun a page, REST and a way to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.database.fields import Field
from core.kernel.words import Message
from core.web.access import need_of
from core.web.api import RecordApi, api_name
from core.web.nouns import Noun
from core.web.showing import view_name
from core.web.views import RecordView
from tests.conformance.enumerated import NAMES, chinese

SERVED_BY_FLASK = {"static", "appbuilder.static"}
NO_NEED = {"UtilView.back", "LocaleView.index", "MenuApi.get_menu_data"}
"""Of Flask-AppBuilder's own: they declare nothing, so the gate answers 404."""


@pytest.fixture
def nouns(application: Flask) -> list[Noun]:
    """All nouns of the application."""
    return list(application.extensions["keguan"].nouns.by_path.values())


def needs_of(application: Flask) -> Iterator[tuple[str, Any, Any]]:
    for endpoint, function in application.view_functions.items():
        yield endpoint, *need_of(function)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
class TestSurfaces:
    """Looked at once, whatever the database."""

    def test_every_route_says_what_it_needs(self, application: Flask) -> None:
        silent = {endpoint for endpoint, need, _ in needs_of(application) if need is None} - SERVED_BY_FLASK
        assert silent <= NO_NEED
        browser = application.test_client()
        paths = ("/back", "/lang/en", "/api/v1/menu/", "/static/appbuilder/css/ab.css")
        assert [browser.get(path).status_code for path in paths] == [404] * len(paths)

    def test_every_right_that_a_route_needs_is_declared(self, application: Flask) -> None:
        resources = application.extensions["keguan"].registry.resources
        inherited = {"create", "update", "delete", "print"}  # offered only where the noun has the operation, or a form to print
        wrong = [
            (endpoint, need.resource, need.verb)
            for endpoint, need, view in needs_of(application)
            if need is not None
            and need.level == "right"
            and need.verb not in resources[need.resource].verbs
            and not (need.verb in inherited and isinstance(view, RecordView | RecordApi))
        ]
        assert wrong == []

    def test_only_sign_in_is_public(self, application: Flask) -> None:
        public = {endpoint for endpoint, need, _ in needs_of(application) if need is not None and need.level == "public"}
        assert {endpoint.split(".")[0] for endpoint in public} <= {
            "SignInView",
            "SecondStepView",
            "FeedsView",  # a calendar asks with its token, without a session
            "SecurityApi",
            "HealthView",
            "MetricsView",
        }, public

    def test_states_that_are_called_alike_in_chinese_have_one_colour(self, nouns: list[Noun]) -> None:
        words: dict[str, dict[str, str]] = {}
        for noun in nouns:
            said = chinese(noun.plugin)
            for name, declared in noun.fields.items():
                for one in declared.choices or ():
                    label = said.get(one.label.text, "")
                    words.setdefault(label, {})[f"{noun.path}.{name}={one.value}"] = one.tone
        clashes = {label: found for label, found in words.items() if label and len(set(found.values())) > 1}
        assert clashes == {}, clashes

    def test_every_noun_has_page_and_rest_and_a_way_to_it(self, application: Flask, nouns: list[Noun]) -> None:
        registry = application.extensions["keguan"].registry
        menus = {entry.endpoint for _, entry in registry.at_start("crm_menu")}
        children = {path for noun in nouns for path in noun.children}
        for noun in nouns:
            assert f"{view_name(noun)}.list" in application.view_functions
            if noun.plugin != "core":
                assert f"{api_name(noun)}.get_list" in application.view_functions
                assert f"{view_name(noun)}.list" in menus or noun.path in children, f"nothing leads to {noun.path}"

    def test_every_declared_right_is_asked_for_somewhere(self, application: Flask, nouns: list[Noun]) -> None:
        registry = application.extensions["keguan"].registry
        used = {need.resource for _, need, _ in needs_of(application) if need is not None and need.level == "right"}
        used |= {entry.resource for _, entry in registry.at_start("crm_menu")} | {noun.resource for noun in nouns}
        used |= {model.__resource__ for models in registry.models.values() for model in models}
        unused = set(registry.resources) - used
        # Asked by criteria of the host's own rows, and by the verbs of the gate, of approvals and of saved views.
        assert unused <= {"core.job", "core.exports", "core.imports", "core.approval", "core.list_view"}, unused

    def test_filters_and_orders_stand_on_an_index(self, nouns: list[Noun]) -> None:
        slow = [(noun.path, name) for noun in nouns for name in noun.filters if not noun.fields[name].filterable]
        assert slow == []

    def test_every_plugin_contributes_nouns_and_no_noun_is_nobodys(self, nouns: list[Noun]) -> None:
        assert {noun.plugin for noun in nouns} - {"core"} == set(NAMES)

    def test_every_label_of_a_noun_is_translated(self, nouns: list[Noun]) -> None:
        missing = {
            f"{noun.path}: {words.text}"
            for noun in nouns
            for words in words_of(noun)
            if words.text and not chinese(noun.plugin).get(words.text)
        }
        assert missing == set()


def words_of(noun: Noun) -> Iterator[Message]:
    """Every word that a noun brings to the screen."""
    yield from (noun.title, noun.plural, noun.model.__label__)
    yield from (words for words in (noun.create_label, noun.empty) if words)
    yield from (group.title for group in noun.groups)
    yield from (view.label for view in noun.views)
    fields = [*noun.fields.values(), *noun.extra_fields]
    fields += list(noun.line_model.fields().values()) if noun.line_model else []
    for act in noun.acts:
        yield act.label
        fields += act.asks
        yield from (act.confirm,) if act.confirm else ()
    for field in fields:
        yield from words_of_field(field)


def words_of_field(field: Field) -> Iterator[Message]:
    """Label, unit, help and choices of a field."""
    yield field.label
    yield from (words for words in (field.unit, field.help) if words)
    yield from (choice.label for choice in field.choices or ())
