"""Oral contracts: entered at once, confirmed in writing later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.access.administration import set_day
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition
from core.work.models import Notice
from plugins.contracts.errors import NotTheWrittenContract, OralFixed
from plugins.contracts.models import Contract, OralContract
from plugins.contracts.operations import (
    change_oral_contract,
    confirm_in_writing,
    record_oral_contract,
    take_oral_agreement,
    withdraw_oral_contract,
)
from plugins.contracts.rules import OralState
from plugins.customers.models import Customer
from tests.plugins.conftest import Told, Trade
from tests.plugins.contracts.conftest import CLERK
from tests.world import World

SERVICE = "service"


@dataclass(frozen=True)
class Agreement:
    """What the plugin service says of an oral contract."""

    request_id: int
    customer_id: int
    subject: str
    amount: Decimal
    agreed_on: date
    agreed_by_id: int


@pytest.fixture
def customer(trade: Trade) -> Customer:
    """A customer of sales.east1."""
    return trade.customer()


@pytest.fixture
def agree(trade: Trade, world: World, customer: Customer) -> Callable[..., OralContract]:
    """After-sales agrees something by word of mouth."""

    def make(**values: Any) -> OralContract:
        plain = {"subject": "更换干燥机滤芯并调试", "customer": customer.id, "amount": Decimal(3_800), "agreed_on": today()}
        with world.use_case(SERVICE) as session:
            return record_oral_contract(session, {**plain, "agreed_by": trade.employee(SERVICE), **values})

    return make


@pytest.mark.requirement("R-105")
@pytest.mark.requirement("R-226")
@pytest.mark.requirement("R-006")
def test_after_sales_enters_an_oral_contract_and_the_clerk_is_told(trade: Trade, world: World, agree: Callable[..., OralContract]) -> None:
    oral = agree()
    assert (oral.state, oral.late, oral.owner_id) == (OralState.OPEN, False, trade.employee(SERVICE))
    with world.reading(CLERK) as session:
        (told,) = session.scalars(select(Notice).where(Notice.url == f"/oral-contracts/{oral.id}"))
        assert told.employee_id == trade.employee(CLERK)


@pytest.mark.requirement("R-337")
def test_what_is_entered_days_later_is_marked_but_nobody_is_late_because_of_a_holiday(
    world: World, agree: Callable[..., OralContract]
) -> None:
    with world.use_case("admin") as session:
        for ago, working in ((0, True), (1, False), (2, True), (3, True)):
            set_day(session, today() - timedelta(days=ago), working=working)
    assert not agree(agreed_on=today() - timedelta(days=2)).late
    assert agree(agreed_on=today() - timedelta(days=3)).late


@pytest.mark.requirement("R-105")
@pytest.mark.requirement("R-226")
def test_a_signed_contract_with_the_same_customer_confirms_it(
    trade: Trade, world: World, customer: Customer, agree: Callable[..., OralContract], sign: Callable[..., Contract]
) -> None:
    oral, written = agree(), trade.contract(customer=customer)
    with pytest.raises(NotTheWrittenContract), world.use_case(CLERK) as session:
        confirm_in_writing(session, oral.id, None, contract=written.id)
    sign(written)
    with world.use_case(CLERK) as session:
        confirmed = confirm_in_writing(session, oral.id, None, contract=written.id)
        assert (confirmed.state, confirmed.contract_id) == (OralState.CONFIRMED, written.id)
    with pytest.raises(IllegalTransition), world.use_case(CLERK) as session:
        confirm_in_writing(session, oral.id, None, contract=written.id)
    with pytest.raises(OralFixed), world.use_case(SERVICE) as session:
        change_oral_contract(session, oral.id, None, {"amount": Decimal(1)})


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_another_customers_contract_confirms_nothing(
    trade: Trade, world: World, agree: Callable[..., OralContract], sign: Callable[..., Contract]
) -> None:
    oral = agree()
    written = sign(trade.contract(customer=trade.customer(name="无锡联创轴承有限公司")))
    with pytest.raises(NotTheWrittenContract), world.use_case(CLERK) as session:
        confirm_in_writing(session, oral.id, None, contract=written.id)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("values", "field"), [({"amount": Decimal(0)}, "amount"), ({"agreed_on": today() + timedelta(days=2)}, "agreed_on")]
)
def test_wrong_values_are_named(agree: Callable[..., OralContract], values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        agree(**values)
    assert set(refused.value.fields) == {field}


def test_it_is_changed_and_withdrawn_with_a_reason_while_it_waits(world: World, agree: Callable[..., OralContract]) -> None:
    oral = agree()
    with world.use_case(SERVICE) as session:
        assert change_oral_contract(session, oral.id, oral.version, {"amount": Decimal(4_200)}).amount == Decimal("4200.00")
    with pytest.raises(BadInput), world.use_case(SERVICE) as session:
        withdraw_oral_contract(session, oral.id, None)
    with world.use_case(SERVICE) as session:
        assert withdraw_oral_contract(session, oral.id, None, reason="客户改为自行更换").state == OralState.WITHDRAWN


def test_who_would_have_confirmed_it_hears_that_it_was_withdrawn(
    world: World, agree: Callable[..., OralContract], heard: Callable[..., Told]
) -> None:
    oral = agree()
    with world.use_case(SERVICE) as session:
        withdraw_oral_contract(session, oral.id, None, reason="客户自行更换")
    said = f"The oral contract {oral.subject} was withdrawn: 客户自行更换 /oral-contracts/{oral.id}"
    assert heard("withdrawn", CLERK, SERVICE) == {CLERK: [said], SERVICE: []}


@pytest.mark.requirement("R-370")
def test_after_sales_does_not_confirm_its_own_word(
    trade: Trade, world: World, customer: Customer, agree: Callable[..., OralContract], sign: Callable[..., Contract]
) -> None:
    oral, written = agree(), sign(trade.contract(customer=customer))
    with pytest.raises(Forbidden), world.use_case(SERVICE) as session:
        confirm_in_writing(session, oral.id, None, contract=written.id)


@pytest.mark.requirement("R-226")
def test_what_service_agreed_is_entered_once_for_whoever_agreed_to_it(trade: Trade, world: World, customer: Customer) -> None:
    agreement = Agreement(7, customer.id, "上门更换温控阀", Decimal("1200.00"), today(), trade.employee(SERVICE))
    for _ in range(2):
        with world.use_case(SERVICE) as session:
            take_oral_agreement(session, agreement)
    with world.reading(CLERK) as session:
        (oral,) = session.scalars(select(OralContract))
        assert (oral.owner_id, oral.request_id, oral.amount) == (trade.employee(SERVICE), 7, Decimal("1200.00"))


@pytest.mark.requirement("R-342")
def test_who_sees_an_oral_contract(world: World, agree: Callable[..., OralContract]) -> None:
    agree()
    expected = {SERVICE: 1, CLERK: 1, "leader": 1, "invoicing": 0, "sales.east2": 0, "sales.west1": 0, "admin": 0, "sales2": 0}
    for account, seen in expected.items():
        with world.reading(account) as session:
            assert len(session.scalars(select(OralContract)).all()) == seen, account
