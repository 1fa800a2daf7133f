"""Demo quotations in every state, most of them about an opportunity."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.database.lines import lines_of
from core.kernel.acting import Actor, acting_as
from core.kernel.story import Story, ago
from plugins.catalog.public import ProductSummary
from plugins.customers.public import CustomerSummary
from plugins.sales.demo.words import ANSWERS, OFFERS, REFUSALS, TERMS
from plugins.sales.models import Opportunity, Quotation, QuotationLine
from plugins.sales.operations import (
    accept_quotation,
    approve_low_price,
    change_quotation,
    create_quotation,
    decline_quotation,
    order_quotation,
    revise_quotation,
    send_quotation,
    submit_quotation,
)
from plugins.sales.rules.quotations import QuotationState

PLAN = ("sent", "ordered", "draft", "price", "declined", "revised", "expired", "ready", "accepted", "approved", "sent", "declined")
"""How far each demo quotation goes."""
CHEAP = ("price", "approved")
SENT = ("sent", "ordered", "declined", "revised", "expired", "accepted")
AGES = {
    "expired": (45, 45),
    **dict.fromkeys(SENT[:4], (9, 20)),
    "accepted": (9, 20),
    **dict.fromkeys(("draft", "price", "ready", "approved"), (0, 2)),
}
"""How many days ago each was written."""
Actors = Mapping[int, Actor]


def make(
    session: Session, chance: random.Random, ready: Sequence[CustomerSummary], goods: Sequence[ProductSummary], actors: Actors
) -> None:
    """Quote :data:`PLAN` times, mostly to customers that have bought before."""
    limited = [product for product in goods if product.lowest_discount is not None]
    for number, step in enumerate(PLAN):
        customer = ready[number // 2 % len(ready)]
        owner = actors[customer.owner_id]
        age = chance.randint(*AGES[step])
        with Story(chance, max(ago(age), customer.entered_on + timedelta(days=4))) as story:
            with acting_as(owner):
                quotation = create_quotation(session, _values(session, story, customer, limited if step in CHEAP else goods, step))
                story.minutes(20, 120)
                if step in SENT:
                    _send(session, story, quotation, step)
                elif step != "draft":
                    submit_quotation(session, quotation.id, quotation.version)
            if step == "approved" and quotation.state is QuotationState.PRICE_REVIEW:
                story.days(0, 1)
                _pass(session, quotation, actors)


def _send(session: Session, story: Story, quotation: Quotation, step: str) -> None:
    chance = story.chance
    send_quotation(session, quotation.id, quotation.version, way=chance.choice(("fax", "email", "by_hand", "wechat")))
    if step not in ("sent", "expired"):
        story.days(2, 6)
    if step in ("ordered", "accepted"):
        accept_quotation(session, quotation.id, quotation.version, answer=chance.choice(ANSWERS))
    if step == "ordered":
        story.days(0, 2)
        order_quotation(session, quotation.id, quotation.version)
    elif step == "declined":
        reason, answer = chance.choice(REFUSALS)
        decline_quotation(session, quotation.id, quotation.version, reason=reason, answer=answer)
    elif step == "revised":
        _revise(session, story, quotation)


def _revise(session: Session, story: Story, quotation: Quotation) -> None:
    """The customer wanted it cheaper: the second edition gives two per cent more."""
    second = revise_quotation(session, quotation.id, quotation.version)
    cheaper = [
        {"code": line.code, "quantity": line.quantity, "price": line.price, "discount": Decimal(98)}
        for line in lines_of(session, QuotationLine, second.id)
    ]
    story.minutes(20, 90)
    change_quotation(session, second.id, second.version, {"note": "客户要求再让两个点，数量不变。", "lines": cheaper})
    story.minutes()
    send_quotation(session, second.id, second.version, way="email")


def _pass(session: Session, quotation: Quotation, actors: Actors) -> None:
    """Finance lets the price pass; a company without finance leaves the quotation waiting."""
    who = next((one for one in actors.values() if one.may(Quotation.__resource__, "approve_discount")), None)
    if who is not None:
        with acting_as(who):
            approve_low_price(session, quotation.id, quotation.version)


def _values(session: Session, story: Story, customer: CustomerSummary, goods: Sequence[ProductSummary], step: str) -> dict[str, Any]:
    chance = story.chance
    discount = Decimal({"revised": 100, "price": 55, "approved": 55}.get(step) or chance.choice((100, 98, 95)))
    chosen = chance.sample(list(goods), min(len(goods), chance.randint(2, 4)))
    opportunity = session.scalars(_worked_on(customer.id, story.day).limit(1)).first()
    offer = f"{customer.name.removesuffix('有限公司')}{chance.choice(OFFERS)}"
    return {
        "title": opportunity.title if opportunity is not None else offer,
        "customer": customer.id,
        "opportunity": opportunity.id if opportunity is not None else None,
        "quoted_on": story.day,
        "valid_until": story.day + timedelta(days=30),
        "terms": chance.choice(TERMS),
        "lines": [{"code": product.code, "quantity": Decimal(chance.randint(1, 6)), "discount": discount} for product in chosen],
    }


def _worked_on(customer_id: int, day: date) -> Select[Any]:
    """Opportunities with the customer that were open on the day."""
    open_then = or_(Opportunity.closed_on.is_(None), Opportunity.closed_on > day)
    return (
        select(Opportunity).where(Opportunity.customer_id == customer_id, Opportunity.opened_on < day, open_then).order_by(Opportunity.id)
    )
