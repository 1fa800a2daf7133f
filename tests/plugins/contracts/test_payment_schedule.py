"""The payment schedule: planned before the signing, invoiceable part by part afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.access.models import Grant
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition, NotFound
from core.work.models import Notice
from plugins.contracts.errors import ContractEnded, MilestoneLeadsNowhere, NothingToSign, NotOpen, ScheduleDiffers, ScheduleFixed
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.operations import (
    add_payment,
    change_payment,
    delete_contract,
    plan_payments,
    reach_milestone,
    release_due_payments,
    release_payment,
    remove_payment,
    set_lines,
    terminate_contract,
    void_contract,
)
from plugins.contracts.public import PART_RESOURCE, PART_TABLE, contract_summary, invoiceable_amount, part_summary, schedule_of
from plugins.contracts.rules import PartState, ReleasedBy
from tests.plugins.conftest import Trade
from tests.plugins.contracts.conftest import CLERK, Parts
from tests.world import Browser, World

HALVES = (("预付款", "91200", 0), ("验收款", "300000", 60))


def release(world: World, part: ScheduledPayment, by: str = CLERK) -> ScheduledPayment:
    """The part, invoiceable."""
    with world.use_case(by) as session:
        return release_payment(session, part.id, None)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_schedule_is_made_from_shares_and_loses_no_fen(trade: Trade, world: World, parts_of: Callable[[Contract], Parts]) -> None:
    contract = trade.contract(lines=[{"name": "x", "quantity": Decimal(1), "price": Decimal("100.01")}])
    with world.use_case("sales.east1") as session:
        plan_payments(session, contract.id, contract.version, shares="30、60、10", first_on=today(), every_days=10)
    parts = parts_of(contract)
    assert [part.amount for part in parts] == [Decimal("30.00"), Decimal("60.01"), Decimal("10.00")]
    assert [(part.due_on - today()).days for part in parts] == [0, 10, 20]
    assert [part.title for part in parts] == ["1/3 · 30%", "2/3 · 60%", "3/3 · 10%"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("shares", ["30, 60", "a", "", "50, 50, 0", "110, -10", "NaN", "100 " * 2])
def test_shares_that_do_not_make_a_hundred_are_refused(trade: Trade, world: World, shares: str) -> None:
    contract = trade.contract()
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        plan_payments(session, contract.id, None, shares=shares)
    assert set(refused.value.fields) == {"shares"}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_new_plan_replaces_the_one_before(trade: Trade, world: World, parts_of: Callable[[Contract], Parts]) -> None:
    contract = trade.contract()
    for shares in ("3-3-3-1", "50 50"):
        with world.use_case("sales.east1") as session:
            plan_payments(session, contract.id, None, shares=shares)
    assert [part.amount for part in parts_of(contract)] == [Decimal("195600.00"), Decimal("195600.00")]


def test_a_contract_without_amount_cannot_be_planned_and_none_once_it_is_signed(
    trade: Trade, world: World, sign: Callable[..., Contract]
) -> None:
    empty = trade.contract(lines=[])
    with pytest.raises(NothingToSign), world.use_case("sales.east1") as session:
        plan_payments(session, empty.id, None, shares="100")
    signed = sign(trade.contract())
    with pytest.raises(NotOpen), world.use_case("sales.east1") as session:
        plan_payments(session, signed.id, None, shares="100")


@pytest.mark.requirement("R-227")
def test_a_contract_is_not_signed_while_its_schedule_does_not_add_up(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = scheduled(("预付款", "91200", 0), ("验收款", "299999.99", 60))
    with pytest.raises(ScheduleDiffers, match=r"391,199\.99 yuan.*391,200\.00 yuan"):
        sign(contract)
    with world.use_case("sales.east1") as session:
        change_payment(session, parts_of(contract)[1].id, None, {"amount": Decimal(300_000)})
    assert sign(contract).number


def test_a_contract_signed_without_a_schedule_is_paid_in_one_part(
    trade: Trade, sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = sign(trade.contract())
    (whole,) = parts_of(contract)
    assert (whole.amount, whole.state) == (contract.amount, PartState.WAITING)
    assert whole.due_on == today() + timedelta(days=30)


def test_the_schedule_of_a_signed_contract_stays(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = sign(scheduled(*HALVES))
    first = parts_of(contract)[0]
    one_more = {"contract": contract.id, "title": "x", "amount": Decimal(1), "due_on": today()}
    for verb in (
        lambda session: add_payment(session, one_more),
        lambda session: change_payment(session, first.id, None, {"amount": Decimal(1)}),
        lambda session: remove_payment(session, first.id, None),
    ):
        with pytest.raises(ScheduleFixed), world.use_case(CLERK) as session:
            verb(session)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_part_has_an_amount_and_stays_with_its_contract(
    trade: Trade, world: World, scheduled: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract, other = scheduled(*HALVES), trade.contract()
    first = parts_of(contract)[0]
    for changes, field in (({"amount": Decimal(0)}, "amount"), ({"contract": other.id}, "contract")):
        with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
            change_payment(session, first.id, None, changes)
        assert set(refused.value.fields) == {field}
    with world.use_case("sales.east1") as session:
        remove_payment(session, first.id, None)
    assert [part.title for part in parts_of(contract)] == ["验收款"]


def test_a_draft_goes_with_its_schedule(world: World, scheduled: Callable[..., Contract], parts_of: Callable[[Contract], Parts]) -> None:
    contract = scheduled(*HALVES)
    with world.use_case("sales.east1") as session:
        delete_contract(session, contract.id, None)
    assert parts_of(contract) == []


@pytest.mark.requirement("R-227")
@pytest.mark.requirement("R-329")
def test_a_part_is_made_invoiceable_by_the_clerk_and_its_owner_is_told(
    trade: Trade, world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = sign(scheduled(*HALVES))
    with world.reading(CLERK) as session:
        assert invoiceable_amount(session, contract.id) == Decimal(0)
    released = release(world, parts_of(contract)[0])
    assert (released.state, released.invoiceable_on) == (PartState.INVOICEABLE, today())
    with world.reading(CLERK) as session:
        assert invoiceable_amount(session, contract.id) == Decimal("91200.00")
        assert [part.invoiceable for part in schedule_of(session, contract.id)] == [True, False]
    with world.reading("sales.east1") as session:
        (told,) = session.scalars(select(Notice).where(Notice.url == f"/scheduled-payments/{released.id}"))
        assert told.employee_id == trade.employee("sales.east1")


@pytest.mark.requirement("R-329")
@pytest.mark.parametrize(("account", "error"), [("sales.east1", Forbidden), ("leader", Forbidden), ("sales.west1", NotFound)])
def test_who_may_not_decide_makes_nothing_invoiceable(
    world: World,
    scheduled: Callable[..., Contract],
    sign: Callable[..., Contract],
    parts_of: Callable[[Contract], Parts],
    account: str,
    error: type[Exception],
) -> None:
    first = parts_of(sign(scheduled(*HALVES)))[0]
    with pytest.raises(error):
        release(world, first, account)


def test_nothing_is_invoiceable_before_the_signing_or_twice_or_after_the_end(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = scheduled(*HALVES)
    first, second = parts_of(contract)
    with pytest.raises(ContractEnded):
        release(world, first)
    sign(contract)
    release(world, first)
    with pytest.raises(IllegalTransition):
        release(world, first)
    with world.use_case(CLERK) as session:
        terminate_contract(session, contract.id, None, reason="项目取消")
    with pytest.raises(ContractEnded):
        release(world, second)
    with world.reading(CLERK) as session:
        assert invoiceable_amount(session, contract.id) == Decimal(0)
        assert not part_summary(session, first.id).invoiceable


@pytest.mark.parametrize(("end", "left"), [(terminate_contract, PartState.INVOICEABLE), (void_contract, PartState.LAPSED)])
def test_what_a_contract_that_has_ended_does_not_owe_any_more_lapses_with_it(
    world: World,
    scheduled: Callable[..., Contract],
    sign: Callable[..., Contract],
    parts_of: Callable[[Contract], Parts],
    end: Callable[..., Contract],
    left: PartState,
) -> None:
    contract = sign(scheduled(*HALVES))
    release(world, parts_of(contract)[0])
    with Session(world.keguan.database.engine) as session:  # whoever ends contracts need not see their payment schedules
        session.execute(delete(Grant).where(Grant.resource == PART_RESOURCE))
        session.commit()
    with world.use_case(CLERK) as session:
        end(session, contract.id, None, reason="项目取消")
    with acting_as(System("test", contract.company_id)), world.keguan.database.transaction() as session:
        found = session.scalars(
            select(ScheduledPayment.state).where(ScheduledPayment.contract_id == contract.id).order_by(ScheduledPayment.id)
        )
        states = list(found)
    assert states == [left, PartState.LAPSED]


def test_a_column_of_a_board_says_that_its_amounts_are_in_no_sum(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], client_for: Callable[[str], Browser]
) -> None:
    contract, board = sign(scheduled(*HALVES)), "/scheduled-payments/board"
    assert "不计入合计" not in client_for("sales.east1").get(board).text
    with world.use_case(CLERK) as session:
        void_contract(session, contract.id, None, reason="项目取消")
    assert "不计入合计" in client_for("sales.east1").get(board).text


@pytest.mark.requirement("R-227")
def test_parts_become_invoiceable_on_their_date(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = sign(scheduled(*HALVES, released_by=ReleasedBy.DATE))
    draft = scheduled(*HALVES, released_by=ReleasedBy.DATE, customer=None, title="草稿")
    with acting_as(System("test", contract.company_id)), world.keguan.database.transaction() as session:
        assert release_due_payments(session, today() - timedelta(days=1)) == 0
        assert release_due_payments(session, today()) == 1
        assert release_due_payments(session, today()) == 0
    assert [part.state for part in parts_of(contract)] == [PartState.INVOICEABLE, PartState.WAITING]
    assert {part.state for part in parts_of(draft)} == {PartState.WAITING}


@pytest.mark.requirement("R-227")
@pytest.mark.parametrize("part", ["验收款", "2"])
def test_a_reached_milestone_makes_its_part_invoiceable(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts], part: str
) -> None:
    contract = sign(scheduled(*HALVES, released_by=ReleasedBy.MILESTONE))
    for _ in range(2):
        with world.use_case("sales.east1") as session:
            reach_milestone(session, name="设备到货验收", number=str(contract.number), part=part)
    assert [(one.state, one.milestone) for one in parts_of(contract)] == [
        (PartState.WAITING, None),
        (PartState.INVOICEABLE, "设备到货验收"),
    ]


def test_a_milestone_that_leads_nowhere_says_so(world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract]) -> None:
    contract = sign(scheduled(*HALVES))
    for number, part in ((contract.number, "3"), ("HT-1999-0001", "1")):
        with pytest.raises(MilestoneLeadsNowhere), world.use_case("sales.east1") as session:
            reach_milestone(session, name="x", number=str(number), part=part)
    with world.use_case(CLERK) as session:
        void_contract(session, contract.id, None, reason="录入有误")
    with pytest.raises(ContractEnded), world.use_case("sales.east1") as session:
        reach_milestone(session, name="x", number=str(contract.number), part="1")


@pytest.mark.requirement("R-342")
def test_a_schedule_is_seen_as_far_as_its_contract(world: World, scheduled: Callable[..., Contract]) -> None:
    scheduled(*HALVES)
    expected: dict[str, Any] = {"sales.east1": 2, "head.east": 2, "leader": 2, CLERK: 2, "invoicing": 2}
    for account, seen in (expected | dict.fromkeys(("sales.west1", "head.west", "service", "admin", "sales2"), 0)).items():
        with world.reading(account) as session:
            assert len(session.scalars(select(ScheduledPayment)).all()) == seen, account


def test_what_others_are_told_of_a_contract(world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract]) -> None:
    contract = scheduled(*HALVES)
    assert ScheduledPayment.__tablename__ == PART_TABLE
    with world.reading(CLERK) as session:
        draft = contract_summary(session, contract.id)
    sign(contract)
    with world.reading(CLERK) as session:
        signed = contract_summary(session, contract.id)
        assert [(part.position, part.title, part.amount) for part in schedule_of(session, contract.id)] == [
            (1, "预付款", Decimal("91200.00")),
            (2, "验收款", Decimal("300000.00")),
        ]
    assert ((draft.number, draft.open), (signed.number, signed.open)) == (("", False), (f"HT-{today().year}-0001", True))
    with pytest.raises(NotFound), world.reading("sales.west1") as session:
        contract_summary(session, contract.id)


def test_changed_lines_are_noticed_at_the_signing(world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract]) -> None:
    contract = scheduled(*HALVES)
    with world.use_case("sales.east1") as session:
        set_lines(session, contract.id, None, [{"name": "x", "quantity": Decimal(1), "price": Decimal(10)}])
    with pytest.raises(ScheduleDiffers):
        sign(contract)
