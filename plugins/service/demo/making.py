"""Demo requests come about as real ones do: taken in, assigned, answered, dispatched, handled, judged by the customer, closed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Actor, System, acting_as
from core.kernel.clock import local, now
from core.switchboard.rehearsal import actors_of
from plugins.customers.public import CustomerSummary, approved_customers
from plugins.service import operations
from plugins.service.demo.words import BLAME, CASES, NOTES, PARTS, PRAISE, RESULTS, TASKS
from plugins.service.models import DispatchOrder, ServiceRequest
from plugins.service.permissions import CARRY_OUT, DISPATCH, HANDLE, REQUEST, TAKE_PART
from plugins.service.rules import SENT, Channel, Satisfaction, Urgency

PLAN = (
    *("archived", "closed", "on_site", "handled", "received", "in_progress", "assigned", "issued", "closed", "dissatisfied"),
    *("accepted", "reopened", "returned", "planned", "answered", "received", "cancelled", "in_progress", "archived", "part"),
)
"""How far each demo request goes, the longest way first."""
AGES = {
    "archived": (40, 90),
    "closed": (12, 40),
    "answered": (3, 8),
    "dissatisfied": (3, 8),
    "reopened": (5, 9),
    "handled": (2, 5),
    "on_site": (1, 2),
}
"""Between how many days ago a request came in; what is still open is younger."""
ROLES = ("after_sales", "customer_manager", "salesperson", "department_head")


@dataclass
class Crew:
    """Who works in the demonstration: takers of requests, handlers, field workers, colleagues to ask; each in turn."""

    handlers: list[Actor]
    workers: list[Actor]
    helpers: list[Actor]
    heads: list[Actor]
    free_from: dict[int, datetime]


@dataclass(frozen=True)
class Stage:
    """Where the demonstration plays: the session, the dice, the people."""

    session: Session
    chance: random.Random
    crew: Crew


def make(session: Session, company: Any, seed: int, rounds: int = 1) -> None:
    """Take requests of approved customers through :data:`PLAN` ``rounds`` times; the same ones for the same seed and day."""
    chance = random.Random(f"{seed}/{company.slug}/service")  # noqa: S311 -- demo data must be the same every time
    with acting_as(System("demo data", company.id)):
        crew = _crew(session)
    cases = cycle(chance.sample(CASES, len(CASES)))
    found = _pairs(session, crew)
    for step in PLAN * rounds:
        pair = next(found, None)
        if pair is not None:
            _one(Stage(session, chance, crew), step, *pair, next(cases))


def _crew(session: Session) -> Crew:
    people = {one.id: one for role in ROLES for one in holders(session, role)}
    everybody = list(actors_of(session, people.values()).values())
    heads = [who for who in everybody if who.may(REQUEST, "archive")]
    staff = [who for who in everybody if who not in heads]
    out = select(DispatchOrder.owner_id, func.max(DispatchOrder.ends_at)).where(DispatchOrder.state.in_(SENT))
    return Crew(
        handlers=[who for who in staff if who.may(REQUEST, HANDLE)] or [who for who in heads if who.may(REQUEST, HANDLE)],
        workers=[who for who in staff if who.may(DISPATCH, CARRY_OUT)] or heads,
        helpers=[who for who in everybody if who.may(REQUEST, TAKE_PART)],
        heads=heads,
        free_from={worker: ends_at + timedelta(hours=1) for worker, ends_at in session.execute(out.group_by(DispatchOrder.owner_id))},
    )


def _pairs(session: Session, crew: Crew) -> Iterator[tuple[Actor, CustomerSummary]]:
    """A handler, in turn, with one of the approved customers that he or she sees, those without a request first."""
    with acting_as(System("demo data", crew.handlers[0].company_id if crew.handlers else None)):
        last = session.scalar(select(func.max(ServiceRequest.customer_id))) or 0
    reach: list[tuple[Actor, Iterator[CustomerSummary]]] = []
    for handler in crew.handlers:
        with acting_as(handler):
            seen = approved_customers(session, 3 * len(PLAN), after=last) or approved_customers(session, 3 * len(PLAN))
        if seen:
            reach.append((handler, cycle(seen)))
    for handler, customers in cycle(reach):
        yield handler, next(customers)


def _one(stage: Stage, step: str, handler: Actor, customer: CustomerSummary, case: tuple[str, str, str, str]) -> None:
    chance = stage.chance
    at = _office_hour(now() - timedelta(days=chance.randint(*AGES.get(step, (0, 2)))), chance)
    values = {
        "title": case[0],
        "customer": customer.id,
        "channel": chance.choice(list(Channel)),
        "kind": case[1],
        "urgency": Urgency.URGENT if chance.random() < 0.2 else Urgency.NORMAL,
        "description": case[2],
        "received_at": at,
    }
    with acting_as(handler):
        request = operations.receive_request(stage.session, values, moment=at)
        Way(stage.session, chance, stage.crew, handler, request, case[3], at).go(step)


@dataclass
class Way:
    """One request on its way; ``at`` is the time of day in the story."""

    session: Session
    chance: random.Random
    crew: Crew
    handler: Actor
    request: ServiceRequest
    result: str
    at: datetime

    def go(self, step: str) -> None:
        """Take the request as far as ``step`` says."""
        if step == "received":
            return
        self._do(operations.assign_request, handler=self.handler.employee_id, reason=None)
        if step == "assigned":
            return
        self._do(operations.start_handling, said=self.chance.choice(NOTES))
        if step == "part":
            self._ask_a_colleague()
        elif step in ("planned", "issued", "accepted", "on_site", "returned", "cancelled"):
            self._dispatch(step)
        elif step != "in_progress":
            self._finish(step)

    def _finish(self, step: str) -> None:
        if self.chance.random() < 0.6:
            self._dispatch("done")
        self._do(operations.finish_handling, result=self.result)
        if step == "handled":
            return
        bad = step in ("dissatisfied", "reopened")
        opinion = Satisfaction.DISSATISFIED if bad else self.chance.choice((Satisfaction.SATISFIED, Satisfaction.ACCEPTABLE))
        self._do(operations.record_feedback, satisfaction=opinion, words=self.chance.choice(BLAME if bad else PRAISE))
        if step == "reopened":
            self._do(operations.reopen_request, reason="客户反映问题没有彻底解决")
        if step in ("closed", "archived"):
            self._do(operations.close_request)
        if step == "archived" and self.crew.heads:
            self._archive()

    def _archive(self) -> None:
        who = next(
            (head for head in self.crew.heads if self.request.department_id in head.subtree), System("demo data", self.request.company_id)
        )
        with acting_as(who):
            self._do(operations.archive_request)

    def _ask_a_colleague(self) -> None:
        others = [who for who in self.crew.helpers if who.employee_id != self.handler.employee_id]
        if not others:
            return
        helper, number = others[self.request.id % len(others)], self.chance.randrange(len(TASKS))
        operations.invite_participant(
            self.session, self.request.id, None, colleague=helper.employee_id, task=TASKS[number], moment=self._later()
        )
        if self.chance.random() < 0.5:
            with acting_as(helper):
                operations.report_part(self.session, self.request.id, None, result=RESULTS[number], moment=self._later())

    def _dispatch(self, step: str) -> None:
        worker = self.crew.workers[self.request.id % len(self.crew.workers)]
        order = operations.plan_dispatch(self.session, self._order(worker, step))
        if step == "planned":
            return
        operations.issue_dispatch(self.session, order.id, None, moment=self._later())
        if step == "cancelled":
            operations.cancel_dispatch(self.session, order.id, None, reason="客户自行解决，不用上门了")
        if step not in ("issued", "cancelled"):
            with acting_as(worker):
                self._on_site(order, step)

    def _on_site(self, order: DispatchOrder, step: str) -> None:
        if step == "returned":
            operations.send_back_dispatch(self.session, order.id, None, reason="缺少备件，到货后再安排")
            return
        operations.accept_dispatch(self.session, order.id, None, moment=self._later())
        if step in ("on_site", "done"):
            operations.arrive_on_site(self.session, order.id, None, moment=self._later())
        if step == "done":
            hours = Decimal(self.chance.randint(2, 12)) / 2
            operations.report_result(self.session, order.id, None, result=self.result, hours=hours, moment=self._later())

    def _order(self, worker: Actor, step: str) -> dict[str, Any]:
        """When the worker is free, after all earlier orders, so that nobody is in two places."""
        morning = _office_morning(max(self.at, self.crew.free_from.get(worker.employee_id, self.at)))
        begins = morning + timedelta(hours=self.chance.randint(0, 4))
        ends = begins + timedelta(hours=self.chance.randint(2, 5))
        if step in ("issued", "accepted", "on_site"):
            self.crew.free_from[worker.employee_id] = ends + timedelta(hours=1)
        code, name, unit, price = self.chance.choice(PARTS)
        part = {"code": code, "name": name, "unit": unit, "quantity": Decimal(self.chance.randint(1, 4)), "price": Decimal(price)}
        return {
            "title": f"上门处理：{self.request.title}",
            "request": self.request.id,
            "owner": worker.employee_id,
            "starts_at": begins,
            "ends_at": ends,
            "instructions": "请带齐工具和防护用品，先与客户设备科联系。",
            "parts": [part],
        }

    def _do(self, verb: Callable[..., Any], **values: Any) -> None:
        verb(self.session, self.request.id, None, moment=self._later(), **values)

    def _later(self) -> datetime:
        """Some time has passed, but it is not tomorrow yet."""
        self.at = min(self.at + timedelta(minutes=self.chance.randint(10, 150)), now())
        return self.at


def _office_morning(moment: datetime) -> datetime:
    """Half past eight on the day after ``moment``."""
    return local(moment + timedelta(days=1)).replace(hour=8, minute=30, second=0, microsecond=0)


def _office_hour(moment: datetime, chance: random.Random) -> datetime:
    at = local(moment).replace(hour=chance.randint(8, 17), minute=chance.randint(0, 59), second=0, microsecond=0)
    return min(at, now() - timedelta(minutes=chance.randint(5, 50)))
