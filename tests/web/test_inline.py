"""A field is changed where it stands: of every noun, by the noun's own verb, with a way back, and refused wherever the form would be."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.access.administration import set_parameter
from core.web.changing import fields_in_place
from core.web.nouns import Noun
from plugins.customers.models import Customer
from tests.conformance.examples import Examples
from tests.plugins.conftest import Trade
from tests.sizes import sized
from tests.world import Browser, World

Clients = Callable[[str], Browser]
MOST = sized(1, 99)
"""Kinds of field of each noun of which one is changed."""
PART = {"HX-Request": "true", "HX-Target": "somewhere"}


@pytest.fixture
def customer(world: World) -> Customer:
    """A customer of sales.east1."""
    return Trade(world).customer("sales.east1")


def ask(browser: Browser, address: str) -> dict[str, str]:
    """What the form of the field would send if nobody typed anything."""
    page = browser.get(address, headers=PART)
    assert page.status_code == 200, page.text
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def undo_of(page: str) -> str:
    """Where the toast's way back leads."""
    found = re.search(r'action="([^"]*/take-back[^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def held(examples: Examples, noun: Noun, record_id: int) -> dict[str, Any]:
    """Columns of the record as they are, what is masked for readers too; version and times left out."""
    with examples.world.use_case(examples.account(noun, "read")) as session:
        record = session.get(noun.model, record_id)
        columns = noun.model.__table__.columns.keys()
        return {name: getattr(record, name) for name in columns if name not in ("version", "updated_at")}


def another(examples: Examples, noun: Noun, name: str, present: Any) -> str:
    """A value for the field other than the present one, as a form sends it; nothing where the test knows none."""
    declared = noun.fields[name]
    if declared.choices is not None:
        return next((str(one.value) for one in declared.choices if one is not present), "")
    if declared.kind == "flag":
        return "" if present else "1"
    if declared.kind in ("reference", "code"):
        return ""
    examples.next_number()
    value = str(examples.value(noun, declared))
    return value[:16] if declared.kind == "moment" else value


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_of_every_noun_fields_are_changed_in_place_and_taken_back(application: Flask, world: World, client_for: Clients) -> None:
    nouns = application.extensions["keguan"].nouns
    examples = Examples(world, nouns)
    walked: dict[str, int] = {}
    for noun in nouns.by_path.values():
        if noun.create is None or noun.change is None or noun.plugin == "core":
            continue
        record_id = examples.fresh(noun)
        account = examples.account(noun, "update")
        browser = client_for(account)
        with world.act(account):
            names = fields_in_place(noun)
        kinds: dict[str, str] = {noun.fields[name].kind: name for name in reversed(names)}
        for name in list(kinds.values())[:MOST]:
            walked[noun.path] = walked.get(noun.path, 0) + change_and_take_back(examples, browser, noun, record_id, name)
    changed = {path for path, number in walked.items() if number}
    assert len(changed) > len(walked) / 2, walked
    assert {noun.plugin for noun in nouns.by_path.values() if noun.path in changed} >= {"customers", "sales", "contracts", "billing"}


def change_and_take_back(examples: Examples, browser: Browser, noun: Noun, record_id: int, name: str) -> bool:
    """Whether the business let the field be changed; then it has come back."""
    address = f"/{noun.path}/{record_id}/field/{name}"
    before = held(examples, noun, record_id)
    present = before[f"{name}_id" if noun.fields[name].kind == "reference" else name]
    sent = {**ask(browser, address), name: another(examples, noun, name, present)}
    done = browser.post(address, data=sent, headers=PART)
    if done.status_code != 200:
        assert done.status_code in (403, 409, 422), done.text
        assert held(examples, noun, record_id) == before
        return False
    if held(examples, noun, record_id) == before:
        assert "take-back" not in done.text
        return False
    assert json.loads(done.headers["HX-Trigger"])["kg:saved"]["now"] == examples.version(noun, record_id)
    back = browser.post(undo_of(done.text))
    assert back.status_code == 303, f"{noun.path} {name}: {back.text}"
    assert before.items() <= held(examples, noun, record_id).items() or kept_moments(noun, before, held(examples, noun, record_id))
    return True


def kept_moments(noun: Noun, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether what differs is only a moment or reckoning of the verb itself, which no form shows."""
    differing = {name for name in before if before[name] != after[name]}
    return not differing & {f"{name}_id" if noun.fields[name].kind == "reference" else name for name in noun.written}


@pytest.mark.requirement("R-441")
def test_a_field_of_a_record_that_one_may_not_see_does_not_exist(client_for: Clients, customer: Customer) -> None:
    stranger = client_for("sales.west1")
    address = f"/customers/{customer.id}/field/city"
    assert stranger.get(address, headers=PART).status_code == 404
    assert stranger.post(address, data={"city": "苏州", "version": "1"}, headers=PART).status_code == 404
    assert stranger.post(f"/customers/{customer.id}/take-back?version=1").status_code == 404


def test_a_field_that_only_verbs_write_is_not_changed_in_place(client_for: Clients, customer: Customer) -> None:
    browser = client_for("sales.east1")
    for name in ("state", "owner", "review", "no_such_field"):
        assert browser.get(f"/customers/{customer.id}/field/{name}", headers=PART).status_code == 404
        sent = {name: "lost", "version": str(customer.version)}
        assert browser.post(f"/customers/{customer.id}/field/{name}", data=sent, headers=PART).status_code == 404


def test_only_the_field_that_was_asked_for_is_changed(client_for: Clients, world: World, customer: Customer) -> None:
    browser = client_for("sales.east1")
    address = f"/customers/{customer.id}/field/city"
    browser.post(address, data={**ask(browser, address), "city": "苏州", "region": "华东", "name": "Other"}, headers=PART)
    with world.reading("sales.east1") as session:
        found = session.get(Customer, customer.id)
        assert (found.city, found.region, found.name) == ("苏州", customer.region, customer.name)


def test_who_comes_second_sees_both_values_where_the_field_stands(client_for: Clients, world: World, customer: Customer) -> None:
    browser, address = client_for("sales.east1"), f"/customers/{customer.id}/field/city"
    late = ask(browser, address)
    browser.post(address, data={**late, "city": "苏州"}, headers=PART)
    refused = browser.post(address, data={**late, "city": "无锡"}, headers=PART)
    assert refused.status_code == 409
    assert "苏州" in refused.text
    assert "无锡" in refused.text
    kept = browser.post(address, data={**late, "version": str(customer.version + 1), "city": "无锡", "choose-city": "theirs"}, headers=PART)
    assert kept.status_code == 200
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id).city == "苏州"


def test_what_is_wrong_stands_beside_the_field(client_for: Clients, customer: Customer) -> None:
    browser, address = client_for("sales.east1"), f"/customers/{customer.id}/field/star_grade"
    refused = browser.post(address, data={**ask(browser, address), "star_grade": "9"}, headers=PART)
    assert refused.status_code == 422
    assert 'value="9"' in refused.text
    assert "kg-err" in refused.text


def test_nothing_is_taken_back_after_somebody_else_has_changed_the_record(client_for: Clients, world: World, customer: Customer) -> None:
    browser, address = client_for("sales.east1"), f"/customers/{customer.id}/field/city"
    done = browser.post(address, data={**ask(browser, address), "city": "苏州"}, headers=PART)
    head = client_for("head.east")
    theirs = f"/customers/{customer.id}/field/region"
    assert head.post(theirs, data={**ask(head, theirs), "region": "华东"}, headers=PART).status_code == 200
    assert browser.post(undo_of(done.text)).status_code == 409
    with world.reading("sales.east1") as session:
        assert session.get(Customer, customer.id).city == "苏州"


@pytest.mark.requirement("R-164")
def test_a_key_field_asks_for_the_reason_where_the_company_demands_one(client_for: Clients, world: World, customer: Customer) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "core.reason_for_key_changes", True)
    browser, address = client_for("sales.east1"), f"/customers/{customer.id}/field/name"
    assert "change_reason" in browser.get(address, headers=PART).text
    sent = {**ask(browser, address), "name": "启东新名称有限公司"}
    assert browser.post(address, data=sent, headers=PART).status_code == 422
    done = browser.post(address, data={**sent, "change_reason": "工商变更"}, headers=PART)
    assert done.status_code == 200
    assert browser.post(undo_of(done.text)).status_code == 303


def test_without_scripts_the_pencil_leads_to_a_page_and_back(client_for: Clients, customer: Customer) -> None:
    browser, address = client_for("sales.east1"), f"/customers/{customer.id}/field/city"
    page = browser.get(address)
    assert page.status_code == 200
    assert "<html" in page.text
    done = browser.post(address, data={"city": "苏州", "version": str(customer.version)})
    assert done.status_code == 303
    shown = browser.get(f"/customers/{customer.id}").text
    assert browser.post(undo_of(shown)).status_code == 303


def test_a_record_that_is_not_changed_now_carries_no_pencil(client_for: Clients, customer: Customer) -> None:
    assert "/field/city" in client_for("sales.east1").get(f"/customers/{customer.id}").text
    assert "/field/" not in client_for("auditor").get(f"/customers/{customer.id}").text
