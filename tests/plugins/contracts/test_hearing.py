"""What contracts do when sales speaks: a won opportunity becomes a draft, an order finds its contract, jobs remind in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.database.lines import lines_of
from core.extension.calling import hooks
from core.extension.hookspecs import hookimpl
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import Conflict
from core.kernel.words import msg
from core.work.models import Notice
from plugins.contracts.models import Contract, ContractLine, OralContract
from plugins.contracts.operations import (
    draft_from_deal,
    find_by_number,
    record_oral_contract,
    remind_of_ends,
    remind_of_writing,
    sign_supplement,
    terminate_contract,
    void_contract,
)
from plugins.contracts.operations.amending import draft_supplement
from plugins.contracts.public import EndingContract
from plugins.contracts.rules import ContractState
from tests.plugins.conftest import Trade
from tests.plugins.contracts.conftest import CLERK
from tests.world import World


@dataclass(frozen=True)
class Line:
    """A line of a won opportunity."""

    code: str | None
    name: str
    unit: str | None
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class Deal:
    """A won opportunity, as sales says it."""

    opportunity_id: int
    title: str
    customer_id: int
    owner_id: int
    department_id: int
    amount: Decimal
    won_on: date
    lines: tuple[Line, ...] = ()


@pytest.fixture
def deal(trade: Trade, world: World) -> Deal:
    """Won by sales.east1, with two lines."""
    customer = trade.customer()
    lines = (Line("KY-75A", "螺杆空压机", "台", Decimal(2), Decimal("180000.00")), Line(None, "安装", None, Decimal(1), Decimal("9500.00")))
    owner = world.employees["sales.east1"]
    return Deal(31, "二期厂房空压站", customer.id, owner.id, owner.department_id, Decimal("369500.00"), today(), lines)


@pytest.mark.requirement("R-203")
def test_a_won_opportunity_becomes_a_draft_of_its_owner_with_the_same_lines(world: World, deal: Deal) -> None:
    with world.use_case("sales.east1") as session:
        hooks().crm_sales_opportunity_won(session=session, deal=deal)
    with world.reading("sales.east1") as session:
        (contract,) = session.scalars(select(Contract))
        assert (contract.state, contract.amount, contract.opportunity_id) == (ContractState.DRAFT, deal.amount, 31)
        assert contract.owner_id == deal.owner_id
        assert "二期厂房空压站" in str(contract.origin)
        assert [(line.code, line.quantity, line.price) for line in lines_of(session, ContractLine, contract.id)] == [
            (line.code, line.quantity, line.price) for line in deal.lines
        ]
        assert [notice.url for notice in session.scalars(select(Notice)) if "/contracts/" in notice.url] == [f"/contracts/{contract.id}"]


def test_an_opportunity_becomes_one_contract_whoever_wins_it(world: World, deal: Deal) -> None:
    for account in ("sales.east1", "head.east"):
        with world.use_case(account) as session:
            draft_from_deal(session, deal)
    with world.reading("sales.east1") as session:
        assert len(session.scalars(select(Contract)).all()) == 1


def test_a_deal_without_lines_becomes_one_line_over_its_amount(world: World, deal: Deal) -> None:
    with world.use_case("sales.east1") as session:
        contract = draft_from_deal(session, replace(deal, lines=()))
        (line,) = lines_of(session, ContractLine, contract.id)
        assert (line.name, line.amount) == (deal.title, deal.amount)


@pytest.mark.requirement("R-330")
def test_an_order_finds_its_contract_by_number_whoever_orders(trade: Trade, world: World, sign: Callable[..., Contract]) -> None:
    contract = sign(trade.contract())
    with world.use_case("sales.west1") as session:
        found = find_by_number(session, str(contract.number))
        assert found is not None
        assert (found.id, found.customer_id, found.open) == (contract.id, contract.customer_id, True)
        assert find_by_number(session, "HT-1999-0001") is None
    with world.use_case(CLERK) as session:
        terminate_contract(session, contract.id, None, reason="项目取消")
    with world.use_case("sales.west1") as session:
        ended = find_by_number(session, str(contract.number))
        assert ended is not None
        assert not ended.open


def test_whoever_has_a_contract_is_reminded_once_before_it_ends(trade: Trade, world: World, sign: Callable[..., Contract]) -> None:
    contract = sign(trade.contract(ends_on=today() + timedelta(days=20), handler=trade.employee("head.east")))
    sign(trade.contract(customer=trade.customer(name="无锡联创轴承有限公司"), ends_on=today() + timedelta(days=90)))
    house = System("test", contract.company_id)
    with acting_as(house), world.keguan.database.transaction() as session:
        earlier = session.scalar(select(func.max(Notice.id))) or 0
        assert [remind_of_ends(session, today(), 30) for _ in range(2)] == [1, 0]
        reminders = session.scalars(select(Notice).where(Notice.id > earlier, Notice.url == f"/contracts/{contract.id}"))
        told = {notice.employee_id for notice in reminders}
        assert told == {trade.employee("sales.east1"), trade.employee("head.east")}
    with world.use_case(CLERK) as session:
        prolonged = {"contract": contract.id, "title": "延期", "ends_on": today() + timedelta(days=25)}
        sign_supplement(session, draft_supplement(session, prolonged).id, None)
    with acting_as(house), world.keguan.database.transaction() as session:
        assert remind_of_ends(session, today(), 30) == 1


@pytest.mark.requirement("R-226")
def test_whoever_gave_a_word_is_reminded_once_to_put_it_in_writing(trade: Trade, world: World) -> None:
    values = {"subject": "更换滤芯", "customer": trade.customer().id, "amount": Decimal(800), "agreed_by": trade.employee("service")}
    with world.use_case("service") as session:
        oral = record_oral_contract(session, {**values, "agreed_on": today() - timedelta(days=30)})
        record_oral_contract(session, {**values, "agreed_on": today()})
    with acting_as(System("test", oral.company_id)), world.keguan.database.transaction() as session:
        assert [remind_of_writing(session, today(), 30) for _ in range(2)] == [1, 0]
        assert session.get(OralContract, oral.id).reminded_on == today()


class Objector:
    """A plugin that minds the end of contracts."""

    def __init__(self) -> None:
        self.heard: list[EndingContract] = []

    @hookimpl
    def crm_contracts_contract_ending(self, ending: EndingContract) -> None:
        """Void contracts are refused."""
        self.heard.append(ending)
        if ending.how == "void":
            raise Conflict(msg("This contract has receipts."))


def test_whoever_minds_the_end_of_a_contract_can_refuse_it_and_nothing_changes(
    trade: Trade, world: World, sign: Callable[..., Contract]
) -> None:
    contract, objector, manager = sign(trade.contract()), Objector(), world.keguan.registry.manager
    manager.register(objector)
    try:
        with pytest.raises(Conflict, match="receipts"), world.use_case(CLERK) as session:
            void_contract(session, contract.id, None, reason="录入有误")
        with world.reading(CLERK) as session:
            kept = session.get(Contract, contract.id)
            assert kept is not None
            assert (kept.state, kept.state_reason, kept.ended_on) == (ContractState.EFFECTIVE, None, None)
        with world.use_case(CLERK) as session:
            assert terminate_contract(session, contract.id, None, reason="项目取消").state == ContractState.TERMINATED
    finally:
        manager.unregister(objector)
    number = str(contract.number)
    assert objector.heard == [EndingContract(contract.id, number, "void"), EndingContract(contract.id, number, "terminate")]
