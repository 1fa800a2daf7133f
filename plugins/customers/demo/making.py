"""Demo customers come about as real ones do: salespeople enter them, heads review them, owners follow them up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from core.access.administration import add_entry
from core.access.people import holders
from core.kernel.acting import Acting, Actor, System, acting_as
from core.kernel.story import FOUNDED, Story, ago
from core.organisation.code_lists import meant_by
from core.organisation.models import Employee
from core.switchboard.rehearsal import actors_of
from plugins.customers.demo.words import FIRST, GIVEN, INDUSTRIES, NEEDS, PLACES, POSITIONS, SECOND, STEMS, SURNAMES, TALKS, TRADES, Place
from plugins.customers.models import Customer
from plugins.customers.operations import add_contact, create_customer, review_customer, suspend_customer, write_interaction
from plugins.customers.rules import ContactWay, CustomerKind, DecisionRole, Settlement, Size, Source

CUSTOMERS = 40
YEARS = 540
"""How many days ago the first customer of a round was entered; the later, the closer to each other."""
WAITING = {36: 3, 37: 2, 38: 1, 39: 0}
"""Those that wait for their review, and how many days ago they were entered."""
RETURNED = frozenset({35})
SUSPENDED = frozenset({30, 32})
DUE_EACH = 3
"""Of so many customers of somebody one waits for the next contact today or since some days."""
LATELY = 60
"""Days over which follow-ups are spread."""
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def make(session: Session, company: Any, seed: int) -> None:
    """Enter :data:`CUSTOMERS` more customers for the salespeople of ``company``; the same ones for the same seed and day."""
    chance = random.Random(f"{seed}/{company.slug}")  # noqa: S311 -- demo data must be the same every time, nothing depends on them
    with acting_as(System("demo data", company.id)):
        people = holders(session, "salesperson")
        actors = actors_of(session, (*people, *holders(session, "department_head")))
        known = session.scalar(select(func.count(Customer.id))) or 0
        with Story(chance, ago(FOUNDED - 10)):
            _add_industries(session)
    names = _names(company.slug)
    for number in range(known, known + CUSTOMERS) if people else ():
        _one(session, chance, number, names[number % len(names)], people[number % len(people)], actors)


def _add_industries(session: Session) -> None:
    """The company's own industries, in both languages."""
    for chinese, (code, english) in INDUSTRIES.items():
        if meant_by(session, "customers.industry", chinese) is None:
            add_entry(session, "customers.industry", {"code": code, "chinese": chinese, "english": english})


def _names(slug: str) -> list[str]:
    """What customers of the company are called between their city and their trade, in an order of its own."""
    order = random.Random(slug)  # noqa: S311 -- as above
    more = [first + second for first in FIRST for second in SECOND if first != second]
    return [*order.sample(STEMS, len(STEMS)), *order.sample(more, len(more))]


def _one(session: Session, chance: random.Random, number: int, stem: str, owner: Employee, actors: dict[int, Actor]) -> None:
    side = "west" if "west" in _department_code(session, owner) else "east"
    place = number % CUSTOMERS
    with Story(chance, ago(_age(chance, place))) as story:
        with acting_as(actors[owner.id]):
            customer = create_customer(session, _values(chance, number, stem, PLACES[side]))
            story.minutes(5, 40)
            people = [add_contact(session, _contact(chance, customer)) for _ in range(chance.randint(1, 3))]
        if place in WAITING:
            return
        story.days(0, 2)
        _review(session, customer, owner, _reviewer(actors, owner), returned=place in RETURNED)
        if place in RETURNED:
            return
        with acting_as(actors[owner.id]):
            _follow(session, story, customer, [(contact.id, contact.name) for contact in people], due=place // 3 % DUE_EACH == 0)
            if place in SUSPENDED:
                story.days(1, 3)
                session.refresh(customer)
                suspend_customer(session, customer.id, customer.version, reason="客户今年没有预算，明年一季度再联系")


def _age(chance: random.Random, place: int) -> int:
    """How many days ago the customer was entered; whoever comes later in the round is younger, so that codes are given in order."""
    first, following = (round(YEARS * (1 - one / CUSTOMERS) ** 1.6) for one in (place, place + 1))
    return WAITING[place] if place in WAITING else first - chance.randint(0, max(first - following - 1, 0))


def _department_code(session: Session, owner: Employee) -> str:
    with acting_as(System("demo data", owner.company_id)):
        return str(owner.department.code)


def _reviewer(actors: dict[int, Actor], owner: Employee) -> Acting:
    """The head above the owner; a company without one has its demo customers reviewed by the system."""
    heads = [who for who in actors.values() if who.may(Customer.__resource__, "review") and owner.department_id in who.subtree]
    return heads[0] if heads else System("demo data", owner.company_id)


def _review(session: Session, customer: Customer, owner: Employee, who: Acting, *, returned: bool) -> None:
    with acting_as(who):
        if returned:
            review_customer(session, customer.id, customer.version, approve=False, reason="请补充客户的详细地址和采购负责人")
        else:
            review_customer(session, customer.id, customer.version, approve=True, owner=owner.id)


def _values(chance: random.Random, number: int, stem: str, places: Sequence[Place]) -> dict[str, Any]:
    place = places[number % len(places)]
    trade, industry = TRADES[number % len(TRADES)]
    person = number % 13 == 12
    name = f"{chance.choice(SURNAMES)}{chance.choice(GIVEN)}" if person else f"{place.city}{stem}{trade}有限公司"
    values: dict[str, Any] = {
        "name": name,
        "kind": CustomerKind.PERSON if person else CustomerKind.COMPANY,
        "industry": industry,
        "region": place.province,
        "city": place.city,
        "address": f"{place.city}市{place.street}{chance.randint(10, 1800)}号",
        "phone": f"{place.area_code}-{chance.randint(6100, 8899)} {chance.randint(0, 9999):04d}",
        "star_grade": chance.choice((1, 2, 2, 3, 3, 3, 4, 4, 5)),
        "source": chance.choice(list(Source)[:5]),
        "needs": chance.choice(NEEDS),
        "payment_terms": chance.choice(("月结 30 天", "月结 60 天", "预付三成，货到付清", "款到发货")),
        "settlement": chance.choice(list(Settlement)[:2]),
        "credit_limit": Decimal(100_000) * (number % 8 + 1) if number % 3 else None,
    }
    return values if person else values | {"size": chance.choice(list(Size)), "credit_code": _credit_code(chance, place)}


def _credit_code(chance: random.Random, place: Place) -> str:
    start = f"91{place.division}" + "".join(chance.choice(LETTERS) for _ in range(9))
    return start + str(uscc.calc_check_digit(start))


def _contact(chance: random.Random, customer: Customer) -> dict[str, Any]:
    department, position = chance.choice(POSITIONS)
    return {
        "customer": customer.id,
        "name": f"{chance.choice(SURNAMES)}{chance.choice(GIVEN)}",
        "department": department,
        "position": position,
        "mobile": f"1{chance.choice((38, 39, 86, 59))}{chance.randint(0, 99_999_999):08d}",
        "decision_role": chance.choice(list(DecisionRole)),
    }


def _follow(session: Session, story: Story, customer: Customer, people: Sequence[tuple[int, str]], *, due: bool) -> None:
    """A first visit, then three to five follow-ups over the last two months, oldest first; if ``due``, the next contact is overdue."""
    chance = story.chance
    story.days(1, 6)
    _write(session, story, customer, people, story.day + timedelta(days=chance.randint(3, 40)))
    left = range(1, min(LATELY, max((ago(0) - story.day).days, 1)))
    days = sorted(chance.sample(left, min(chance.randint(3, 5), len(left))), reverse=True)
    for days_ago in days:
        story.on(ago(days_ago))
        next_on = story.day + timedelta(days=chance.randint(3, 40))
        if due and days_ago == days[-1]:
            next_on = max(story.day + timedelta(days=1), ago(chance.randint(0, 6)))
        _write(session, story, customer, people, next_on)


def _write(session: Session, story: Story, customer: Customer, people: Sequence[tuple[int, str]], next_on: date) -> None:
    chance = story.chance
    contact_id, name = chance.choice(people)
    content, result, step = chance.choice(TALKS)
    values = {
        "customer": customer.id,
        "contact": contact_id,
        "way": chance.choice(list(ContactWay)),
        "at": story.at,
        "content": content.format(who=f"{name[:1]}工"),
        "result": result,
        "next_step": step,
        "next_on": next_on,
    }
    write_interaction(session, values)
