"""Demo orders in every state, each on a contract where contracts are kept."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.extension.calling import hooks
from core.kernel.acting import Actor, acting_as
from core.kernel.story import Story, ago
from plugins.catalog.public import ProductSummary
from plugins.customers.public import CustomerSummary
from plugins.sales.models import Order
from plugins.sales.operations import approve_discount, approve_review, cancel_order, close_order, create_order, return_order, submit_order
from plugins.sales.operations.orders import ASK_CONTRACT
from plugins.sales.rules.orders import OrderKind, OrderState

PLAN = ("closed", "cancelled", "effective", "price", "review", "approved", "reviewed", "effective", "returned", "draft")
"""How far each demo order goes."""
AGES = {"closed": (25, 40), "cancelled": (20, 30), "effective": (5, 20), "approved": (5, 12), "reviewed": (5, 12), "returned": (4, 8)}
"""How many days ago it was written; what nobody has decided about, in these days."""
MADE = ("review", "reviewed", "returned")
CHEAP = ("price", "approved")
ENOUGH = Decimal(4_000)
"""What has to be left of a contract for one more order, in yuan."""
NUMBERS = 400
"""Contract numbers of a year that the demo asks for at most."""
Actors = Mapping[int, Actor]


@dataclass
class Basis:
    """The contract that orders rest on: who it is with, and how much of it nobody has ordered yet (yuan; without limit if nobody knows)."""

    customer: CustomerSummary
    number: str
    since: date
    rest: Decimal = Decimal("Infinity")
    orders: int = 0


def make(
    session: Session, chance: random.Random, ready: Sequence[CustomerSummary], goods: Sequence[ProductSummary], actors: Actors
) -> None:
    """Take :data:`PLAN` orders from customers whose contract is in force, within what it is worth."""
    customers = {customer.id: customer for customer in ready}
    found = sorted(_contracts(session, customers, actors), key=lambda basis: basis.since)
    limited = [product for product in goods if product.lowest_discount is not None]
    stories = [(Story(chance, ago(chance.randint(*AGES.get(step, (0, 3))))), step) for step in PLAN]
    for story, step in sorted(stories, key=lambda one: one[0].opens):  # the oldest first, so that numbers are given in order
        basis = next((one for one in found if one.since < story.day and one.rest > ENOUGH), None)
        if basis is None:
            continue
        found.append(found.pop(found.index(basis)))
        with story:
            order = _one(session, story, basis, limited if step in CHEAP else goods, step, actors)
            basis.rest, basis.orders = basis.rest - order.amount, basis.orders + 1


def _contracts(session: Session, customers: Mapping[int, CustomerSummary], actors: Actors) -> Iterator[Basis]:
    """Contracts in force; where nobody keeps contracts, numbers are only text."""
    with acting_as(next(iter(actors.values()))):
        kept = hooks().heard(ASK_CONTRACT)
        for year in (ago(0).year - 1, ago(0).year):
            for number in range(1, NUMBERS if kept else 0):
                known = hooks().crm_sales_contract_numbered(session=session, number=f"HT-{year}-{number:04d}")
                if known is None:
                    break  # they are given without a gap
                if known.open and known.customer_id in customers:
                    yield Basis(customers[known.customer_id], known.number, known.signed_on, known.amount)
    if not kept:
        for number, customer in enumerate(list(customers.values())[:8], 1):
            yield Basis(customer, f"HT-{ago(0).year}-{number:04d}", customer.entered_on + timedelta(days=5))


def _one(session: Session, story: Story, basis: Basis, goods: Sequence[ProductSummary], step: str, actors: Actors) -> Order:
    with acting_as(actors[basis.customer.owner_id]):
        order = create_order(session, _values(story, basis, goods, step))
        if step == "draft":
            return order
        story.minutes(10, 50)
        submit_order(session, order.id, order.version)
        if step == "closed":
            story.days(12, 24)
            close_order(session, order.id, order.version, reason="delivered")
        elif step == "cancelled":
            story.days(1, 5)
            cancel_order(session, order.id, order.version, reason="客户调整采购计划，重新下单")
    story.days(0, 2)
    _decide(session, order, step, actors)
    return order


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


def _values(story: Story, basis: Basis, goods: Sequence[ProductSummary], step: str) -> dict[str, Any]:
    chance, customer = story.chance, basis.customer
    return {
        "title": f"{customer.name.removesuffix('有限公司')}第{basis.orders + 1}批供货",
        "customer": customer.id,
        "contract_number": basis.number,
        "kind": OrderKind.MADE_TO_ORDER if step in MADE else OrderKind.STOCK,
        "confirmation": chance.choice(("signed", "fax", "email")),
        "basis": chance.choice(("fax_agreement", "electronic_file", "framework")),
        "logistics": chance.choice(("road", "own_vehicle", "pick_up")),
        "needed_on": (story.day if step == "closed" else max(story.day, ago(0))) + timedelta(days=chance.randint(10, 40)),
        "lines": list(_lines(chance, basis.rest, goods, Decimal(55) if step in CHEAP else Decimal(100))),
    }


def _lines(chance: random.Random, rest: Decimal, goods: Sequence[ProductSummary], discount: Decimal) -> Iterator[dict[str, Any]]:
    """One to three products, as many of each as fit into what is left of the contract."""
    fitting = [product for product in goods if product.list_price <= rest]
    for product in chance.sample(fitting, min(len(fitting), chance.randint(1, 3))):
        quantity = min(chance.randint(1, 8), int(rest // product.list_price) if rest.is_finite() else 8)
        if quantity:
            rest -= quantity * product.list_price
            yield {"code": product.code, "quantity": Decimal(quantity), "discount": discount}
