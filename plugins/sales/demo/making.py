"""Demo opportunities come about as real ones do: salespeople create them, move them on, win and lose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Actor, System, acting_as
from core.kernel.clock import now, today
from core.switchboard.rehearsal import actors_of
from plugins.catalog.public import ProductSummary, products_on_sale
from plugins.customers.public import CustomerSummary, approved_customers
from plugins.sales.demo import ordering, projects, quoting
from plugins.sales.demo.words import COMPETITORS, LOST_NOTES, NEEDS, RIVAL_NOTES, STEPS, SUBJECTS, WON_NOTES
from plugins.sales.models import Competitor, Opportunity, Stage
from plugins.sales.operations import (
    add_competitor,
    advance_opportunity,
    archive_opportunity,
    create_opportunity,
    expire_quotations,
    first_stage,
    lose_opportunity,
    warn_opportunities,
    warn_projects,
    win_opportunity,
)
from plugins.sales.queries.pipelines import stages_of

OPPORTUNITIES = 28
"""Opportunities of one company."""
PLAN = (
    *("advance 1", "won month", "advance 2", "new", "lost price", "advance 3", "overdue"),
    *("won", "advance 4", "still", "lost competitor", "advance 2", "won archive", "lost archive"),
)
"""How far each goes; the plan begins anew when it is used up."""


def make(session: Session, company: Any, seed: int) -> None:
    """Make :data:`OPPORTUNITIES` more opportunities, then quotations, orders and projects with customers without any.

    The same for the same seed and day.
    """
    chance = random.Random(f"{seed}/{company.slug}/sales")  # noqa: S311 -- demo data must be the same every time
    house = System("demo data", company.id)
    with acting_as(house):
        first_stage(session)
        last = session.scalar(select(func.max(Opportunity.customer_id))) or 0
        for name, note in zip(COMPETITORS, RIVAL_NOTES, strict=True) if not last else ():
            add_competitor(session, {"name": name, "note": note})
        actors = actors_of(
            session, (*holders(session, "salesperson"), *holders(session, "department_head"), *holders(session, "finance_manager"))
        )
        ready = [one for one in approved_customers(session, 10 * OPPORTUNITIES, after=last) if one.owner_id in actors]
        goods = products_on_sale(session, 100)
    if not ready or not goods:
        return
    steps = _steps()
    for number in range(OPPORTUNITIES):
        customer = ready[number % len(ready)]
        _one(session, chance, customer, goods, next(steps), actors[customer.owner_id])
    ordering.make(session, chance, ready, goods, actors)
    projects.make(session, chance, ready, actors)
    quoting.make(session, random.Random(f"{seed}/{company.slug}/quotations"), ready, goods, actors)  # noqa: S311 -- as above
    with acting_as(house):
        expire_quotations(session, today())
        warn_opportunities(session, today())
        warn_projects(session, today())


def _steps() -> Iterator[str]:
    while True:
        yield from PLAN


def _one(
    session: Session, chance: random.Random, customer: CustomerSummary, goods: Sequence[ProductSummary], step: str, owner: Actor
) -> None:
    with acting_as(owner):
        ago = 70 if step == "still" else chance.randint(25, 60) if step.startswith(("won", "lost", "advance")) else chance.randint(1, 12)
        opportunity = create_opportunity(session, _values(chance, customer, goods, step), moment=now() - timedelta(days=ago))
        word, _, rest = step.partition(" ")
        if word in ("advance", "won"):
            _advance(session, opportunity, int(rest) if word == "advance" else 4, chance.randint(1, 9) if word == "advance" else ago)
        if word == "won":
            _win(session, chance, opportunity, rest, ago)
        elif word == "lost":
            _lose(session, chance, opportunity, rest, ago)


def _values(chance: random.Random, customer: CustomerSummary, goods: Sequence[ProductSummary], step: str) -> dict[str, Any]:
    day = today()
    expected = day - timedelta(days=chance.randint(2, 9)) if step == "overdue" else day + timedelta(days=chance.randint(10, 90))
    return {
        "title": f"{short(customer.name)}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "expected_on": expected,
        "next_step": chance.choice(STEPS),
        "next_on": day + timedelta(days=chance.randint(-2, 14)),
        "source": chance.choice(("referral", "old_customer", "exhibition", "website", "tender")),
        "description": chance.choice(NEEDS),
        "lines": lines(chance, goods),
    }


def short(name: str) -> str:
    """A company's name without its legal form."""
    return name.removesuffix("有限公司")


def lines(chance: random.Random, goods: Sequence[ProductSummary], lowest: int = 92) -> list[dict[str, Any]]:
    """One to three products, some with a small discount."""
    return [
        {"code": product.code, "quantity": Decimal(chance.randint(1, 6)), "discount": Decimal(chance.choice((100, 100, 95, lowest)))}
        for product in chance.sample(list(goods), chance.randint(1, 3))
    ]


def _advance(session: Session, opportunity: Opportunity, steps: int, ago: int) -> None:
    stage = session.get(Stage, opportunity.stage_id)
    assert stage is not None
    stages: Mapping[int, Stage] = dict(enumerate(session.scalars(stages_of(stage.pipeline_id)).all()))
    target = stages[min(steps, len(stages) - 1)]
    advance_opportunity(session, opportunity.id, opportunity.version, stage=target.id, moment=now() - timedelta(days=ago))


def _win(session: Session, chance: random.Random, opportunity: Opportunity, rest: str, ago: int) -> None:
    on = today() - timedelta(days=chance.randint(0, min(today().day - 1, ago)) if rest == "month" else chance.randint(1, ago))
    reason = chance.choice(("solution", "price", "service", "relation"))
    win_opportunity(session, opportunity.id, opportunity.version, reason=reason, on=on, note=chance.choice(WON_NOTES))
    if rest == "archive":
        archive_opportunity(session, opportunity.id, opportunity.version)


def _lose(session: Session, chance: random.Random, opportunity: Opportunity, rest: str, ago: int) -> None:
    rivals = session.scalars(select(Competitor.id).order_by(Competitor.id)).all()
    reason = "competitor" if rest == "competitor" else "price" if rest == "price" else "budget"
    on = today() - timedelta(days=chance.randint(0, ago))
    rival = chance.choice(rivals) if reason != "budget" else None
    lose_opportunity(session, opportunity.id, opportunity.version, reason=reason, competitor=rival, on=on, note=chance.choice(LOST_NOTES))
    if rest == "archive":
        archive_opportunity(session, opportunity.id, opportunity.version)
