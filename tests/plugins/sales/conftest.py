"""Opportunities, quotations, orders and projects on demand, beside the customers and contracts of :class:`Trade`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from plugins.catalog.models import Product
from plugins.catalog.operations import create_product
from plugins.contracts.models import Contract
from plugins.contracts.operations import sign_contract
from plugins.customers.models import Customer
from plugins.sales.models import Opportunity, Order, Project, ProjectProposal, Quotation
from plugins.sales.operations import (
    approve_proposal,
    create_opportunity,
    create_order,
    create_project,
    create_proposal,
    create_quotation,
    submit_proposal,
)
from tests.plugins.conftest import Trade
from tests.world import World

SELLER, HEAD, FINANCE = "sales.east1", "head.east", "finance"


@dataclass(frozen=True)
class Shop:
    """Makes the records of sales in the demo company of the tests, each through its verb."""

    world: World
    trade: Trade

    def product(self, **values: Any) -> Product:
        """A product at 1,000 yuan that is not sold below 85 per cent without leave."""
        given = {"code": "KY-75A", "name": "螺杆空压机", "unit": "台", "list_price": Decimal(1000), "lowest_discount": Decimal(85)}
        with self.world.use_case(HEAD) as session:
            return create_product(session, given | values)

    def opportunity(self, by: str = SELLER, **values: Any) -> Opportunity:
        """An opportunity in its first stage, expected to bring 50,000 yuan unless it has lines."""
        if "customer" not in values:
            values["customer"] = self.trade.customer(by).id
        with self.world.use_case(by) as session:
            return create_opportunity(session, {"title": "二期空压站", "amount": Decimal(50_000), **values})

    def contract(self, customer: Customer, by: str = SELLER) -> Contract:
        """A signed contract with the customer."""
        draft = self.trade.contract(by, customer)
        with self.world.use_case(HEAD) as session:
            return sign_contract(session, draft.id, draft.version)

    def quotation(self, by: str = SELLER, customer: Customer | None = None, **values: Any) -> Quotation:
        """A draft of two pieces."""
        customer = customer or self.trade.customer(by)
        values.setdefault("lines", [{"code": "KY-75A", "quantity": Decimal(2)}])
        with self.world.use_case(by) as session:
            return create_quotation(session, {"title": "空压站报价", "customer": customer.id, **values})

    def order(self, by: str = SELLER, customer: Customer | None = None, **values: Any) -> Order:
        """A draft of two pieces on a contract in force, confirmed by fax."""
        customer = customer or self.trade.customer(by)
        if "contract_number" not in values:
            values["contract_number"] = self.contract(customer, by).number
        values.setdefault("lines", [{"code": "KY-75A", "quantity": Decimal(2)}])
        with self.world.use_case(by) as session:
            return create_order(session, {"title": "首批供货", "customer": customer.id, "confirmation": "fax", **values})

    def proposal(self, by: str = SELLER, **values: Any) -> ProjectProposal:
        """A project proposal that nobody has submitted."""
        if "customer" not in values:
            values["customer"] = self.trade.customer(by).id
        with self.world.use_case(by) as session:
            return create_proposal(session, {"title": "空压站改造", "amount": Decimal(300_000), **values})

    def approved(self, by: str = SELLER, **values: Any) -> ProjectProposal:
        """A project proposal that the head has approved."""
        proposal = self.proposal(by, **values)
        with self.world.use_case(by) as session:
            submit_proposal(session, proposal.id, proposal.version)
        with self.world.use_case(HEAD) as session:
            return approve_proposal(session, proposal.id, None)

    def project(self, by: str = SELLER, **values: Any) -> Project:
        """A running project from an approved proposal."""
        proposal = self.approved(by)
        with self.world.use_case(by) as session:
            return create_project(session, {"title": "空压站改造", "proposal": proposal.id, **values})


@pytest.fixture
def shop(world: World, trade: Trade) -> Shop:
    """Products, opportunities, orders and projects on demand."""
    return Shop(world, trade)
