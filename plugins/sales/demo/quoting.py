"""Demo quotations in every state, most of them about an opportunity."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lines import lines_of
from core.kernel.acting import Actor, acting_as
from core.kernel.clock import today
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
Actors = Mapping[int, Actor]


def make(
    session: Session, chance: random.Random, ready: Sequence[CustomerSummary], goods: Sequence[ProductSummary], actors: Actors
) -> None:
    """Quote :data:`PLAN` times, mostly to customers that have bought before."""
    limited = [product for product in goods if product.lowest_discount is not None]
    for number, step in enumerate(PLAN):
        customer = ready[number // 2 % len(ready)]
        owner = actors[customer.owner_id]
        with acting_as(owner):
            quotation = create_quotation(session, _values(session, chance, customer, limited if step in CHEAP else goods, step))
            if step in SENT:
                _send(session, chance, quotation, step)
            elif step != "draft":
                submit_quotation(session, quotation.id, quotation.version)
        if step == "approved" and quotation.state is QuotationState.PRICE_REVIEW:
            _pass(session, quotation, actors)


def _send(session: Session, chance: random.Random, quotation: Quotation, step: str) -> None:
    assert quotation.quoted_on is not None
    way = chance.choice(("fax", "email", "by_hand", "wechat"))
    send_quotation(session, quotation.id, quotation.version, way=way, on=quotation.quoted_on)
    answered = quotation.quoted_on + timedelta(days=chance.randint(2, 6))
    if step in ("ordered", "accepted"):
        accept_quotation(session, quotation.id, quotation.version, on=answered, answer=chance.choice(ANSWERS))
    if step == "ordered":
        order_quotation(session, quotation.id, quotation.version)
    elif step == "declined":
        reason, answer = chance.choice(REFUSALS)
        decline_quotation(session, quotation.id, quotation.version, reason=reason, on=answered, answer=answer)
    elif step == "revised":
        _revise(session, quotation)


def _revise(session: Session, quotation: Quotation) -> None:
    """The customer wanted it cheaper: the second edition gives two per cent more."""
    second = revise_quotation(session, quotation.id, quotation.version)
    cheaper = [
        {"code": line.code, "quantity": line.quantity, "price": line.price, "discount": Decimal(98)}
        for line in lines_of(session, QuotationLine, second.id)
    ]
    change_quotation(session, second.id, second.version, {"note": "客户要求再让两个点，数量不变。", "lines": cheaper})
    send_quotation(session, second.id, second.version, way="email")


def _pass(session: Session, quotation: Quotation, actors: Actors) -> None:
    """Finance lets the price pass; a company without finance leaves the quotation waiting."""
    who = next((one for one in actors.values() if one.may(Quotation.__resource__, "approve_discount")), None)
    if who is not None:
        with acting_as(who):
            approve_low_price(session, quotation.id, quotation.version)


def _values(
    session: Session, chance: random.Random, customer: CustomerSummary, goods: Sequence[ProductSummary], step: str
) -> dict[str, Any]:
    ago = 45 if step == "expired" else chance.randint(8, 20) if step in SENT else chance.randint(0, 2)
    discount = Decimal({"revised": 100, "price": 55, "approved": 55}.get(step) or chance.choice((100, 98, 95)))
    chosen = chance.sample(list(goods), min(len(goods), chance.randint(2, 4)))
    quoted_on = today() - timedelta(days=ago)
    return {
        "title": f"{customer.name.removesuffix('有限公司')}{chance.choice(OFFERS)}",
        "customer": customer.id,
        "opportunity": session.scalar(
            select(Opportunity.id).where(Opportunity.customer_id == customer.id).order_by(Opportunity.id).limit(1)
        ),
        "quoted_on": quoted_on,
        "valid_until": quoted_on + timedelta(days=30),
        "terms": chance.choice(TERMS),
        "lines": [{"code": product.code, "quantity": Decimal(chance.randint(1, 6)), "discount": discount} for product in chosen],
    }
