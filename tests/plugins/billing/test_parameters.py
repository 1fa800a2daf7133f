"""What a company sets changes the rule at once: days, working days, bands (R-061)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.access.administration import set_parameter
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.organisation.working_days import add_working_days
from core.work.models import Notice
from plugins.billing.reports.ageing import By, ageing
from plugins.contracts.jobs import remind
from plugins.contracts.models import Contract
from plugins.contracts.operations import sign_contract
from tests.plugins.billing.conftest import ADMINISTRATOR, SELLER, Books
from tests.plugins.billing.test_reports import move_due
from tests.world import World


def let(world: World, name: str, value: object) -> None:
    """The administrator sets a parameter from today on."""
    with world.use_case("admin") as session:
        set_parameter(session, name, value)


@pytest.mark.requirement("R-061", "R-327")
def test_the_working_days_to_issue_an_invoice_are_those_of_the_company(books: Books, contract: Contract, world: World) -> None:
    before = books.sent(contract)
    let(world, "billing.issue_days", 9)
    after = books.sent(contract)
    with world.reading(SELLER) as session:
        assert (before.due_on, after.due_on) == tuple(add_working_days(session, today(), days) for days in (2, 9))


@pytest.mark.requirement("R-061", "R-326")
def test_the_days_for_feedback_are_those_of_the_company(books: Books, contract: Contract, world: World) -> None:
    before = books.invoice(books.sent(contract))
    let(world, "billing.feedback_days", 12)
    after = books.invoice(books.sent(contract))
    assert [one.feedback_due_on - today() for one in (before, after)] == [timedelta(days=30), timedelta(days=12)]


@pytest.mark.requirement("R-061", "R-234")
def test_money_is_aged_in_the_bands_of_the_company(books: Books, contract: Contract, world: World) -> None:
    move_due(books, world, contract, 100)
    rest, due = Decimal("273840.00"), Decimal("117360.00")
    for bands, key, limits in (("30,60,90,180", "4", (91, 180)), ("10,20", "3", (21, None))):
        let(world, "billing.ageing_bands", bands)
        with world.reading(SELLER) as session:
            found = ageing(session, By.CUSTOMER, today())
        assert found.rows[0].amounts == {"waiting": rest, key: due}
        (band,) = (one for one in found.bands if one.key == key)
        assert (band.first, band.last) == limits


@pytest.mark.requirement("R-061", "R-104")
def test_who_has_a_contract_is_reminded_as_early_as_the_company_says(books: Books, world: World) -> None:
    contract = books.trade.contract(ends_on=today() + timedelta(days=45))
    with world.use_case(ADMINISTRATOR) as session:
        sign_contract(session, contract.id, None)
    told = []
    for days in (30, 60):
        let(world, "contracts.reminder_days", days)
        with acting_as(System("test", contract.company_id)), world.keguan.database.transaction() as session:
            remind(session, None)
            mine = select(func.count(Notice.id)).where(Notice.employee_id == contract.owner_id, Notice.url == f"/contracts/{contract.id}")
            told.append(session.scalar(mine))
    assert told == [0, 1]
