"""A form that is refused for one field comes back with everything else as it was typed, whatever the noun (issue 5)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from core.database.fields import Field
from core.kernel.acting import acting_as
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.conformance.enumerated import NAMES
from tests.conformance.examples import Examples
from tests.world import Browser, World

Clients = Callable[[str], Browser]
WRONG = {"date": "2026-02-31", "money": "many", "quantity": "many", "integer": "many", "email": "nobody", "moment": "yesterday"}
TYPED = ("text", "long_text", "email", "phone", "integer", "quantity", "money", "date", "code", "choice", "reference")


class Fields(HTMLParser):
    """What the fields of the first form of a page hold, by name, and which of them have a sentence beside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.held: dict[str, str] = {}
        self.wrong: set[str] = set()
        self._area = self._choice = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") not in ("checkbox", "radio", "hidden", "file"):
            self._keep(given)
        elif tag == "input" and given.get("type") == "radio" and "checked" in given:
            self.held[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._keep(given)
            self._choice = given.get("name", "")
        elif tag == "option" and "selected" in given and self._choice:
            self.held[self._choice] = given.get("value", "")
        elif tag == "textarea":
            self._keep(given)
            self._area = given.get("name", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._choice = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.held[self._area] += data

    def _keep(self, given: dict[str, str]) -> None:
        if name := given.get("name"):
            self.held.setdefault(name, given.get("value", ""))
            if given.get("aria-invalid") == "true":
                self.wrong.add(name)


def nouns_of(app: Flask, plugin: str) -> list[Noun]:
    nouns = app.extensions["keguan"].nouns.by_path.values()
    return [noun for noun in nouns if noun.plugin == plugin and noun.create is not None]


def wrong_one(declared: dict[str, Field]) -> tuple[str, str]:
    """A field and what it cannot hold: of a kind of its own where there is one, else a needed one left empty."""
    for name, field in declared.items():
        if field.kind in WRONG:
            return name, WRONG[field.kind]
    return next(name for name, field in declared.items() if field.required and field.kind in TYPED), ""


@pytest.mark.parametrize("plugin", NAMES)
def test_a_refused_form_returns_what_was_typed(application: Flask, client_for: Clients, world: World, plugin: str) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    walked = 0
    for noun in nouns_of(application, plugin):
        account = examples.account(noun)
        with acting_as(world.actor(account)):
            declared = declared_for(noun, creating=True)
            good = examples.raw(noun)
        name, text = wrong_one(declared)
        typed: dict[str, Any] = {one: str(value) for one, value in good.items() if one in declared and declared[one].kind in TYPED}
        answer = client_for(account).post(f"/{noun.path}/add", data={**typed, name: text})
        assert answer.status_code == 422, (noun.path, answer.status_code)
        shown = Fields(answer.text)
        assert name in shown.wrong, (noun.path, name, shown.wrong)
        lost = {
            one: (value, shown.held.get(one)) for one, value in {**typed, name: text}.items() if bare(shown.held.get(one)) != bare(value)
        }
        assert not lost, (noun.path, lost)
        walked += 1
    assert walked, f"{plugin} has no form"


def bare(text: str | None) -> str | None:
    """What was typed: HTML passes over the first line break of a text, and forms send two characters for each."""
    return None if text is None else text.replace("\r\n", "\n").strip("\n")


@pytest.mark.parametrize("plugin", NAMES)
def test_a_form_that_is_sent_twice_makes_one_record(application: Flask, client_for: Clients, world: World, plugin: str) -> None:
    """Also when the second sending comes from the page that the browser went back to; forms with lines are tried by their own plugins."""
    examples = Examples(world, application.extensions["keguan"].nouns)
    made = 0
    for place, noun in enumerate(nouns_of(application, plugin)):
        account = examples.account(noun)
        with acting_as(world.actor(account)):
            declared = declared_for(noun, creating=True)
            good = examples.raw(noun)
        sent = {one: str(value) for one, value in good.items() if one in declared and declared[one].kind in TYPED}
        answers = [client_for(account).post(f"/{noun.path}/add", data={**sent, "form_key": f"{place:032x}"}) for _ in range(2)]
        if answers[0].status_code != 303:
            continue
        assert (answers[1].status_code, answers[1].location) == (303, answers[0].location), noun.path
        made += 1
    assert made, f"no form of {plugin} was taken"


@pytest.mark.parametrize("plugin", NAMES)
def test_a_form_that_comes_too_late_names_only_what_differs(application: Flask, client_for: Clients, world: World, plugin: str) -> None:
    """A chosen record, a moment or a number under its mask that nobody has touched is no conflict."""
    examples = Examples(world, application.extensions["keguan"].nouns)
    tried = 0
    for noun in nouns_of(application, plugin):
        if noun.change is None:
            continue
        account = examples.account(noun, "update")
        address, browser = f"/{noun.path}/{examples.fresh(noun)}/edit", client_for(account)
        page = browser.get(address)
        if page.status_code != 200:
            continue
        with acting_as(world.actor(account)):
            declared = declared_for(noun, creating=False)
        held = Fields(page.text).held | dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        sent = {name: html.unescape(value) for name, value in held.items() if name in declared}
        # A moment is sent as the page picks it, in the browser.
        sent |= {name: value.replace("T", " ") for name, value in sent.items() if declared[name].kind == "moment"}
        texts = [name for name in sent if declared[name].kind in ("text", "long_text")]
        for changed in ({}, *({name: f"{sent[name]}2"} for name in texts[:1])):
            answer = browser.post(address, data={**sent, **changed, "version": "0"})
            assert answer.status_code == 409, noun.path
            assert set(re.findall(r'name="choose-(\w+)"', answer.text)) == set(changed), noun.path
            tried += 1
    assert tried or plugin == "catalog", f"no form of {plugin} was open"
