"""The main flow of the business, once by the verbs and once by REST: the same states, numbers, balances and audit actions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.models import AuditRow
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.operations.demo_counts import digest
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, Receipt
from plugins.contracts.models import Contract, OralContract, ScheduledPayment
from plugins.contracts.public import invoiceable_amount
from plugins.sales.models import Milestone, Opportunity, Order, Project
from plugins.service.models import DispatchOrder, ServiceRequest
from tests.scenarios.conftest import way_called
from tests.scenarios.story import PEOPLE, Story
from tests.world import World, look_around

KINDS = {
    "opportunity": Opportunity,
    "contract": Contract,
    "order": Order,
    "project": Project,
    "notice": InvoiceNotice,
    "invoice": Invoice,
    "receipt": Receipt,
    "allocation": Allocation,
    "request": ServiceRequest,
    "dispatch": DispatchOrder,
    "oral": OralContract,
}


def stored(story: Story, kind: str, read: Callable[[Any], Any]) -> Any:
    """Something of a record of the story, as it is stored."""
    world = story.world
    with acting_as(System("look", world.companies["qiheng"].id)):
        session = world.keguan.database.session()
        session.expunge_all()
        found = read(session.get(KINDS[kind], story.ids[kind]))
        world.keguan.database.release()
    return found


def trail(world: World) -> list[tuple[str, str, str]]:
    """Who did what to which kind of business record, in its order."""
    wanted = select(AuditRow.who, AuditRow.action, AuditRow.table_name).order_by(AuditRow.id)
    with acting_as(System("look", world.companies["qiheng"].id)):
        session = world.keguan.database.session()
        rows = session.execute(wanted.where(AuditRow.table_name != "", AuditRow.table_name.not_like("core%"))).all()
        world.keguan.database.release()
    return [(who, action, table) for who, action, table in rows]


@pytest.mark.requirement("R-154", "R-482")
@pytest.mark.requirement(
    "R-168", "R-169", "R-197", "R-200", "R-203", "R-204", "R-217", "R-229", "R-239", "R-240", "R-241", "R-242", "R-243", "R-246", "R-353"
)
@pytest.mark.requirement("R-214")
@pytest.mark.requirement("R-222")
@pytest.mark.requirement("R-223")
@pytest.mark.requirement("R-226")
@pytest.mark.requirement("R-227")
@pytest.mark.requirement("R-228")
@pytest.mark.requirement("R-231")
@pytest.mark.requirement("R-324")
@pytest.mark.requirement("R-330")
def test_a_customers_way_from_the_first_entry_to_money_and_service(story: Story) -> None:
    story.tell()
    states = {kind: str(stored(story, kind, lambda record: record.state)) for kind in KINDS}
    assert states == {
        "opportunity": "won",
        "contract": "effective",
        "order": "effective",
        "project": "running",
        "notice": "done",
        "invoice": "booked_in",
        "receipt": "allocated",
        "allocation": "active",
        "request": "archived",
        "dispatch": "done",
        "oral": "confirmed",
    }
    year = today().year
    numbers = [stored(story, kind, lambda record: record.number) for kind in ("contract", "order", "notice", "receipt", "dispatch")]
    assert numbers == [f"{prefix}-{year}-0001" for prefix in ("HT", "XS", "KP", "SK", "PG")]
    assert stored(story, "contract", lambda contract: contract.amount) == Decimal("347600.00")
    assert stored(story, "order", lambda order: order.amount) == Decimal("148800.00")
    assert stored(story, "invoice", lambda one: (one.net, one.tax, one.amount)) == (
        Decimal("184566.37"),
        Decimal("23993.63"),
        Decimal("208560.00"),
    )
    assert stored(story, "receipt", lambda receipt: (receipt.allocated, receipt.rest)) == (Decimal("200000.00"), Decimal("0.00"))
    with story.world.reading("contracts") as session:
        assert invoiceable_amount(session, story.ids["contract"]) == Decimal("208560.00")
        parts = session.scalars(select(ScheduledPayment).order_by(ScheduledPayment.position)).all()
        assert [(part.amount, str(part.state), part.milestone) for part in parts] == [
            (Decimal("104280.00"), "waiting", None),
            (Decimal("208560.00"), "invoiceable", "设备到货验收"),
            (Decimal("34760.00"), "waiting", None),
        ]
        assert session.scalars(select(Milestone)).one().reached_on == today()


def test_seven_people_took_part_and_the_trail_names_each(story: Story) -> None:
    story.tell()
    names = {story.world.employees[account].name for account in PEOPLE}
    assert names <= {who for who, _, _ in trail(story.world)}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_verbs_and_rest_leave_the_same_behind(site: Any) -> None:
    left = []
    for name in ("verbs", "rest"):
        site.close()
        site.open("peopled")
        world = look_around(site.keguan)
        Story(way_called(name, world, site), world).tell()
        left.append((digest(world.keguan.database, "qiheng"), trail(world)))
    assert left[0] == left[1]
