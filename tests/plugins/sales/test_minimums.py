"""The minimum gross profit of a person: who sets it and sees it, which one counts, and how opportunities say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden, NotFound
from core.kernel.words import Message
from plugins.sales.models import Opportunity, ProfitMinimum
from plugins.sales.operations import (
    change_minimum,
    change_opportunity,
    create_opportunity,
    create_project,
    delete_minimum,
    hand_over_opportunity,
    set_minimum,
    submit_order,
    submit_quotation,
    win_opportunity,
)
from plugins.sales.rules.orders import OrderState
from plugins.sales.rules.quotations import QuotationState
from tests.access.test_presets import give
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.plugins.sales.test_profit import LINES, company_asks, priced
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
COLLEAGUE, STRANGER = "sales.east2", "sales.west1"
SHORT = Message("The gross profit is below the minimum of %(rate)s%% of the amount.", {"rate": "20"})


def asked(world: World, by: str = HEAD, of: str = SELLER, **values: Any) -> ProfitMinimum:
    """``of`` is to earn 20 per cent, unless said otherwise."""
    with world.use_case(by) as session:
        return set_minimum(session, {"employee": world.employees[of].id, "least_profit_rate": Decimal(20)} | values)


@pytest.mark.requirement("R-348")
def test_what_a_person_has_to_earn_holds_for_opportunities_quotations_and_orders(world: World, shop: Shop) -> None:
    priced(shop)
    asked(world)
    assert shop.opportunity(lines=LINES).price_doubt == SHORT
    order, quotation = shop.order(lines=LINES), shop.quotation(lines=LINES)
    with world.use_case(SELLER) as session:
        assert submit_order(session, order.id, None).state is OrderState.PRICE_REVIEW
        assert submit_quotation(session, quotation.id, None).state is QuotationState.PRICE_REVIEW
    assert shop.opportunity(COLLEAGUE, lines=LINES).price_doubt is None  # nobody has asked for it there


@pytest.mark.requirement("R-348")
@pytest.mark.parametrize(
    ("company", "person", "project", "doubted"),
    [
        (17, 16, None, False),  # the person's counts alone, also where it is lower
        (16, 17, None, True),
        (50, 0, None, False),  # 0 asks for nothing
        (50, 50, 16, False),  # that of the project before both
        (0, 0, 17, True),
        (17, None, None, True),
    ],
)
def test_the_minimum_nearest_to_the_deal_counts_alone(
    world: World, shop: Shop, company: int, person: int | None, project: int | None, *, doubted: bool
) -> None:
    priced(shop)
    company_asks(world, company)
    if person is not None:
        asked(world, least_profit_rate=Decimal(person))
    customer = shop.trade.customer()
    opportunity = shop.opportunity(customer=customer.id)
    if project is not None:
        proposal = shop.approved(customer=customer.id, opportunity=opportunity.id)
        with world.use_case(SELLER) as session:
            create_project(session, {"title": "改造", "proposal": proposal.id, "least_profit_rate": Decimal(project)})
    with world.use_case(SELLER) as session:
        assert (change_opportunity(session, opportunity.id, None, {"lines": LINES}).price_doubt is not None) is doubted
    quotation = shop.quotation(customer=customer, opportunity=opportunity.id, lines=LINES)
    with world.use_case(SELLER) as session:
        assert (submit_quotation(session, quotation.id, None).state is QuotationState.PRICE_REVIEW) is doubted


@pytest.mark.requirement("R-348")
@pytest.mark.parametrize(
    ("starts", "ends", "doubted"), [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (-9, None, True)]
)
def test_a_minimum_holds_on_its_days(world: World, shop: Shop, starts: int, ends: int | None, *, doubted: bool) -> None:
    priced(shop)
    day: Callable[[int], date] = lambda days: today() + timedelta(days=days)  # noqa: E731 -- shorter than its name
    asked(world, starts_on=day(starts), ends_on=day(ends) if ends is not None else None)
    assert (shop.opportunity(lines=LINES).price_doubt is not None) is doubted


def test_of_several_minimums_the_one_that_began_last_counts(world: World, shop: Shop) -> None:
    priced(shop)
    asked(world, least_profit_rate=Decimal(10), starts_on=today() - timedelta(days=3))
    asked(world, least_profit_rate=Decimal(90), starts_on=today() - timedelta(days=30))
    assert shop.opportunity(lines=LINES).price_doubt is None


@pytest.mark.requirement("R-348")
def test_an_opportunity_says_it_on_its_page_and_when_it_is_won(world: World, shop: Shop, client_for: ClientFor) -> None:
    priced(shop)
    opportunity = shop.opportunity(lines=LINES)
    asked(world)
    give(world, SELLER, "salesperson")
    with world.use_case(SELLER) as session:
        won = win_opportunity(session, opportunity.id, None, reason="price")
        assert won.price_doubt == SHORT
    page = client_for(SELLER).get(f"/opportunities/{opportunity.id}").text
    assert "毛利低于金额 20% 的最低要求。" in page
    assert "750.00" not in page
    assert "已赢单。毛利低于金额 20% 的最低要求。" in client_for(HEAD).get("/notices/").text


def test_who_takes_an_opportunity_over_is_bound_by_an_own_minimum(world: World, shop: Shop) -> None:
    priced(shop)
    asked(world, of=COLLEAGUE)
    opportunity = shop.opportunity(lines=LINES)
    with world.use_case(HEAD) as session:
        hand_over_opportunity(session, opportunity.id, None, owner=world.employees[COLLEAGUE].id, reason="换人")
    with world.reading(HEAD) as session:
        found = session.get(Opportunity, opportunity.id)
        assert found is not None
        assert found.price_doubt == SHORT


@pytest.mark.requirement("R-348", "R-443")
def test_the_person_bound_sees_the_minimum_and_other_colleagues_do_not(world: World, shop: Shop, client_for: ClientFor) -> None:
    minimum = asked(world)
    page = f"/profit-minimums/{minimum.id}"
    assert "20" in client_for(SELLER).get(page).text
    assert "起适用最低毛利" in client_for(SELLER).get("/notices/").text
    assert client_for(HEAD).get(page).status_code == 200
    assert client_for(COLLEAGUE).get(page).status_code == 404
    assert client_for(STRANGER).get(page).status_code == 404
    with pytest.raises(Forbidden), world.use_case(SELLER) as session:
        change_minimum(session, minimum.id, None, {"least_profit_rate": Decimal(1)})
    with world.use_case(HEAD) as session:
        delete_minimum(session, minimum.id, None)
    assert client_for(SELLER).get(page).status_code == 404


@pytest.mark.requirement("R-003", "R-348")
def test_a_project_manager_sets_it_for_colleagues_of_the_department_and_nobody_for_oneself(world: World, shop: Shop) -> None:
    give(world, COLLEAGUE, "project_manager")
    minimum = asked(world, COLLEAGUE)
    with world.use_case(COLLEAGUE) as session:
        assert change_minimum(session, minimum.id, None, {"least_profit_rate": Decimal(15)}).least_profit_rate == Decimal(15)
    with world.use_case(HEAD) as session:  # the head of both sees and changes it as well
        change_minimum(session, minimum.id, None, {"least_profit": Decimal(500)})
    with pytest.raises(BadInput) as refused:
        asked(world, COLLEAGUE, STRANGER)
    assert list(refused.value.fields) == ["employee"]
    for account in (COLLEAGUE, HEAD):
        with pytest.raises(Forbidden):
            asked(world, account, account)
    with pytest.raises(Forbidden):
        asked(world, SELLER, COLLEAGUE)


def test_who_sets_minimums_cannot_change_the_own_one(world: World) -> None:
    give(world, COLLEAGUE, "project_manager")
    minimum = asked(world, HEAD, COLLEAGUE)
    with pytest.raises((Forbidden, NotFound)), world.use_case(COLLEAGUE) as session:
        change_minimum(session, minimum.id, None, {"least_profit_rate": Decimal(1)})
    with pytest.raises((Forbidden, NotFound)), world.use_case(COLLEAGUE) as session:
        delete_minimum(session, minimum.id, None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"least_profit_rate": Decimal(100)}, "least_profit_rate"),
        ({"least_profit_rate": None, "least_profit": None}, "least_profit_rate"),
        ({"least_profit": Decimal(-1)}, "least_profit"),
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
    ],
)
def test_a_personal_minimum_that_makes_no_sense_is_refused(world: World, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        asked(world, **wrong)
    assert list(refused.value.fields) == [field]
    minimum = asked(world)
    with pytest.raises(BadInput), world.use_case(HEAD) as session:
        change_minimum(session, minimum.id, None, {"employee": world.employees[COLLEAGUE].id})


def test_an_opportunity_without_lines_is_not_judged(world: World, shop: Shop) -> None:
    asked(world)
    with world.use_case(SELLER) as session:
        assert create_opportunity(session, {"title": "尚无明细", "amount": Decimal(1)}).price_doubt is None
