"""Opportunities: created, moved on, won or lost for a reason, and seen by whom they concern."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.extension.calling import registry
from core.extension.hookspecs import hookimpl
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, IllegalTransition, NotFound
from core.work.notices import notices
from plugins.contracts.models import Contract, ContractLine
from plugins.customers.operations import add_contact, hand_over_customer
from plugins.sales.errors import Archived, NotClosed, NothingToWin, NotOpen
from plugins.sales.models import Opportunity, Pipeline, Stage
from plugins.sales.operations import (
    add_competitor,
    advance_opportunity,
    archive_opportunity,
    change_opportunity,
    delete_opportunity,
    hand_over_opportunity,
    lose_opportunity,
    reopen_opportunity,
    win_opportunity,
)
from plugins.sales.public import DealLine, WonDeal
from plugins.sales.rules.opportunities import STAGES, OpportunityState
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import World


@contextmanager
def hearing() -> Iterator[list[WonDeal]]:
    """What another plugin is told of won opportunities."""
    heard: list[WonDeal] = []

    class Hearer:
        """Another plugin."""

        @hookimpl
        def crm_sales_opportunity_won(self, session: Any, deal: WonDeal) -> None:
            heard.append(deal)

    hearer = Hearer()
    registry().manager.register(hearer)
    try:
        yield heard
    finally:
        registry().manager.unregister(hearer)


@pytest.mark.requirement("R-197", "R-092")
def test_an_opportunity_begins_in_the_first_stage_with_its_chance(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity(source="展会")
    with world.reading(SELLER) as session:
        stage = session.get(Stage, opportunity.stage_id)
        assert (stage.name, opportunity.chance) == (STAGES[0][0], STAGES[0][1])
        assert session.get(Opportunity, opportunity.id).source == "exhibition", "a word of the list is kept as its code"
    assert (opportunity.state, opportunity.opened_on, opportunity.customer_name) == (
        OpportunityState.OPEN,
        today(),
        "苏州恒锐精密机械有限公司",
    )


def test_a_company_is_given_one_pipeline_however_many_opportunities_come(world: World, shop: Shop) -> None:
    customer = shop.trade.customer().id
    for _ in range(2):
        shop.opportunity(customer=customer)
    with world.reading(SELLER) as session:
        assert len(session.scalars(select(Pipeline)).all()) == 1
        assert [stage.chance for stage in session.scalars(select(Stage).order_by(Stage.position))] == [row[1] for row in STAGES]


@pytest.mark.requirement("R-225", "R-092")
def test_lines_come_from_the_catalogue_and_make_the_amount(world: World, shop: Shop) -> None:
    shop.product(aliases="七五机")
    shop.product(code="GZ-20", name="干燥机", list_price=Decimal("333.33"), lowest_discount=None)
    lines = [
        {"name": "七五机", "quantity": Decimal(2), "discount": Decimal(95)},
        {"code": "gz-20", "quantity": Decimal("1.5"), "price": Decimal("300.01"), "unit": "套"},
    ]
    opportunity = shop.opportunity(lines=lines)
    assert opportunity.amount == Decimal("2350.02")
    with world.use_case(SELLER) as session:
        assert change_opportunity(session, opportunity.id, None, {"amount": Decimal(1)}).amount == Decimal("2350.02")
    with world.use_case(SELLER) as session:
        assert change_opportunity(session, opportunity.id, None, {"lines": []}).amount == 0
    with world.use_case(SELLER) as session:
        assert change_opportunity(session, opportunity.id, None, {"amount": Decimal(7)}).amount == 7


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"code": "没有", "quantity": Decimal(1)}, "code"),
        ({"quantity": Decimal(1)}, "name"),
        ({"code": "OLD", "quantity": Decimal(1)}, "code"),
        ({"code": "KY-75A", "quantity": Decimal(0)}, "quantity"),
        ({"code": "KY-75A", "quantity": Decimal(1), "price": Decimal(-1)}, "price"),
        ({"code": "KY-75A", "quantity": Decimal(1), "discount": Decimal(101)}, "discount"),
        ({"code": "KY-75A"}, "quantity"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_place_and_nothing_is_stored(
    world: World, shop: Shop, line: dict[str, Any], field: str
) -> None:
    shop.product()
    shop.product(code="OLD", name="旧型号", active=False)
    good = {"code": "KY-75A", "quantity": Decimal(1)}
    with pytest.raises(BadInput) as refused:
        shop.opportunity(lines=[good, line])
    assert list(refused.value.fields) == [f"lines-1-{field}"]
    with world.reading(SELLER) as session:
        assert session.scalars(select(Opportunity)).all() == []


@pytest.mark.requirement("R-198")
def test_moving_to_a_stage_takes_its_chance_and_counts_as_progress(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity()
    with world.reading(SELLER) as session:
        third = session.scalar(select(Stage.id).where(Stage.position == 3))
    with world.use_case(SELLER) as session:
        moved = advance_opportunity(session, opportunity.id, opportunity.version, stage=third)
    assert (moved.stage_id, moved.chance, moved.staged_on) == (third, STAGES[2][1], today())
    assert moved.touched_at > opportunity.touched_at
    for stage in (third, 10**9, None):
        with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
            advance_opportunity(session, opportunity.id, None, stage=stage)
        assert list(refused.value.fields) == ["stage"]


@pytest.mark.requirement("R-200", "R-375")
@pytest.mark.parametrize("verb", [win_opportunity, lose_opportunity])
@pytest.mark.parametrize("reason", [None, "  ", "没有这样的原因"])
def test_nothing_is_closed_without_a_reason_of_the_list(world: World, shop: Shop, verb: Any, reason: str | None) -> None:
    opportunity = shop.opportunity()
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        verb(session, opportunity.id, opportunity.version, reason=reason)
    assert list(refused.value.fields) == ["reason"]
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, opportunity.id).state is OpportunityState.OPEN


def test_an_opportunity_is_won_once(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity()
    with world.use_case(SELLER) as session:
        won = win_opportunity(session, opportunity.id, opportunity.version, reason="价格优势")
    assert (won.state, won.won_reason, won.chance, won.closed_on) == (OpportunityState.WON, "price", 100, today())
    for verb in (win_opportunity, lose_opportunity):
        with pytest.raises(IllegalTransition), world.use_case(SELLER) as session:
            verb(session, opportunity.id, None, reason="price")
    with pytest.raises(NotOpen), world.use_case(SELLER) as session:
        change_opportunity(session, opportunity.id, None, {"title": "别的"})
    with world.reading(HEAD) as session:
        assert any("二期空压站" in str(notice.message) for notice in notices(session)), "the head hears of it"


def test_what_is_won_is_told_with_its_lines_in_the_same_transaction(world: World, shop: Shop) -> None:
    shop.product()
    opportunity = shop.opportunity(lines=[{"code": "KY-75A", "quantity": Decimal(3), "discount": Decimal("92.5")}])
    with hearing() as heard, world.use_case(SELLER) as session:
        win_opportunity(session, opportunity.id, opportunity.version, reason="solution")
    deal = heard[0]
    assert deal.lines == (DealLine("KY-75A", "螺杆空压机", "台", Decimal(3), Decimal("925.00")),)
    assert (deal.amount, deal.won_on, deal.owner_id) == (Decimal("2775.00"), today(), shop.trade.employee(SELLER))


@pytest.mark.requirement("R-203")
def test_a_won_opportunity_becomes_a_draft_contract_with_the_same_lines(world: World, shop: Shop) -> None:
    shop.product()
    opportunity = shop.opportunity(lines=[{"code": "KY-75A", "quantity": Decimal(3), "discount": Decimal("92.5")}])
    with world.use_case(SELLER) as session:
        win_opportunity(session, opportunity.id, opportunity.version, reason="solution")
    with world.reading(SELLER) as session:
        contract = session.scalars(select(Contract).where(Contract.customer_id == opportunity.customer_id)).one()
        line = session.scalars(select(ContractLine).where(ContractLine.contract_id == contract.id)).one()
    assert (contract.amount, line.code, line.price) == (Decimal("2775.00"), "KY-75A", Decimal("925.00"))


def test_when_a_hearer_fails_nothing_is_won(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity()

    class Refuser:
        """Another plugin that says no."""

        @hookimpl
        def crm_sales_opportunity_won(self, session: Any, deal: WonDeal) -> None:
            raise NotFound

    refuser = Refuser()
    registry().manager.register(refuser)
    try:
        with pytest.raises(NotFound), world.use_case(SELLER) as session:
            win_opportunity(session, opportunity.id, opportunity.version, reason="price")
    finally:
        registry().manager.unregister(refuser)
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, opportunity.id).state is OpportunityState.OPEN


@pytest.mark.parametrize("values", [{"amount": Decimal(0)}, {"customer": None}])
def test_a_deal_needs_a_customer_and_an_amount(world: World, shop: Shop, values: dict[str, Any]) -> None:
    opportunity = shop.opportunity(**values)
    with pytest.raises(NothingToWin), world.use_case(SELLER) as session:
        win_opportunity(session, opportunity.id, opportunity.version, reason="price")


@pytest.mark.parametrize("days", [1, -1])
def test_the_day_of_closing_lies_between_opening_and_today(world: World, shop: Shop, days: int) -> None:
    opportunity = shop.opportunity()
    with pytest.raises(BadInput) as refused, world.use_case(SELLER) as session:
        win_opportunity(session, opportunity.id, None, reason="price", on=today() + timedelta(days=days))
    assert list(refused.value.fields) == ["on"]


@pytest.mark.requirement("R-148")
@pytest.mark.requirement("R-200")
def test_what_is_lost_names_its_rival_may_be_reopened_and_rests_in_the_archive(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity()
    with world.use_case(SELLER) as session:
        rival = add_competitor(session, {"name": "海川动力"}).id
    with pytest.raises(NotClosed), world.use_case(SELLER) as session:
        archive_opportunity(session, opportunity.id, None)
    with world.use_case(SELLER) as session:
        lost = lose_opportunity(session, opportunity.id, None, reason="competitor", competitor=rival, note="交期更短")
    assert (lost.state, lost.competitor_id, lost.chance, lost.lost_reason) == (OpportunityState.LOST, rival, 0, "competitor")
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        reopen_opportunity(session, opportunity.id, None)
    with world.use_case(HEAD) as session:
        again = reopen_opportunity(session, opportunity.id, None)
    assert (again.state, again.competitor_id, again.lost_reason, again.chance) == (OpportunityState.OPEN, None, None, STAGES[0][1])
    with world.use_case(SELLER) as session:
        lose_opportunity(session, opportunity.id, None, reason="price")
    with world.use_case(SELLER) as session:
        assert archive_opportunity(session, opportunity.id, None).archived_at is not None
    with pytest.raises(NotClosed), world.use_case(SELLER) as session:
        archive_opportunity(session, opportunity.id, None)
    with pytest.raises(Archived), world.use_case(HEAD) as session:
        reopen_opportunity(session, opportunity.id, None)


@pytest.mark.requirement("R-441")
def test_a_colleague_does_not_see_it_and_its_new_owner_sees_the_customers_name_alone(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity()
    with world.reading("sales.east2") as session:
        assert session.get(Opportunity, opportunity.id) is None
    with world.use_case(HEAD) as session:
        hand_over_opportunity(session, opportunity.id, None, owner=shop.trade.employee("sales.east2"), reason="分工调整")
    with world.reading("sales.east2") as session:
        mine = session.get(Opportunity, opportunity.id)
        assert mine.customer is None, "the customer is still another's"
        assert mine.customer_name == "苏州恒锐精密机械有限公司"
        assert any("分工调整" in str(notice.message) for notice in notices(session))
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, opportunity.id) is None
    with world.use_case("sales.east2") as session:
        assert change_opportunity(session, opportunity.id, None, {"next_step": "上门"}).next_step == "上门"


@pytest.mark.parametrize("owner", [None, "sales.east1", "sales.west1"])
def test_a_head_hands_over_to_own_people_only(world: World, shop: Shop, owner: str | None) -> None:
    opportunity = shop.opportunity()
    whom = shop.trade.employee(owner) if owner else None
    with pytest.raises(BadInput) as refused, world.use_case(HEAD) as session:
        hand_over_opportunity(session, opportunity.id, None, owner=whom, reason="调整")
    assert list(refused.value.fields) == ["owner"]


@pytest.mark.requirement("R-165")
def test_what_is_in_progress_follows_its_customer_and_what_is_closed_stays(world: World, shop: Shop) -> None:
    customer = shop.trade.customer()
    running, won = shop.opportunity(customer=customer.id), shop.opportunity(customer=customer.id)
    with world.use_case(SELLER) as session:
        win_opportunity(session, won.id, None, reason="price")
    with world.use_case(HEAD) as session:
        hand_over_customer(session, customer.id, None, owner=shop.trade.employee("sales.east2"), reason="离职")
    with world.reading(HEAD) as session:
        assert session.get(Opportunity, running.id).owner_id == shop.trade.employee("sales.east2")
        assert session.get(Opportunity, won.id).owner_id == shop.trade.employee(SELLER)


def test_the_contact_is_one_of_the_customer(world: World, shop: Shop) -> None:
    customer, other = shop.trade.customer(), shop.trade.customer(name="无锡联创轴承有限公司")
    with world.use_case(SELLER) as session:
        contact = add_contact(session, {"customer": other.id, "name": "王工"}).id
    with pytest.raises(BadInput) as refused:
        shop.opportunity(customer=customer.id, contact=contact)
    assert list(refused.value.fields) == ["contact"]
    assert shop.opportunity(customer=other.id, contact=contact).contact_id == contact


@pytest.mark.parametrize(("field", "value"), [("chance", 101), ("chance", -1), ("amount", Decimal(-5))])
def test_numbers_that_make_no_sense_are_refused(shop: Shop, field: str, value: Any) -> None:
    with pytest.raises(BadInput) as refused:
        shop.opportunity(**{field: value})
    assert list(refused.value.fields) == [field]


def test_what_was_entered_by_mistake_is_thrown_away_while_it_is_open(world: World, shop: Shop) -> None:
    shop.product()
    opportunity = shop.opportunity(lines=[{"code": "KY-75A", "quantity": Decimal(1)}])
    with world.use_case(SELLER) as session:
        delete_opportunity(session, opportunity.id, None)
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, opportunity.id) is None
