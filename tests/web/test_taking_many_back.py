"""One undo restores what a verb for many has done: shares, owners with what followed, archives, stages, handlers; and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Share, ShareMode
from core.audit.models import AuditRow
from core.kernel.acting import System, acting_as
from core.web.bulk.models import BulkItem, BulkRun, Outcome
from plugins.contracts.models import Contract
from plugins.customers.models import Customer
from plugins.customers.operations import share_customer, write_interaction
from tests.plugins.conftest import Trade
from tests.web.test_bulk import change, held, picks, runs
from tests.world import Browser, World

Clients = Callable[[str], Browser]


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers and contracts on demand."""
    return Trade(world)


@pytest.fixture
def mine(trade: Trade) -> list[Customer]:
    """Three customers of sales.east1."""
    return [trade.customer("sales.east1") for _ in range(3)]


def order(browser: Browser, path: str, verb: str, records: list[Any], **answers: str) -> None:
    """Run a verb of the noun for the records."""
    done = browser.post(f"/{path}/bulk/{verb}", data={"id": picks(*records), "step": "run", **answers})
    assert done.status_code == 303, done.text


def undo(browser: Browser, world: World) -> dict[int, Outcome]:
    """Take the newest order back; what became of each record of it."""
    run = runs(world)[-1]
    assert browser.post(f"/bulk/{run.id}/undo").status_code == 303
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        back = session.scalars(select(BulkRun).where(BulkRun.of_id == run.id)).one()
        return {one.record_id: one.outcome for one in session.scalars(select(BulkItem).where(BulkItem.run_id == back.id))}


def stored(world: World, model: Any, *names: str) -> dict[int, tuple[Any, ...]]:
    """These columns of all records."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        return {one.id: tuple(getattr(one, name) for name in names) for one in session.scalars(select(model))}


def shares(world: World) -> set[tuple[int, int, ShareMode]]:
    """Who may do what with which record."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        return {(one.record_id, one.employee_id, one.mode) for one in session.scalars(select(Share))}


def test_a_follow_up_written_meanwhile_does_not_keep_a_changed_field_from_going_back(
    client_for: Clients, world: World, mine: list[Customer]
) -> None:
    browser, before = client_for("sales.east1"), held(world, "city")
    change(browser, mine, "city", "苏州")
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": mine[0].id, "way": "phone", "content": "约了下周见面"})
    assert set(undo(browser, world).values()) == {Outcome.CHANGED}
    assert held(world, "city") == before


def test_shares_of_many_are_as_they_were(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser, colleague = client_for("sales.east1"), world.employees["sales.east2"].id
    with world.use_case("sales.east1") as session:
        share_customer(session, mine[0].id, None, employee=colleague, mode=ShareMode.READ)
    before = shares(world)
    now = stored_customers(world, mine)
    order(browser, "customers", "share", now, employee=str(colleague), mode="write", until="")
    assert {mode for record, who, mode in shares(world) if who == colleague} == {ShareMode.WRITE}
    assert len(shares(world)) == len(before) + 2
    assert set(undo(browser, world).values()) == {Outcome.CHANGED}
    assert shares(world) == before


def test_a_share_that_somebody_has_changed_since_stays(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser, colleague = client_for("sales.east1"), world.employees["sales.east2"].id
    order(browser, "customers", "share", mine, employee=str(colleague), mode="read", until="")
    with world.use_case("sales.east1") as session:
        share_customer(session, mine[1].id, None, employee=colleague, mode=ShareMode.WRITE)
    became = undo(browser, world)
    assert became == {mine[0].id: Outcome.CHANGED, mine[1].id: Outcome.REFUSED, mine[2].id: Outcome.CHANGED}
    assert shares(world) == {(mine[1].id, colleague, ShareMode.WRITE)}


def test_a_handover_of_many_goes_back_with_what_followed_it_and_nothing_else(
    client_for: Clients, world: World, trade: Trade, mine: list[Customer]
) -> None:
    head, colleague = client_for("head.east"), world.employees["sales.east2"].id
    followed = trade.contract("sales.east1", mine[0])
    with world.use_case("sales.east1") as session:
        share_customer(session, mine[0].id, None, employee=colleague, mode=ShareMode.WRITE)
    own = trade.contract("sales.east2", mine[0])  # his own, on a customer that was shared with him
    owners, contracts, opened = stored(world, Customer, "owner_id", "department_id"), stored(world, Contract, "owner_id"), shares(world)
    order(head, "customers", "hand_over", stored_customers(world, mine), owner=str(colleague), reason="区域调整")
    assert {stored(world, Contract, "owner_id")[one.id] for one in (followed, own)} == {(colleague,)}
    assert shares(world) == set()
    with world.use_case("sales.east2") as session:
        write_interaction(session, {"customer": mine[2].id, "way": "phone", "content": "首次联系"})
    assert set(undo(head, world).values()) == {Outcome.CHANGED}
    assert stored(world, Customer, "owner_id", "department_id") == owners
    assert stored(world, Contract, "owner_id") == contracts
    assert shares(world) == opened


def test_who_went_on_with_a_customer_keeps_it(client_for: Clients, world: World, mine: list[Customer]) -> None:
    head, first, second = client_for("head.east"), world.employees["sales.east2"].id, world.employees["sales.east1"].id
    order(head, "customers", "hand_over", mine, owner=str(first), reason="区域调整")
    head.post(f"/customers/{mine[0].id}/hand_over", data={"owner": str(second), "reason": "再次调整", "version": version(world, mine[0])})
    became = undo(head, world)
    assert became[mine[0].id] is Outcome.REFUSED
    assert {became[one.id] for one in mine[1:]} == {Outcome.CHANGED}


def test_every_record_that_goes_back_has_a_row_of_its_own(client_for: Clients, world: World, mine: list[Customer]) -> None:
    head, colleague = client_for("head.east"), world.employees["sales.east2"].id
    order(head, "customers", "hand_over", mine, owner=str(colleague), reason="区域调整")
    undo(head, world)
    key = runs(world)[-1].key
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        asked = select(AuditRow.record_id).where(AuditRow.table_name == "customers_customer", AuditRow.changes.contains(key))
        assert sorted(session.scalars(asked)) == sorted(one.id for one in mine)


def test_what_declares_no_way_back_offers_none(client_for: Clients, world: World, mine: list[Customer]) -> None:
    browser = client_for("head.east")
    order(browser, "customers", "suspend", mine, reason="停产")
    run = runs(world)[-1]
    assert f"/bulk/{run.id}/undo" not in browser.get(f"/bulk/{run.id}").text
    assert browser.post(f"/bulk/{run.id}/undo").status_code == 409


def stored_customers(world: World, customers: list[Customer]) -> list[Customer]:
    """The customers as they are now."""
    with acting_as(System("test")), Session(world.keguan.database.engine) as session:
        found = list(session.scalars(select(Customer).where(Customer.id.in_([one.id for one in customers])).order_by(Customer.id)))
        session.expunge_all()
        return found


def version(world: World, customer: Customer) -> str:
    """Its version now."""
    return str(held(world, "version")[customer.id])
