"""Each hook is called when its specification says so, and only where the plugin is on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from core.extension.calling import registry
from tests.conformance.examples import Examples
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@contextmanager
def transcript() -> Iterator[list[tuple[str, frozenset[str]]]]:
    """Which hooks are called meanwhile, and which plugins hear them."""
    calls: list[tuple[str, frozenset[str]]] = []

    def note(name: str, heard_by: Any, arguments: Any) -> None:
        calls.append((name, frozenset(one.plugin_name for one in heard_by)))

    stop = registry().manager.add_hookcall_monitoring(note, lambda *_: None)
    try:
        yield calls
    finally:
        stop()


def named(calls: list[tuple[str, frozenset[str]]]) -> set[str]:
    return {name for name, _ in calls}


@pytest.fixture
def examples(application: Flask, world: World) -> Examples:
    """Records of any noun."""
    return Examples(world, application.extensions["keguan"].nouns)


def test_the_desk_asks_for_menu_figures_tasks_and_charts(client_for: ClientFor) -> None:
    with transcript() as calls:
        assert client_for("sales.east1").get("/").status_code == 200
    asked = {"crm_menu", "crm_desk_figures", "crm_desk_tasks", "crm_desk_charts", "crm_contracts_money_received"}
    assert named(calls) == asked  # the last for what is due and not paid


def test_the_top_bar_asks_what_can_be_found(client_for: ClientFor, examples: Examples) -> None:
    examples.one(examples.nouns.by_path["customers"])
    with transcript() as calls:
        page = client_for("sales.east1").get("/search/?find=例")
    assert "crm_search_kinds" in named(calls)
    assert "/customers/" in page.text


def test_a_records_page_asks_for_what_others_add(client_for: ClientFor, examples: Examples) -> None:
    customer = examples.one(examples.nouns.by_path["customers"])
    with transcript() as calls:
        assert client_for("sales.east1").get(f"/customers/{customer}").status_code == 200
    assert named(calls) >= {"crm_related_counts", "crm_related_tables", "crm_figures", "crm_timeline", "crm_menu"}


def test_signing_a_contract_is_told_inside_the_transaction(world: World, examples: Examples) -> None:
    contracts = examples.nouns.by_path["contracts"]
    contract = examples.fresh(contracts)
    sign = contracts.act("sign")
    assert sign is not None
    with transcript() as calls, world.use_case(examples.account(contracts, "sign")) as session:
        sign.run(session, contract, examples.version(contracts, contract))
        assert calls == [("crm_contracts_contract_signed", frozenset({"customers"}))]


def test_handing_over_a_customer_is_told_to_who_has_something_open(world: World, examples: Examples) -> None:
    customers = examples.nouns.by_path["customers"]
    customer = examples.fresh(customers)
    hand_over = customers.act("hand_over")
    assert hand_over is not None
    with transcript() as calls, world.use_case("head.east") as session:
        values = {"owner": world.employees["sales.east2"].id, "reason": "换区"}
        hand_over.run(session, customer, examples.version(customers, customer), **values)
    assert any(name == "crm_customers_customer_handed_over" and heard >= {"contracts", "billing"} for name, heard in calls)


def test_a_plugin_that_is_off_hears_nothing(world: World, client_for: ClientFor) -> None:
    from core.switchboard.operations import switch_module

    company = world.companies["qiheng"].id
    with world.use_case("admin") as session:
        for name in (*registry().required_by("contracts"), "contracts"):
            switch_module(session, registry(), company, name, on=False)
    with transcript() as calls:
        assert client_for("sales.east1").get("/").status_code == 200
    assert calls
    assert all("contracts" not in heard for _, heard in calls)
