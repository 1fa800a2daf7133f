"""What people see of a change that waits: on the record, in the inbox, on the page of the case, in REST; and what an import is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.approvals import operations as do
from core.approvals.key_changes import NeedsApproval
from plugins.customers.imports import write_customers
from tests.approvals.test_engine import inbox
from tests.approvals.test_key_changes import FILLER, HEAD, WISH, ask, set_change_chain, stored
from tests.plugins.conftest import Trade
from tests.plugins.customers.test_imports import row
from tests.world import World, browser_for, program_for

__all__ = ["set_change_chain"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Make = Callable[..., Any]


@pytest.mark.requirement("R-164")
def test_the_record_the_inbox_and_the_case_say_what_waits(
    world: World, trade: Trade, step: Make, set_change_chain: Make, application: Flask
) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    filler, head, other = (browser_for(application, world, one) for one in (FILLER, HEAD, "leader"))
    assert "申请的更改正在等待" not in filler.get(f"/customers/{customer.id}").text
    case = ask(world, customer)
    for browser, opens in ((filler, True), (head, True), (other, False)):
        page = browser.get(f"/customers/{customer.id}").text
        assert "申请的更改正在等待" in page
        assert f"{WISH['name']}" in page
        assert (f'/approvals/{case.id}"' in page) is opens
    assert WISH["name"] in head.get("/approvals/").text
    page = head.get(f"/approvals/{case.id}").text
    assert "申请此更改" in page
    assert f"<ins>{WISH['name']}</ins>" in page
    assert head.post(f"/approvals/{case.id}/approve", data={}).status_code == 303
    history = filler.get(f"/customers/{customer.id}?tab=history").text
    assert world.employees[HEAD].name in history
    assert stored(world, customer).name == WISH["name"]


@pytest.mark.requirement("R-442")
def test_a_wished_value_is_told_by_the_field_rights_of_the_reader(
    world: World, trade: Trade, step: Make, set_change_chain: Make, application: Flask
) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    case = ask(world, customer, {"phone": "0512-66880999"})
    head = browser_for(application, world, HEAD)
    for address in (f"/customers/{customer.id}", "/approvals/", f"/approvals/{case.id}"):
        page = head.get(address).text
        assert "66880999" not in page, address
    assert inbox(world, HEAD) == [case.id]


def test_rest_answers_that_the_change_waits(world: World, trade: Trade, step: Make, set_change_chain: Make, application: Flask) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    program, version = program_for(application, world, FILLER), stored(world, customer).version
    sent = {"version": version, "name": WISH["name"], "reason": "更名"}
    answer = program.put(f"/api/v1/customers/{customer.id}", json=sent)
    assert (answer.status_code, answer.json["result"]["name"]) == (202, customer.name)
    case_id = answer.json["approval"]["id"]
    shown = program.get(f"/api/v1/approvals/{case_id}").json["result"]
    assert [one["new"] for one in shown["changes"]] == [WISH["name"]]
    again = program.put(f"/api/v1/customers/{customer.id}", json=sent)
    assert again.status_code == 409
    with world.use_case(HEAD) as session:
        do.approve(session, case_id)
    assert program.get(f"/api/v1/customers/{customer.id}").json["result"]["name"] == WISH["name"]


def test_a_form_whose_change_cannot_be_asked_for_keeps_what_was_typed(
    world: World, trade: Trade, step: Make, set_change_chain: Make, application: Flask
) -> None:
    customer = trade.customer()
    set_change_chain(step(HEAD))
    ask(world, customer)
    browser, version = browser_for(application, world, FILLER), str(stored(world, customer).version)
    answer = browser.post(f"/customers/{customer.id}/edit", data={"version": version, "name": "另一个名称"})
    assert (answer.status_code, "另一个名称" in answer.text, "已有一项更改" in answer.text) == (409, True, True)


def test_an_import_refuses_the_row_with_a_sentence(world: World, trade: Trade, step: Make, set_change_chain: Make) -> None:
    customer = trade.entered(FILLER, code="000001.SZ")
    set_change_chain(step(HEAD))
    sentence = ""
    try:
        with world.use_case(FILLER) as session:
            (found,) = write_customers(session, [row(1, None, name="改过的名称")])
            session.flush()
            sentence = str(found.reason or "")
    except NeedsApproval as error:  # then the reader halves the batch and says this about the row
        sentence = str(error)
    assert "审批" in sentence or "approval" in sentence
    assert stored(world, customer).name == customer.name
    with world.use_case(FILLER) as session:
        (found,) = write_customers(session, [row(1, None, name=customer.name, city="无锡")])
    assert found.state == "updated"
