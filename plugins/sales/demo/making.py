"""Demo opportunities come about as real ones do: salespeople create them, move them on, win and lose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Actor, System, acting_as
from core.kernel.clock import today
from core.kernel.story import FOUNDED, Story, ago
from core.switchboard.rehearsal import actors_of
from plugins.catalog.public import ProductSummary, products_on_sale
from plugins.customers.public import CustomerSummary, approved_customers
from plugins.sales.demo import minimums, ordering, projects, quoting
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
AGES = {"still": (70, 70), "new": (1, 12), "overdue": (20, 40)}
"""How many days ago some of them were created; the others in between."""


def make(session: Session, company: Any, seed: int) -> None:
    """Make :data:`OPPORTUNITIES` more opportunities, then quotations, orders and projects with customers without any.

    The same for the same seed and day.
    """
    chance = random.Random(f"{seed}/{company.slug}/sales")  # noqa: S311 -- demo data must be the same every time
    house = System("demo data", company.id)
    with acting_as(house), Story(chance, ago(FOUNDED - 10)):
        first_stage(session)
        last = session.scalar(select(func.max(Opportunity.customer_id))) or 0
        for name, note in zip(COMPETITORS, RIVAL_NOTES, strict=True) if not last else ():
            add_competitor(session, {"name": name, "note": note})
    with acting_as(house):
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
    minimums.make(session, actors)
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
    word, _, rest = step.partition(" ")
    begins = max(ago(chance.randint(*AGES.get(word, (25, 60)))), customer.entered_on + timedelta(days=4))
    with Story(chance, begins) as story, acting_as(owner):
        opportunity = create_opportunity(session, _values(story, customer, goods, word))
        if word == "advance":
            _advance(session, story, opportunity, int(rest), chance.randint(1, 9))
        elif word == "won":
            _win(session, story, opportunity, rest)
        elif word == "lost":
            _lose(session, story, opportunity, rest)


def _values(story: Story, customer: CustomerSummary, goods: Sequence[ProductSummary], word: str) -> dict[str, Any]:
    """Whoever closes it in the story expected that for about then; the others still do."""
    chance, closes = story.chance, word in ("won", "lost")
    expected = (
        ago(chance.randint(2, 9)) if word == "overdue" else (story.day if closes else ago(0)) + timedelta(days=chance.randint(10, 90))
    )
    next_on = story.day + timedelta(days=chance.randint(3, 9)) if closes else ago(0) + timedelta(days=chance.randint(-2, 14))
    return {
        "title": f"{short(customer.name)}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "expected_on": expected,
        "next_step": chance.choice(STEPS),
        "next_on": next_on,
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


def _advance(session: Session, story: Story, opportunity: Opportunity, steps: int, last: int) -> None:
    """Stage by stage, the last of them reached ``last`` days ago."""
    stage = session.get(Stage, opportunity.stage_id)
    assert stage is not None
    stages = session.scalars(stages_of(stage.pipeline_id)).all()[1 : steps + 1]
    between = max((ago(last) - story.day).days, 0) // max(len(stages), 1)
    for target in stages:
        story.days(between, between)
        advance_opportunity(session, opportunity.id, opportunity.version, stage=target.id)


def _win(session: Session, story: Story, opportunity: Opportunity, rest: str) -> None:
    """After the last stage; ``month``: in this one."""
    chance, age = story.chance, (ago(0) - story.day).days
    last = chance.randint(0, min(ago(0).day - 1, age)) if rest == "month" else chance.randint(1, max(age // 2, 1))
    _advance(session, story, opportunity, 4, last)
    story.on(ago(last))
    reason = chance.choice(list(WON_NOTES))
    win_opportunity(session, opportunity.id, opportunity.version, reason=reason, note=chance.choice(WON_NOTES[reason]))
    _file(session, story, opportunity, rest)


def _lose(session: Session, story: Story, opportunity: Opportunity, rest: str) -> None:
    chance = story.chance
    rivals = session.scalars(select(Competitor.id).order_by(Competitor.id)).all()
    reason = rest if rest in LOST_NOTES else "budget"
    rival = chance.choice(rivals) if reason != "budget" else None
    story.days(5, 24)
    note = chance.choice(LOST_NOTES[reason])
    lose_opportunity(session, opportunity.id, opportunity.version, reason=reason, competitor=rival, note=note)
    _file(session, story, opportunity, rest)


def _file(session: Session, story: Story, opportunity: Opportunity, rest: str) -> None:
    if rest == "archive":
        story.days(0, 3)
        archive_opportunity(session, opportunity.id, opportunity.version)
