"""Files of opportunities: the same file again changes nothing, and what somebody set by hand stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.extension.exchange import ConvertedRow
from core.kernel.clock import today
from plugins.contracts.models import Contract
from plugins.sales.imports.opportunities import write_opportunities
from plugins.sales.models import Opportunity, OpportunityLine
from plugins.sales.operations import change_opportunity
from plugins.sales.rules.opportunities import STAGES, OpportunityState
from tests.plugins.sales.conftest import HEAD, SELLER, Shop
from tests.world import World


def row(number: int, **values: Any) -> ConvertedRow:
    """One row of a file."""
    given = {"external_number": f"X{number}", "stage": STAGES[1][0], "opened_on": date(2017, 1, 5), **values}
    return ConvertedRow(number, (given["external_number"],), {name: value for name, value in given.items() if value is not None})


def write(world: World, *rows: ConvertedRow, by: str = HEAD) -> list[str]:
    """States of the outcomes."""
    with world.use_case(by) as session:
        return [outcome.state for outcome in write_opportunities(session, rows)]


def stored(world: World, number: str) -> dict[str, Any]:
    """An imported opportunity by its external number."""
    with world.reading(HEAD) as session:
        found = session.scalars(select(Opportunity).where(Opportunity.external_number == number)).one()
        lines = session.scalars(select(OpportunityLine).where(OpportunityLine.opportunity_id == found.id)).all()
        return {
            **{name: getattr(found, name) for name in (column.key for column in Opportunity.__table__.columns)},
            "lines": [(x.code, x.amount) for x in lines],
        }


@pytest.mark.requirement("R-092")
def test_the_same_file_twice_changes_nothing(world: World, shop: Shop) -> None:
    shop.product(code="GTX-P", name="GTX Pro", aliases="Pro 型")
    customer = shop.trade.customer(code="Acme Corporation")
    rows = [
        row(1, customer="Acme Corporation", product="GTXPro", stage="won", closed_on=date(2017, 3, 1), amount=Decimal(1054), owner=SELLER),
        row(2, customer="Acme Corporation", product="GTX Pro", stage="lost", closed_on=date(2017, 3, 2), amount=Decimal(0), owner="吴佳宁"),
        row(3, product="pro型", owner=SELLER),
        row(4, product="没有的产品"),
        row(5, customer="没有的客户"),
        row(6, owner="没有的人"),
        row(7, stage="没有的阶段"),
        row(8, closed_on=date(2199, 1, 1), stage="won"),
        row(9, external_number=None),
    ]
    first, second = write(world, *rows), write(world, *rows)
    assert first == ["created"] * 3 + ["rejected"] * 6
    assert second == ["unchanged"] * 3 + ["rejected"] * 6
    won, lost, running = (stored(world, f"X{number}") for number in (1, 2, 3))
    assert (won["state"], won["closed_on"], won["won_reason"], won["chance"]) == (OpportunityState.WON, date(2017, 3, 1), "unknown", 100)
    assert (won["customer_id"], won["customer_name"], won["opened_on"]) == (customer.id, customer.name, date(2017, 1, 5))
    assert (won["lines"], won["amount"]) == ([("GTX-P", Decimal("1054.00"))], Decimal("1054.00"))
    assert (lost["state"], lost["owner_id"]) == (OpportunityState.LOST, shop.trade.employee("sales.east2"))
    assert (running["state"], running["chance"], running["customer_id"]) == (OpportunityState.OPEN, STAGES[1][1], None)
    assert running["amount"] == Decimal("1000.00"), "without an amount a deal is worth one of its product"
    with world.reading(HEAD) as session:
        assert session.scalars(select(Contract)).all() == [], "what was won elsewhere drafts no contract here"


def test_a_changed_row_changes_its_opportunity_and_no_other(world: World, shop: Shop) -> None:
    shop.product()
    write(world, row(1, product="KY-75A", amount=Decimal(500)), row(2, title="第二"))
    again = write(
        world, row(1, product="KY-75A", amount=Decimal(700), stage="赢单", closed_on=today(), reason="价格优势"), row(2, title="第二")
    )
    assert again == ["updated", "unchanged"]
    changed = stored(world, "X1")
    assert (changed["amount"], changed["lines"], changed["won_reason"]) == (Decimal(700), [("KY-75A", Decimal(700))], "price")


def test_what_somebody_set_by_hand_stays_where_the_file_does_not_tell_it(world: World, shop: Shop) -> None:
    shop.product()
    write(world, row(1, product="KY-75A"))
    with world.use_case(HEAD) as session:
        known = session.scalars(select(Opportunity)).one()
        lines = [{"code": "KY-75A", "quantity": Decimal(1)}, {"code": "KY-75A", "quantity": Decimal(2)}]
        change_opportunity(session, known.id, None, {"chance": 61, "next_step": "回访", "lines": lines})
    assert write(world, row(1, product="KY-75A")) == ["unchanged"]
    assert (stored(world, "X1")["chance"], stored(world, "X1")["amount"]) == (61, Decimal(3000))


@pytest.mark.requirement("R-441")
def test_a_number_that_another_has_is_refused_without_telling_whose_it_is(world: World, shop: Shop) -> None:
    write(world, row(1), by="sales.west1")
    with world.use_case(SELLER) as session:
        outcome = write_opportunities(session, [row(1, title="我的")])[0]
    assert (outcome.state, outcome.field) == ("rejected", "external_number")
    assert "马一川" not in str(outcome.reason)
