"""Rows of several kinds in one statement: each kind within its own scope, in its own order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.database.together import Counted, Summed, Told, ToldRow, answered, read_together, told
from plugins.contracts.models import Contract
from plugins.customers.models import Contact, Customer
from plugins.customers.operations import add_contact, change_contact
from tests.plugins.conftest import Trade
from tests.world import World


def names(row: ToldRow) -> str | None:
    """What the tests look at."""
    return row.texts[0]


def kinds() -> list[Told]:
    """Customers, their contacts, contracts."""
    return [
        Told(told(Customer.id, Customer.name).order_by(Customer.id), names),
        Told(told(Contact.id, Contact.name).order_by(Contact.id), names),
        Told(told(Contract.id, Contract.title, day=Contract.signed_on).order_by(Contract.id), names),
    ]


@pytest.fixture
def business(trade: Trade) -> None:
    """One customer with a contract in the east, one in the west."""
    trade.contract()
    trade.contract("sales.west1", trade.customer("sales.west1", name="成都西陆阀门有限公司"), title="阀门")


@pytest.mark.requirement("R-441")
@pytest.mark.usefixtures("business")
@pytest.mark.parametrize(
    ("account", "seen"),
    [
        ("sales.east1", ["苏州恒锐精密机械有限公司", "空压站"]),
        ("sales.west1", ["成都西陆阀门有限公司", "阀门"]),
        ("contracts", ["苏州恒锐精密机械有限公司", "成都西陆阀门有限公司", "空压站", "阀门"]),
        ("service", ["苏州恒锐精密机械有限公司", "成都西陆阀门有限公司"]),
        ("sales2", []),
    ],
)
def test_rows_of_several_kinds_are_those_that_one_may_see_of_each(world: World, account: str, seen: list[str]) -> None:
    with world.reading(account) as session:
        assert read_together(session, kinds(), 10) == seen


@pytest.mark.usefixtures("business")
def test_each_kind_gives_at_most_so_many_rows_in_its_own_order(world: World) -> None:
    backwards = Told(told(Customer.id, Customer.name).order_by(Customer.id.desc()), names)
    with world.reading("contracts") as session:
        assert read_together(session, [backwards, kinds()[2]], 1) == ["成都西陆阀门有限公司", "空压站"]
        assert read_together(session, [], 5) == []


def test_equals_come_in_the_order_of_their_records_wherever_they_lie(world: World, trade: Trade) -> None:
    """A changed row moves within the table of PostgreSQL; that must not move it in what people read."""
    customer = trade.customer()
    for name in ("甲", "乙", "丙"):
        with world.use_case("sales.east1") as session:
            add_contact(session, {"customer": customer.id, "name": name})
    for name in ("甲", "乙"):
        with world.use_case("sales.east1") as session:
            contact = session.scalars(select(Contact).where(Contact.name == name)).one()
            change_contact(session, contact.id, None, {"position": "采购经理"})
    equals = Told(told(Contact.id, Contact.name).order_by(Contact.customer_id), names)
    with world.reading("sales.east1") as session:
        assert read_together(session, [equals], 2) == ["甲", "乙"]


def test_a_row_carries_moment_day_person_and_texts(world: World, trade: Trade) -> None:
    contract = trade.contract(starts_on=date(2026, 3, 1))
    asked = Told(told(Contract.id, Contract.state, Contract.title, at=Contract.created_at, day=Contract.starts_on), lambda row: row)
    with world.reading("sales.east1") as session:
        (row,) = read_together(session, [asked], 5)
    assert (row.id, row.day, row.who, row.texts) == (contract.id, date(2026, 3, 1), None, ("draft", "空压站", None, None))
    assert row.at == contract.created_at


@pytest.mark.requirement("R-441")
@pytest.mark.usefixtures("business")
def test_figures_of_several_kinds_are_answered_within_scope(world: World) -> None:
    asked = [Counted(select(Customer)), Summed(select(func.sum(Contract.amount))), Counted(select(Contract), cap=1)]
    with world.reading("sales.east1") as session:
        assert answered(session, asked) == [(1, False), Decimal("391200.00"), (1, False)]
    with world.reading("contracts") as session:
        assert answered(session, asked) == [(2, False), Decimal("782400.00"), (1, True)]
    with world.reading("sales2") as session:
        assert answered(session, asked) == [(0, False), None, (0, False)]
