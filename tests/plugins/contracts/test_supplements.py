"""Supplements: what is agreed after the signing, with the values before it kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition
from plugins.contracts.errors import NothingAmended, NotInForce, ScheduleDiffers, SupplementFixed
from plugins.contracts.models import Contract, Supplement
from plugins.contracts.operations import (
    change_supplement,
    draft_supplement,
    drop_supplement,
    plan_payment,
    release_payment,
    sign_supplement,
    terminate_contract,
)
from plugins.contracts.rules import PartState, SupplementState
from tests.plugins.conftest import Trade
from tests.plugins.contracts.conftest import CLERK, Parts
from tests.world import World

HALVES = (("预付款", "91200", 0), ("验收款", "300000", 60))


def draft(world: World, contract: Contract, by: str = "sales.east1", **values: Any) -> Supplement:
    """A supplement that waits for its signature."""
    with world.use_case(by) as session:
        return draft_supplement(session, {"contract": contract.id, "title": "增加一台干燥机", **values})


def plan(world: World, supplement: Supplement, title: str, amount: str, days: int = 30) -> None:
    """Plan a payment in it."""
    with world.use_case("sales.east1") as session:
        due_on = today() + timedelta(days=days)
        plan_payment(session, supplement.id, None, title=title, amount=Decimal(amount), due_on=due_on)


def sign_it(world: World, supplement: Supplement, **values: Any) -> Supplement:
    """The supplement, signed by the contract administrator."""
    with world.use_case(CLERK) as session:
        return sign_supplement(session, supplement.id, None, **values)


def stored(world: World, contract: Contract) -> Contract:
    """The contract as it stands."""
    with world.reading(CLERK) as session:
        found: Contract = session.get(Contract, contract.id)
        session.expunge_all()
    return found


@pytest.mark.requirement("R-104")
def test_a_signed_supplement_changes_amount_end_and_schedule_and_keeps_what_was_before(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    before, after = today() + timedelta(days=100), today() + timedelta(days=200)
    contract = sign(scheduled(*HALVES, ends_on=before))
    with world.use_case(CLERK) as session:
        release_payment(session, parts_of(contract)[0].id, None)
    supplement = draft(world, contract, amount=Decimal(400_000), ends_on=after)
    plan(world, supplement, "发货款", "208800")
    plan(world, supplement, "质保金", "100000", 365)
    signed = sign_it(world, supplement)
    assert (signed.number, signed.state, signed.amount_before, signed.ends_on_before) == (
        f"{contract.number}-B1",
        SupplementState.SIGNED,
        Decimal("391200.00"),
        before,
    )
    now_stands = stored(world, contract)
    assert (now_stands.amount, now_stands.ends_on) == (Decimal("400000.00"), after)
    assert [(part.title, part.state) for part in sorted(parts_of(contract), key=lambda part: part.id)] == [
        ("预付款", PartState.INVOICEABLE),
        ("验收款", PartState.REPLACED),
        ("发货款", PartState.WAITING),
        ("质保金", PartState.WAITING),
    ]


def test_supplements_of_a_contract_are_numbered_in_the_order_of_their_signing(
    world: World, trade: Trade, sign: Callable[..., Contract]
) -> None:
    contract = sign(trade.contract())
    first, second = (draft(world, contract, ends_on=today() + timedelta(days=days)) for days in (10, 20))
    assert sign_it(world, second).number == f"{contract.number}-B1"
    assert sign_it(world, first).number == f"{contract.number}-B2"


def test_a_new_amount_needs_a_schedule_that_adds_up(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = sign(scheduled(*HALVES))
    supplement = draft(world, contract, amount=Decimal(400_000))
    with pytest.raises(ScheduleDiffers):
        sign_it(world, supplement)
    plan(world, supplement, "一次付清", "399999")
    with pytest.raises(ScheduleDiffers):
        sign_it(world, supplement)
    assert stored(world, contract).amount == Decimal("391200.00")
    assert {part.state for part in parts_of(contract)} == {PartState.WAITING, PartState.PLANNED}


def test_a_supplement_that_changes_nothing_is_not_signed(world: World, trade: Trade, sign: Callable[..., Contract]) -> None:
    supplement = draft(world, sign(trade.contract()))
    with pytest.raises(NothingAmended):
        sign_it(world, supplement)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("values", "field"),
    [({"on": today() + timedelta(days=2)}, "on"), ({"on": today() - timedelta(days=1)}, "on"), ({}, "signer")],
)
def test_a_supplement_is_signed_between_the_signing_of_its_contract_and_today(
    world: World, trade: Trade, sign: Callable[..., Contract], values: dict[str, Any], field: str
) -> None:
    supplement = draft(world, sign(trade.contract()), ends_on=today() + timedelta(days=9))
    if field == "signer":
        values = {"signer": trade.employee("sales2")}
    with pytest.raises(BadInput) as refused:
        sign_it(world, supplement, **values)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_wrong_values_are_named(world: World, trade: Trade, sign: Callable[..., Contract]) -> None:
    contract, other = sign(trade.contract(starts_on=today())), trade.contract()
    for values, field in (({"amount": Decimal(0)}, "amount"), ({"ends_on": today() - timedelta(days=1)}, "ends_on")):
        with pytest.raises(BadInput) as refused:
            draft(world, contract, **values)
        assert set(refused.value.fields) == {field}
    supplement = draft(world, contract)
    with pytest.raises(BadInput), world.use_case("sales.east1") as session:
        change_supplement(session, supplement.id, None, {"contract": other.id})


def test_a_signed_or_dropped_supplement_stays(
    world: World, scheduled: Callable[..., Contract], sign: Callable[..., Contract], parts_of: Callable[[Contract], Parts]
) -> None:
    contract = sign(scheduled(*HALVES))
    supplement, dropped = draft(world, contract, ends_on=today() + timedelta(days=9)), draft(world, contract)
    plan(world, dropped, "发货款", "1")
    sign_it(world, supplement)
    with world.use_case("sales.east1") as session:
        assert drop_supplement(session, dropped.id, None).state == SupplementState.DROPPED
    assert len(parts_of(contract)) == 2
    for one in (supplement, dropped):
        with pytest.raises(SupplementFixed), world.use_case("sales.east1") as session:
            change_supplement(session, one.id, None, {"title": "x"})
        with pytest.raises(IllegalTransition):
            sign_it(world, one)


def test_an_ended_contract_takes_no_supplement(world: World, trade: Trade, sign: Callable[..., Contract]) -> None:
    contract = sign(trade.contract())
    waiting = draft(world, contract, ends_on=today() + timedelta(days=9))
    with world.use_case(CLERK) as session:
        terminate_contract(session, contract.id, None, reason="项目取消")
    with pytest.raises(NotInForce):
        sign_it(world, waiting)
    with pytest.raises(NotInForce):
        draft(world, contract)


def test_a_salesperson_drafts_and_does_not_sign(world: World, trade: Trade, sign: Callable[..., Contract]) -> None:
    supplement = draft(world, sign(trade.contract()), ends_on=today() + timedelta(days=9))
    with pytest.raises(Forbidden), world.use_case("sales.east1") as session:
        sign_supplement(session, supplement.id, None)
