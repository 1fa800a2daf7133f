"""A part of a payment schedule that was paid is not late any more, wherever schedules are shown; without billing nobody knows of money."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import literal, select

from core.database.types import Fen
from core.extension.calling import registry
from core.extension.hookspecs import hookimpl
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.switchboard.operations import switch_module
from core.web.agenda import entries_between
from plugins.billing.operations import reverse_allocation
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.public import ReceivedMoney
from plugins.contracts.queries import paid_of_part
from tests.conformance.statements import counted
from tests.plugins.billing.conftest import SELLER, Books
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
WHOLE, FIRST = Decimal("391200.00"), Decimal("117360.00")
RED = re.compile(r'class="kg-red kg-b"|<b class="kg-red">')
AMOUNT = re.compile(r'<td class="kg-num[^"]*">(?:<span class="kg-only-phone">[^<]*</span>)?(¥[\d,.]+)</td>')
FINISHED = '<span class="kg-tag good">已收齐</span>'
pytestmark = pytest.mark.requirement("R-231")


@pytest.fixture
def parts(books: Books, world: World, contract: Contract) -> list[int]:
    """Ids of both parts of the schedule, whose days have passed."""
    with world.use_case(SELLER) as session:
        table = ScheduledPayment.__table__
        mine = table.c.contract_id == contract.id
        for days, part in ((20, 1), (10, 2)):
            late = table.update().where(mine, table.c.position == part).values(due_on=today() - timedelta(days=days), state="invoiceable")
            session.connection().execute(late)
        found = select(ScheduledPayment.id).where(ScheduledPayment.contract_id == contract.id).order_by(ScheduledPayment.position)
        return list(session.scalars(found))


@contextmanager
def without_billing(world: World) -> Iterator[None]:
    """Billing is switched off meanwhile."""
    _switch(world, on=False)
    yield
    _switch(world, on=True)


def _switch(world: World, *, on: bool) -> None:
    company_id = world.companies["qiheng"].id
    with acting_as(System("test", company_id)), world.keguan.database.transaction() as session:
        switch_module(session, world.keguan.registry, company_id, "billing", on=on)


def paid(world: World, parts: list[int]) -> list[Decimal | None]:
    """What is paid of each part, as the seller knows it."""
    with world.reading(SELLER) as session:
        asked = paid_of_part()
        assert asked is not None
        return [session.scalar(select(asked).where(ScheduledPayment.id == one)) for one in parts]


def rows(browser: Browser, parts: list[int], view: str = "all") -> list[str]:
    """The rows of the parts in their list; an empty text for one that does not stand in it."""
    page = browser.get(f"/scheduled-payments/?view={view}&columns=due_on&size=100").text.split("<tr")
    return [next((row for row in page if f'/scheduled-payments/{one}"' in row), "") for one in parts]


def test_money_pays_the_part_that_it_names_and_else_the_oldest(books: Books, contract: Contract, world: World, parts: list[int]) -> None:
    receipt = books.receipt("391200.00", contract.customer_id)
    assert paid(world, parts) == [0, 0]
    books.paid(receipt, contract, "100000.00", part_number=2)
    assert paid(world, parts) == [0, Decimal("100000.00")]
    loose = books.paid(receipt, contract, "117000.00")
    assert paid(world, parts) == [Decimal("117000.00"), Decimal("100000.00")]
    books.paid(receipt, contract, "1000.00")
    assert paid(world, parts) == [FIRST, Decimal("100640.00")]
    with world.use_case("contracts") as session:
        reverse_allocation(session, loose.id, None, reason="分配错了")
    assert paid(world, parts) == [Decimal("1000.00"), Decimal("100000.00")]
    books.paid(receipt, contract, "290200.00")
    assert paid(world, parts) == [FIRST, WHOLE - FIRST]


def test_a_paid_part_is_not_late_in_list_record_view_and_rest(
    books: Books, contract: Contract, world: World, parts: list[int], client_for: ClientFor, token_client_for: ClientFor
) -> None:
    browser = client_for(SELLER)
    assert [bool(RED.search(row)) for row in rows(browser, parts)] == [True, True]
    assert all(rows(browser, parts, "late"))
    receipt = books.receipt("200000.00", contract.customer_id)
    books.paid(receipt, contract, "200000.00")
    first, second = rows(browser, parts)
    assert not RED.search(first)
    assert RED.search(second)
    assert "已收 ¥" not in first
    assert "已收 ¥" not in second
    assert [AMOUNT.findall(row) for row in (first, second)] == [["¥117,360", "¥0"], ["¥82,640", "¥191,200"]]
    assert f'title="{today() - timedelta(days=10)}"' in second
    assert "逾期 10 天" in second
    whole = browser.get("/scheduled-payments/?view=all&size=100").text
    assert re.findall(r'data-col="(\w+)"', whole) == ["title", "contract", "amount", "paid", "unpaid", "due_on", "state", "released_by"]
    assert whole.count(f"可开票</span> {FINISHED}") == 1
    assert [bool(row) for row in rows(browser, parts, "late")] == [False, True]
    record = browser.get(f"/scheduled-payments/{parts[0]}").text
    assert "已收齐" in record
    assert not RED.search(record)
    assert "¥82,640.00" in browser.get(f"/scheduled-payments/{parts[1]}").text
    tab = browser.get(f"/contracts/{contract.id}?tab=scheduled-payments").text
    assert tab.count(f"可开票</span> {FINISHED}") == 1
    assert re.findall(r'data-col="(\w+)"', tab) == ["title", "amount", "paid", "unpaid", "due_on", "state", "released_by"]
    answer = token_client_for(SELLER).get("/api/v1/scheduled-payments/").get_json()["result"]
    money = {one["id"]: (one["paid"], one["unpaid"]) for one in answer if one["id"] in parts}
    assert money == {parts[0]: ("117360.00", "0.00"), parts[1]: ("82640.00", "191200.00")}
    one = token_client_for(SELLER).get(f"/api/v1/scheduled-payments/{parts[1]}").get_json()["result"]
    assert (one["paid"], one["unpaid"]) == ("82640.00", "191200.00")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_paid_part_is_not_red_on_the_calendar(
    books: Books, contract: Contract, world: World, parts: list[int], application: Flask
) -> None:
    def late() -> list[bool]:
        with world.reading(SELLER) as session:
            found = entries_between(session, application.extensions["keguan"].nouns, today() - timedelta(days=25), today(), mine=True)
        return [one.late for one in found if one.noun.path == "scheduled-payments" and one.record_id in parts]

    assert late() == [True, True]
    books.paid(books.receipt("117360.00", contract.customer_id), contract, "117360.00")
    assert late() == [False, True]


@pytest.mark.requirement("R-316")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_without_billing_the_schedule_is_what_it_was(
    books: Books, contract: Contract, world: World, parts: list[int], client_for: ClientFor, token_client_for: ClientFor
) -> None:
    books.paid(books.receipt("391200.00", contract.customer_id), contract, "391200.00")
    with without_billing(world):
        assert [bool(RED.search(row)) for row in rows(client_for(SELLER), parts)] == [True, True]
        assert "已收" not in client_for(SELLER).get(f"/scheduled-payments/{parts[0]}").text
        assert all("paid" not in one for one in token_client_for(SELLER).get("/api/v1/scheduled-payments/").get_json()["result"])
    assert [bool(RED.search(row)) for row in rows(client_for(SELLER), parts)] == [False, False]


def test_the_first_plugin_that_knows_of_money_says_what_is_paid(books: Books, contract: Contract, world: World, parts: list[int]) -> None:
    books.paid(books.receipt("391200.00", contract.customer_id), contract, "391200.00")

    class Ledger:
        """Another keeper of money, asked before billing: two yuan for the first part, nothing else."""

        @hookimpl
        def crm_contracts_money_received(self) -> ReceivedMoney:
            return ReceivedMoney(
                select(
                    ScheduledPayment.contract_id, ScheduledPayment.id.label("part_id"), literal(Decimal(2), Fen()).label("amount")
                ).where(ScheduledPayment.id == parts[0])
            )

    ledger = Ledger()
    registry().manager.register(ledger)
    try:
        assert paid(world, parts) == [2, 0]
    finally:
        registry().manager.unregister(ledger)
    assert paid(world, parts) == [FIRST, WHOLE - FIRST]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_whoever_may_not_know_of_money_is_told_nothing_of_it(books: Books, contract: Contract, world: World, parts: list[int]) -> None:
    books.paid(books.receipt("391200.00", contract.customer_id), contract, "391200.00")
    with world.reading("service"):
        assert paid_of_part() is None


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_list_asks_for_the_money_of_all_its_rows_at_once(books: Books, world: World, parts: list[int], client_for: ClientFor) -> None:
    browser = client_for(SELLER)

    def asked() -> int:
        with counted(world.keguan.database.engine) as said:
            browser.get("/scheduled-payments/?view=all&size=100")
        return len(said)

    few = asked()
    for _ in range(3):
        books.contract()
    assert asked() <= few


def test_a_phone_is_told_what_is_paid_of_a_part_and_what_is_not(
    books: Books, contract: Contract, parts: list[int], client_for: ClientFor
) -> None:
    books.paid(books.receipt("391200.00", contract.customer_id), contract, "100000.00", part_number=2)
    second = rows(client_for(SELLER), parts)[1]
    told = re.findall(r'c-chosen[^>]*><span class="kg-only-phone">([^<]*)</span>(¥[\d,.]+)', second)
    assert [(label[:2], amount) for label, amount in told] == [("已收", "¥100,000"), ("未收", "¥173,840")]
