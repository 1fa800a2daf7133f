"""Demo minimums: each head asks the salespeople of the department for a gross profit, and one deal falls short of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lines import lines_of
from core.kernel.acting import Actor, acting_as
from core.kernel.clock import today
from plugins.sales.models import Opportunity, OpportunityLine, ProfitMinimum
from plugins.sales.operations import change_opportunity, set_minimum
from plugins.sales.rules.opportunities import OpportunityState

RATES = (Decimal(20), Decimal("22.5"))
Actors = Mapping[int, Actor]


def make(session: Session, actors: Actors) -> None:
    """Set a minimum from the beginning of the year for whoever has none yet; the first of them has just gone below it."""
    heads = [one for one in actors.values() if one.may(ProfitMinimum.__resource__, "create")]
    known = frozenset(session.scalars(select(ProfitMinimum.employee_id)))
    sellers = [one for one in actors.values() if one not in heads and one.may(Opportunity.__resource__, "create")]
    bound: list[Actor] = []
    for seller in sellers:
        head = next((one for one in heads if seller.department_id in one.subtree), None)
        if head is None or seller.employee_id in known:
            continue
        with acting_as(head):
            asked = {"least_profit_rate": RATES[len(bound) % len(RATES)], "starts_on": date(today().year, 1, 1), "note": "年度销售目标"}
            set_minimum(session, {"employee": seller.employee_id, **asked})
        bound.append(seller)
    if bound:
        _fall_short(session, bound[0])


def _fall_short(session: Session, seller: Actor) -> None:
    """The newest deal of the seller is offered at 70 per cent."""
    with acting_as(seller):
        mine = Opportunity.owner_id == seller.employee_id, Opportunity.state == OpportunityState.OPEN
        deal = session.scalars(select(Opportunity).where(*mine).order_by(Opportunity.id.desc()).limit(1)).first()
        if deal is None:
            return
        cheap = [
            {"code": line.code, "quantity": line.quantity, "price": line.price, "discount": Decimal(70)}
            for line in lines_of(session, OpportunityLine, deal.id)
        ]
        change_opportunity(session, deal.id, deal.version, {"lines": cheap})
