"""The ledger of a record tells what the enabled plugins know of it, and of that only what the reader may see."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core.access.models import ShareMode
from core.kernel.acting import FieldAccess, actor
from core.switchboard.operations import switch_module
from plugins.customers.models import Customer
from plugins.customers.operations import add_contact, share_customer
from tests.field_rights import state
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers and contracts on demand."""
    return Trade(world)


@pytest.fixture
def customer(world: World, trade: Trade) -> Customer:
    """One of sales.east1 with a contact and two contracts."""
    found = trade.customer("sales.east1")
    for _ in range(2):
        trade.contract("sales.east1", found)
    with world.use_case("sales.east1") as session:
        add_contact(session, {"customer": found.id, "name": "李娜", "mobile": "13812345678"})
    return found


def ledger(browser: Browser, customer: Customer) -> dict[str, tuple[str, str]]:
    """By kind, how many there are and what they come to, as the page shows it."""
    page = browser.get(f"/customers/{customer.id}?tab=ledger").text.split('id="tab-body"')[1].partition("<aside")[0]
    cells = [re.findall(r"<td.*?</td>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    words = [[re.sub(r"<.*?>", "", cell).strip().rpartition("：")[2] for cell in row] for row in cells if row]  # a phone says the label too
    return {kind: (count, amount) for kind, count, amount, _ in words}


def figure(browser: Browser, customer: Customer, label: str) -> str:
    """A key figure of the page."""
    found = re.search(rf"{label}.{{0,300}}?>([–¥][^<]*)<", browser.get(f"/customers/{customer.id}").text, re.DOTALL)
    assert found is not None
    return found[1].strip()


@pytest.mark.requirement("R-066")
def test_the_owner_reads_how_many_there_are_and_what_they_come_to(client_for: Clients, customer: Customer) -> None:
    found = ledger(client_for("sales.east1"), customer)
    assert (found["联系人"][0], found["合同"][0]) == ("1", "2")
    assert "782,400" in found["合同"][1]
    assert found["联系人"][1] == "–"


@pytest.mark.requirement("R-066")
def test_what_is_out_of_scope_is_neither_counted_nor_summed(world: World, client_for: Clients, customer: Customer) -> None:
    with world.use_case("sales.east1") as session:
        share_customer(session, customer.id, None, employee=world.employees["sales.east2"].id, mode=str(ShareMode.READ.value))
    found = ledger(client_for("sales.east2"), customer)
    assert found["联系人"][0] == "1"
    assert "合同" not in found
    assert re.search("暂无记录：[^<]*合同", client_for("sales.east2").get(f"/customers/{customer.id}?tab=ledger").text)


@pytest.mark.requirement("R-066")
def test_an_amount_that_one_may_not_read_is_no_sum(world: World, client_for: Clients, customer: Customer) -> None:
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {("contracts_contract", "amount"): FieldAccess.NONE})
    assert ledger(client_for("sales.east1"), customer)["合同"] == ("2", "–")
    assert figure(client_for("sales.east1"), customer, "合同额（累计）") == "–"


def test_no_contract_is_a_known_sum(trade: Trade, client_for: Clients) -> None:
    assert figure(client_for("sales.east1"), trade.customer("sales.east1"), "合同额（累计）") == "¥0.00"


@pytest.mark.requirement("R-066")
def test_what_a_module_knows_is_gone_with_the_module(world: World, client_for: Clients, customer: Customer) -> None:
    assert ledger(client_for("sales.east1"), customer)["合同"][0] == "2"
    with world.use_case("admin") as session:
        for plugin in ("billing", "contracts"):
            switch_module(session, world.keguan.registry, actor().company_id, plugin, on=False)
    found = ledger(client_for("sales.east1"), customer)
    assert "合同" not in found
    assert found["联系人"][0] == "1"
