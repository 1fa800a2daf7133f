"""Fixtures of service: requests and dispatch orders, made and moved by their verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.kernel.clock import SHANGHAI
from core.kernel.words import Message
from core.work.models import Notice
from plugins.customers.models import Customer
from plugins.service import operations
from plugins.service.models import DispatchOrder, ServiceRequest
from tests.plugins.conftest import Trade
from tests.world import World

MANAGER, AFTER_SALES = "sales.east1", "service"
MORNING = datetime(2026, 11, 18, 9, 0, tzinfo=SHANGHAI)
PART = {"code": "LX-02", "name": "精密过滤器滤芯", "unit": "只", "quantity": Decimal(2), "price": Decimal("460.00")}


@dataclass
class Service:
    """Makes requests and dispatch orders in the demo company of the tests, and moves them."""

    world: World
    trade: Trade
    known: Customer | None = None

    def customer(self) -> Customer:
        """One approved customer of the customer manager."""
        self.known = self.known or self.trade.customer(MANAGER)
        return self.known

    def request(self, by: str = AFTER_SALES, **values: Any) -> ServiceRequest:
        """A request that has just come in."""
        customer = values.pop("customer", None) or self.customer().id
        with self.world.use_case(by) as session:
            return operations.receive_request(session, {"title": "空压机高温报警", "customer": customer, **values})

    def started(self, handler: str = AFTER_SALES, **values: Any) -> ServiceRequest:
        """A request that ``handler`` works on."""
        request = self.request(**values)
        self.do(operations.assign_request, request, AFTER_SALES, handler=self.trade.employee(handler))
        self.do(operations.start_handling, request, handler)
        return self.fresh(request)

    def planned(self, request: ServiceRequest, by: str = AFTER_SALES, worker: str = AFTER_SALES, **values: Any) -> DispatchOrder:
        """A dispatch order for tomorrow morning."""
        starts_at = values.pop("starts_at", MORNING)
        span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)}
        told = {"title": "上门检修", "request": request.id, "owner": self.trade.employee(worker), **span, **values}
        with self.world.use_case(by) as session:
            return operations.plan_dispatch(session, told)

    def issued(self, request: ServiceRequest, by: str = AFTER_SALES, **values: Any) -> DispatchOrder:
        """A dispatch order with its number."""
        order = self.planned(request, by, **values)
        self.do(operations.issue_dispatch, order, by)
        return self.fresh(order)

    def on_site(self, request: ServiceRequest, by: str = AFTER_SALES, worker: str = AFTER_SALES) -> DispatchOrder:
        """A dispatch order whose worker has arrived."""
        order = self.issued(request, by, worker=worker)
        for verb in (operations.accept_dispatch, operations.arrive_on_site):
            self.do(verb, order, worker)
        return self.fresh(order)

    def do(self, verb: Callable[..., Any], record: Any, by: str, **values: Any) -> Any:
        """Run one verb in its own use case."""
        with self.world.use_case(by) as session:
            return verb(session, record.id, None, **values)

    def fresh(self, record: Any, by: str = AFTER_SALES) -> Any:
        """The record as it is stored now."""
        with self.world.reading(by) as session:
            found = session.get(type(record), record.id)
            assert found is not None
            session.expunge(found)
            return found

    def told(self, account: str) -> list[str]:
        """Sentences of the notices that somebody has, oldest first, in the words of the code."""
        with self.world.reading(account) as session:
            wanted = select(Notice.message).where(Notice.employee_id == self.trade.employee(account)).order_by(Notice.id)
            return [message.text for message in session.scalars(wanted) if isinstance(message, Message)]


@pytest.fixture
def service(world: World, trade: Trade) -> Service:
    """Requests and dispatch orders on demand."""
    return Service(world, trade)
