"""Where an approval holds back the next step of a record, handing it in is the page's own verb, and the step says why it waits."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.extension.approving import Who
from plugins.contracts.operations import change_contract
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Make = Callable[..., Any]
Client = Callable[[str], Browser]
SUBMIT = "/approvals/documents/contracts.signing/"
WAITS, ASKS_FIRST = "仍在审批中", "须先经审批"


def head_of(browser: Browser, address: str) -> str:
    """Identity, verbs and stages of the record's page: what stands before its tabs."""
    page = browser.get(address).text
    return page.partition('class="kg-head')[2].partition('role="tablist"')[0]


def filled(head: str) -> list[str]:
    """The words of the filled buttons that open or do something, without those inside what they open."""
    shut = re.sub(r'<div class="kg-pop.*?</div></details>', "", head, flags=re.DOTALL)
    found = re.findall(r"<(?:summary|a|button)[^>]*btn-primary[^>]*>(.*?)</(?:summary|a|button)>", shut, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


@pytest.mark.requirement("R-062")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_handing_in_is_the_verb_of_the_page_until_everybody_has_agreed(
    world: World, client_for: Client, step: Make, set_chain: Make, submitted: Make, decide: Make, trade: Trade
) -> None:
    set_chain(step(Who.HEAD))
    contract = trade.contract()
    address = f"/contracts/{contract.id}"
    seller, clerk = client_for("sales.east1"), client_for("contracts")
    assert filled(head_of(seller, address)) == ["提交审批"]
    assert SUBMIT in head_of(seller, address)
    told = head_of(clerk, address)
    assert "签订" not in filled(told)
    assert ASKS_FIRST in told
    assert "需先审批" in told
    case = submitted(contract)
    assert filled(head_of(seller, address)) == []
    assert SUBMIT not in head_of(seller, address)
    waiting = head_of(clerk, address)
    assert WAITS in waiting
    assert "审批中" in waiting
    assert "签订" not in filled(waiting)
    decide("head.east", case)
    assert filled(head_of(clerk, address)) == ["签订"]
    assert ASKS_FIRST not in head_of(clerk, address)
    with world.use_case("sales.east1") as session:
        change_contract(session, contract.id, None, {"title": "改过的合同"})
    assert filled(head_of(seller, address)) == ["提交审批"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_without_a_chain_the_step_is_the_verb_of_the_page(client_for: Client, trade: Trade) -> None:
    contract = trade.contract()  # below the amount from which on the declared chain asks
    assert filled(head_of(client_for("contracts"), f"/contracts/{contract.id}")) == ["签订"]


def test_each_gate_is_a_verb_of_the_pages_that_uses_the_approval(application: Flask, world: World) -> None:
    nouns = {noun.model: noun for noun in application.extensions["keguan"].nouns.by_path.values()}
    gated = [kind for kind in world.keguan.registry.approvals.values() if kind.gates]
    assert gated
    for kind in gated:
        for verb in kind.gates:
            act = nouns[kind.model].act(verb)
            assert act is not None, (kind.name, verb)
            assert "use_approval" in inspect.getsource(inspect.getmodule(act.run)), (kind.name, verb)  # type: ignore[arg-type]
