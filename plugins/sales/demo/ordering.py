"""Demo orders in every state, each on a contract where contracts are kept."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.extension.calling import hooks
from core.kernel.acting import Actor, acting_as
from core.kernel.clock import today
from plugins.catalog.public import ProductSummary
from plugins.customers.public import CustomerSummary
from plugins.sales.models import Order
from plugins.sales.operations import approve_discount, approve_review, cancel_order, close_order, create_order, return_order, submit_order
from plugins.sales.operations.orders import ASK_CONTRACT
from plugins.sales.rules.orders import OrderKind, OrderState

PLAN = ("effective", "price", "review", "closed", "draft", "approved", "effective", "returned", "cancelled", "reviewed")
"""How far each demo order goes."""
MADE = ("review", "reviewed", "returned")
CHEAP = ("price", "approved")
NUMBERS = 400
"""Contract numbers of a year that the demo asks for at most."""
Actors = Mapping[int, Actor]


def make(
    session: Session, chance: random.Random, ready: Sequence[CustomerSummary], goods: Sequence[ProductSummary], actors: Actors
) -> None:
    """Take :data:`PLAN` orders from customers whose contract is in force."""
    customers = {customer.id: customer for customer in ready}
    found = list(_contracts(session, customers, actors))
    limited = [product for product in goods if product.lowest_discount is not None]
    for number, step in enumerate(PLAN if found else ()):
        customer, contract = found[number % len(found)]
        _one(session, chance, customer, contract, limited if step in CHEAP else goods, step, actors)


def _contracts(session: Session, customers: Mapping[int, CustomerSummary], actors: Actors) -> Iterator[tuple[CustomerSummary, str]]:
    """Customers with the number of a contract in force; where nobody keeps contracts, numbers are only text."""
    with acting_as(next(iter(actors.values()))):
        kept = hooks().heard(ASK_CONTRACT)
        for year in (today().year, today().year - 1):
            for number in range(1, NUMBERS if kept else 0):
                known = hooks().crm_sales_contract_numbered(session=session, number=f"HT-{year}-{number:04d}")
                if known is None:
                    break  # they are given without a gap
                if known.open and known.customer_id in customers:
                    yield customers[known.customer_id], known.number
    if not kept:
        yield from ((customer, f"HT-{today().year}-{number:04d}") for number, customer in enumerate(list(customers.values())[:8], 1))


def _one(
    session: Session,
    chance: random.Random,
    customer: CustomerSummary,
    contract: str,
    goods: Sequence[ProductSummary],
    step: str,
    actors: Actors,
) -> None:
    with acting_as(actors[customer.owner_id]):
        order = create_order(session, _values(chance, customer, contract, goods, step))
        if step == "draft":
            return
        submit_order(session, order.id, order.version)
        if step == "closed":
            close_order(session, order.id, order.version, reason="delivered")
        elif step == "cancelled":
            cancel_order(session, order.id, order.version, reason="客户调整采购计划，重新下单")
    _decide(session, order, step, actors)


def _decide(session: Session, order: Order, step: str, actors: Actors) -> None:
    """Whoever may decide does so; a company without that person leaves the order waiting."""
    right = "approve_discount" if order.state is OrderState.PRICE_REVIEW else "review"
    who = next((one for one in actors.values() if one.may(Order.__resource__, right) and _reaches(one, order, right)), None)
    if who is None:
        return
    with acting_as(who):
        if step == "approved":
            approve_discount(session, order.id, order.version)
        elif step == "reviewed":
            approve_review(session, order.id, order.version)
        elif step == "returned":
            return_order(session, order.id, order.version, reason="请补充非标件的图纸编号和交货批次")


def _reaches(who: Actor, order: Order, right: str) -> bool:
    return right == "approve_discount" or order.department_id in who.subtree


def _values(chance: random.Random, customer: CustomerSummary, contract: str, goods: Sequence[ProductSummary], step: str) -> dict[str, Any]:
    discount = Decimal(55) if step in CHEAP else Decimal(100)
    chosen = chance.sample(list(goods), min(len(goods), chance.randint(1, 3)))
    return {
        "title": f"{customer.name.removesuffix('有限公司')}第{chance.randint(1, 4)}批供货",
        "customer": customer.id,
        "contract_number": contract,
        "kind": OrderKind.MADE_TO_ORDER if step in MADE else OrderKind.STOCK,
        "confirmation": chance.choice(("signed", "fax", "email")),
        "basis": chance.choice(("fax_agreement", "electronic_file", "framework")),
        "logistics": chance.choice(("road", "own_vehicle", "pick_up")),
        "needed_on": today() + timedelta(days=chance.randint(10, 60)),
        "lines": [{"code": product.code, "quantity": Decimal(chance.randint(1, 8)), "discount": discount} for product in chosen],
    }
