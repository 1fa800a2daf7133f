"""Contracts with schedules and what hangs on them, made by their verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.kernel.clock import today
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.operations import add_payment, sign_contract
from plugins.contracts.rules import ReleasedBy
from tests.plugins.conftest import Trade
from tests.world import World

CLERK = "contracts"
Parts = list[ScheduledPayment]


@pytest.fixture
def scheduled(trade: Trade, world: World) -> Callable[..., Contract]:
    """Draft a contract over 391,200 yuan with a schedule: ``scheduled(("预付款", "91200", 0), ("验收款", "300000", 60))``, due in days."""

    def make(*parts: tuple[str, str, int], released_by: ReleasedBy = ReleasedBy.HAND, **values: Any) -> Contract:
        contract = trade.contract(**values)
        with world.use_case("sales.east1") as session:
            for title, amount, days in parts:
                due_on = today() + timedelta(days=days)
                planned = {"contract": contract.id, "title": title, "amount": Decimal(amount), "due_on": due_on}
                add_payment(session, {**planned, "released_by": released_by})
        return contract

    return make


@pytest.fixture
def sign(world: World) -> Callable[..., Contract]:
    """Let the contract administrator sign."""

    def make(contract: Contract, **values: Any) -> Contract:
        with world.use_case(CLERK) as session:
            return sign_contract(session, contract.id, None, **values)

    return make


@pytest.fixture
def parts_of(world: World) -> Callable[[Contract], Parts]:
    """All parts of a contract's schedule, replaced ones too, by number."""

    def read(contract: Contract) -> Parts:
        wanted = select(ScheduledPayment).where(ScheduledPayment.contract_id == contract.id).order_by(ScheduledPayment.position)
        with world.reading(CLERK) as session:
            found = list(session.scalars(wanted))
            session.expunge_all()  # they outlive the reading
        return found

    return read
