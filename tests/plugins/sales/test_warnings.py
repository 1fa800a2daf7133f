"""Warnings: by working days that the company sets, told once, taken back by any progress."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.access.administration.parameters import set_parameter
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.organisation.working_days import add_working_days
from core.work.notices import notices
from plugins.sales.models import Opportunity, Project
from plugins.sales.operations import change_opportunity, create_opportunity, warn_opportunities, warn_projects, write_entry
from plugins.sales.rules.opportunities import Warned, warning
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import World


def warn(world: World, day: date, what: str = "opportunities") -> int:
    """What the daily job does for the company."""
    step = warn_opportunities if what == "opportunities" else warn_projects
    with acting_as(System("warnings", world.employees[SELLER].company_id)), world.keguan.database.transaction() as session:
        return step(session, day)


def untouched(world: World, shop: Shop, days: int, **values: object) -> Opportunity:
    """An opportunity that nobody has touched for so many days."""
    customer = shop.trade.customer().id
    with world.use_case(SELLER) as session:
        return create_opportunity(session, {"title": "搁置的商机", "customer": customer, **values}, moment=now() - timedelta(days=days))


@pytest.mark.requirement("R-199", "R-374")
def test_an_opportunity_past_its_date_is_told_once_and_again_only_after_it_was_moved(world: World, shop: Shop) -> None:
    opportunity = shop.opportunity(expected_on=today())
    assert warn(world, today()) == 0
    assert [warn(world, today() + timedelta(days=1)) for _ in range(2)] == [1, 0]
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, opportunity.id).warned is Warned.OVERDUE
        assert [notice.url for notice in notices(session)][:1] == [f"/opportunities/{opportunity.id}"]
    with world.use_case(SELLER) as session:
        assert change_opportunity(session, opportunity.id, None, {"next_step": "再报价"}).warned is None
    assert warn(world, today() + timedelta(days=1)) == 1


@pytest.mark.requirement("R-173")
@pytest.mark.requirement("R-199", "R-374")
def test_standing_still_is_counted_in_working_days_of_the_companys_parameter(world: World, shop: Shop) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "sales.still_days", 5, starts_on=today())
    with world.reading(SELLER) as session:
        limit = add_working_days(session, today(), -5)
    long_ago = untouched(world, shop, (today() - limit).days + 1)
    untouched(world, shop, (today() - limit).days)
    assert warn(world, today()) == 1
    with world.reading(SELLER) as session:
        assert session.get(Opportunity, long_ago.id).warned is Warned.STILL


def test_of_many_each_is_told_in_batches(world: World, shop: Shop) -> None:
    customer = shop.trade.customer().id
    for _ in range(3):
        shop.opportunity(customer=customer, expected_on=today() - timedelta(days=1))
    with acting_as(System("warnings", world.employees[SELLER].company_id)), world.keguan.database.transaction() as session:
        assert [warn_opportunities(session, today(), limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.requirement("R-325")
def test_a_project_without_entries_is_told_to_its_manager_and_the_head(world: World, shop: Shop) -> None:
    project = shop.project()
    later = today() + timedelta(days=40)
    assert [warn(world, later, "projects") for _ in range(2)] == [1, 0]
    for account in (SELLER, HEAD):
        with world.reading(account) as session:
            assert any(notice.url == f"/projects/{project.id}" for notice in notices(session)), account
    with world.use_case(SELLER) as session:
        write_entry(session, {"project": project.id, "content": "恢复施工"})
    with world.reading(SELLER) as session:
        assert session.get(Project, project.id).warned is None


@pytest.mark.parametrize(
    ("expected", "touched", "mark"),
    [(None, 0, None), (None, -11, Warned.STILL), (-1, 0, Warned.OVERDUE), (0, -10, None), (-1, -30, Warned.OVERDUE)],
)
def test_a_missed_date_weighs_more_than_standing_still(expected: int | None, touched: int, mark: Warned | None) -> None:
    day = date(2026, 6, 1)
    until = day + timedelta(days=expected) if expected is not None else None
    assert warning(until, day + timedelta(days=touched), day - timedelta(days=10), day) is mark
