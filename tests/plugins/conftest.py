"""Fixtures for the plugins that come with the product: customers and contracts made by their verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.work.models import Notice
from plugins.contracts.models import Contract
from plugins.contracts.operations import draft_contract
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer, review_customer
from tests.world import World

LINES = (
    {"code": "KY-75A", "name": "螺杆空压机", "unit": "台", "quantity": Decimal(2), "price": Decimal("186000.00")},
    {"code": "BY-12", "name": "年度保养包", "unit": "套", "quantity": Decimal("1.5"), "price": Decimal("12800.00")},
)
Told = dict[str, list[str]]
"""What people were told, by account."""
HEADS = {"east": "head.east", "west": "head.west"}


@dataclass(frozen=True)
class Trade:
    """Makes customers and contracts in the demo company of the tests."""

    world: World

    def employee(self, account: str) -> int:
        """Id of the employee behind the account."""
        return self.world.employees[account].id

    def entered(self, by: str = "sales.east1", **values: Any) -> Customer:
        """A customer that waits for review."""
        with self.world.use_case(by) as session:
            return create_customer(
                session, {"name": "苏州恒锐精密机械有限公司", "address": "苏州市吴中区", "phone": "0512-6688 0000", **values}
            )

    def customer(self, owner: str = "sales.east1", **values: Any) -> Customer:
        """A customer that the head has approved and given to ``owner``."""
        entered = self.entered(owner, **values)
        head = HEADS["west" if "west" in owner else "east"]
        with self.world.use_case(head) as session:
            return review_customer(session, entered.id, entered.version, approve=True, owner=self.employee(owner))

    def contract(self, by: str = "sales.east1", customer: Customer | None = None, **values: Any) -> Contract:
        """A draft with two lines, worth 391,200.00 yuan."""
        customer = customer or self.customer(by)
        with self.world.use_case(by) as session:
            return draft_contract(session, {"title": "空压站", "customer": customer.id, "lines": LINES, **values})


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers and contracts on demand."""
    return Trade(world)


@pytest.fixture
def heard(world: World) -> Callable[..., Told]:
    """What each of some people was told that contains some words, in English."""

    def look(words: str, *accounts: str) -> Told:
        found = {}
        for account in accounts:
            with world.reading(account) as session:
                mine = select(Notice).where(Notice.employee_id == world.employees[account].id).order_by(Notice.id)
                found[account] = [f"{one.message} {one.url}" for one in session.scalars(mine) if words in str(one.message)]
        return found

    return look
