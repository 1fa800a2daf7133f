"""What the two plugins show of themselves on each other's pages, and that nothing is shown when one is off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel

from core.database.together import answered
from core.extension.calling import CompanyHooks
from core.extension.calling import hooks as hooks_of
from core.kernel.acting import acting_as, actor
from core.kernel.clock import now, today
from core.web.offers import entries_of
from plugins.contracts.models import Contract
from plugins.contracts.operations import return_for_data, sign_contract
from plugins.customers.operations import write_interaction
from tests.plugins.conftest import Trade
from tests.world import World


def hooks() -> CompanyHooks:
    """The hooks of the two, as far as they are on; what further plugins show there their own tests tell."""
    return hooks_of(actor().modules & {"customers", "contracts"})


@pytest.fixture
def pages() -> Iterator[None]:
    """Addresses of the pages that the figures lead to, without the web itself."""
    app = Flask("pages")
    Babel(app)
    for view in ("CustomersView", "ContractsView", "InteractionsView"):
        app.add_url_rule(f"/{view}/", f"{view}.list", lambda: "")
        app.add_url_rule(f"/{view}/<int:pk>", f"{view}.show", lambda pk: "")
    with app.test_request_context():
        yield


@pytest.fixture
def signed(trade: Trade, world: World) -> Contract:
    """A signed contract of sales.east1."""
    contract = trade.contract()
    with world.use_case("contracts") as session:
        return sign_contract(session, contract.id, None, signer=trade.employee("sales.east1"))


@pytest.mark.usefixtures("pages")
def test_a_customers_page_shows_contracts_while_they_are_on(world: World, signed: Contract) -> None:
    asked = {"resource": "customers.customer", "record_id": signed.customer_id}
    with world.reading("sales.east1") as session:
        (count,) = hooks().crm_related_counts(session=session, **asked)
        (figure,) = hooks().crm_figures(session=session, **asked)
        tab, _ = hooks().crm_related_tables(resource="customers.customer")
        (event,) = entries_of(session, hooks().crm_timeline(session=session, limit=10, **asked), 10)
        assert answered(session, [count.count, figure.value, figure.noted["count"]]) == [(1, False), Decimal("391200.00"), (1, False)]
    assert (tab.noun, tab.by) == ("contracts", "customer")
    assert (event.who, event.what.params["number"]) == ("苏晓晨", signed.number)


@pytest.mark.usefixtures("pages")
def test_a_customers_page_shows_no_contracts_while_they_are_off(world: World, signed: Contract) -> None:
    asked = {"resource": "customers.customer", "record_id": signed.customer_id}
    with acting_as(replace(world.actor("sales.east1"), modules=frozenset({"customers"}))):
        session = world.keguan.database.session()
        assert hooks().crm_related_counts(session=session, **asked) == []
        assert hooks().crm_figures(session=session, **asked) == []
        assert hooks().crm_related_tables(resource="customers.customer") == []
        assert entries_of(session, hooks().crm_timeline(session=session, limit=10, **asked), 10) == []
        world.keguan.database.release()


@pytest.mark.usefixtures("pages")
def test_whoever_sees_a_customer_but_no_contracts_is_told_of_none(world: World, signed: Contract) -> None:
    asked = {"resource": "customers.customer", "record_id": signed.customer_id}
    with world.reading("service") as session:
        assert hooks().crm_related_counts(session=session, **asked) == []
        assert hooks().crm_figures(session=session, **asked) == []
        assert entries_of(session, hooks().crm_timeline(session=session, limit=10, **asked), 10) == []


@pytest.mark.usefixtures("pages")
def test_the_desk_says_what_is_due_and_what_waits_for_review(trade: Trade, world: World) -> None:
    due = trade.customer(name="该联系的客户")
    waiting = trade.entered(name="待审核的客户")
    with world.use_case("sales.east1") as session:
        past = now() - timedelta(days=9)
        values = {"customer": due.id, "content": "谈了", "next_step": "送报价", "next_on": today() - timedelta(days=2)}
        write_interaction(session, values, moment=past)
    with world.reading("sales.east1") as session:
        (task,) = entries_of(session, hooks().crm_desk_tasks(session=session, limit=5), 5)
        assert (task.title, task.due, task.note) == (due.name, today() - timedelta(days=2), "送报价")
        figures = hooks().crm_desk_figures(session=session)[:2]
        assert answered(session, [figure.value for figure in figures]) == [(2, False), (1, False)]
    with world.reading("head.east") as session:
        assert [task.url for task in entries_of(session, hooks().crm_desk_tasks(session=session, limit=5), 5)] == [
            f"/CustomersView/{waiting.id}"
        ]


@pytest.mark.usefixtures("pages")
def test_missing_data_stand_on_the_managers_desk(trade: Trade, world: World, signed: Contract) -> None:
    with world.use_case("contracts") as session:
        return_for_data(session, signed.id, None, reason="缺少开票地址")
    with world.reading("sales.east1") as session:
        assert [task.note for task in entries_of(session, hooks().crm_desk_tasks(session=session, limit=5), 5)] == ["缺少开票地址"]
    with world.reading("contracts") as session:
        assert entries_of(session, hooks().crm_desk_tasks(session=session, limit=5), 5) == []


@pytest.mark.usefixtures("pages")
def test_the_timeline_tells_follow_ups_newest_first_and_at_most_so_many(trade: Trade, world: World) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        for days in (3, 1, 2):
            write_interaction(session, {"customer": customer.id, "content": f"{days} 天前", "at": now() - timedelta(days=days)})
    with world.reading("sales.east1") as session:
        offered = hooks().crm_timeline(session=session, resource="customers.customer", record_id=customer.id, limit=2)
        found = entries_of(session, offered, 2)
    assert [entry.body for entry in found] == ["1 天前", "2 天前"]
