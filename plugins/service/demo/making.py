"""Demo requests come about as real ones do: taken in, assigned, answered, dispatched, handled, judged by the customer, closed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.kernel.acting import Actor, System, acting_as
from core.kernel.clock import local, present
from core.kernel.story import Story, ago
from core.switchboard.rehearsal import actors_of
from plugins.customers.public import CustomerSummary, approved_customers
from plugins.service import operations
from plugins.service.demo.words import BLAME, CASES, NOTES, PARTS, PRAISE, RESULTS, TASKS
from plugins.service.models import DispatchOrder, ServiceRequest
from plugins.service.permissions import CARRY_OUT, DISPATCH, HANDLE, REQUEST, TAKE_PART
from plugins.service.rules import Channel, Satisfaction, Urgency

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
    "on_site": (2, 3),
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
    engaged: dict[int, list[tuple[datetime, datetime]]]

    def free(self, worker: int, begins: datetime, hours: int) -> datetime:
        """The first morning or moment from ``begins`` on at which the worker has that many hours: nobody is in two places."""
        for start, end in sorted(self.engaged.get(worker, ())):
            if start < begins + timedelta(hours=hours) and begins < end:
                begins = _next_morning(end)
        return begins

    def free_today(self) -> Actor | None:
        """A field worker who has nothing to do today, if there is one."""
        busy = {worker for worker, spans in self.engaged.items() if any(_day(end) >= ago(0) >= _day(start) for start, end in spans)}
        return next((worker for worker in self.workers if worker.employee_id not in busy), None)


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
    stories = [(Story(chance, ago(chance.randint(*AGES.get(step, (0, 2))))), step) for step in PLAN * rounds]
    for goes in sorted(stories, key=lambda one: one[0].opens):  # the oldest first, so that numbers are given in order
        pair = next(found, None)
        if pair is not None:
            _one(Stage(session, chance, crew), goes, *pair, next(cases))


def _crew(session: Session) -> Crew:
    people = {one.id: one for role in ROLES for one in holders(session, role)}
    everybody = list(actors_of(session, people.values()).values())
    heads = [who for who in everybody if who.may(REQUEST, "archive")]
    staff = [who for who in everybody if who not in heads]
    engaged: dict[int, list[tuple[datetime, datetime]]] = {}
    for worker, *span in session.execute(select(DispatchOrder.owner_id, DispatchOrder.starts_at, DispatchOrder.ends_at)):
        engaged.setdefault(worker, []).append((span[0], span[1]))
    return Crew(
        handlers=[who for who in staff if who.may(REQUEST, HANDLE)] or [who for who in heads if who.may(REQUEST, HANDLE)],
        workers=[who for who in staff if who.may(DISPATCH, CARRY_OUT)] or heads,
        helpers=[who for who in everybody if who.may(REQUEST, TAKE_PART)],
        heads=heads,
        engaged=engaged,
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


def _one(stage: Stage, goes: tuple[Story, str], handler: Actor, customer: CustomerSummary, case: tuple[str, str, str, str]) -> None:
    chance, (story, step) = stage.chance, goes
    story.on(customer.entered_on + timedelta(days=4))
    with story, acting_as(handler):
        values = {
            "title": case[0],
            "customer": customer.id,
            "channel": chance.choice(list(Channel)),
            "kind": case[1],
            "urgency": Urgency.URGENT if chance.random() < 0.2 else Urgency.NORMAL,
            "description": case[2],
            "received_at": story.at,
        }
        story.minutes(1, 20)
        request = operations.receive_request(stage.session, values)
        Way(stage, story, handler, request, case[3]).go(step)


@dataclass
class Way:
    """One request on its way through the story."""

    stage: Stage
    story: Story
    handler: Actor
    request: ServiceRequest
    result: str

    @property
    def session(self) -> Session:
        """Where it is written."""
        return self.stage.session

    @property
    def chance(self) -> random.Random:
        """The dice."""
        return self.story.chance

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
        if step == "archived" and self.stage.crew.heads:
            self.story.days(1, 3)
            self._archive()

    def _archive(self) -> None:
        heads = (head for head in self.stage.crew.heads if self.request.department_id in head.subtree)
        with acting_as(next(heads, System("demo data", self.request.company_id))):
            self._do(operations.archive_request)

    def _ask_a_colleague(self) -> None:
        others = [who for who in self.stage.crew.helpers if who.employee_id != self.handler.employee_id]
        if not others:
            return
        helper, number = others[self.request.id % len(others)], self.chance.randrange(len(TASKS))
        self._do(operations.invite_participant, colleague=helper.employee_id, task=TASKS[number])
        if self.chance.random() < 0.5:
            with acting_as(helper):
                self._do(operations.report_part, result=RESULTS[number])

    def _dispatch(self, step: str) -> None:
        """The worker goes when he or she has time; a visit that was not over yesterday is not made, the case is solved from afar.

        Nothing depends on the hour: today nobody goes out but who is on site just now.
        """
        crew, hours = self.stage.crew, self.chance.randint(2, 5)
        on_site = crew.free_today() if step == "on_site" else None
        worker = on_site or crew.workers[self.request.id % len(crew.workers)]
        begins = self._just_now() if on_site else self._begins(worker, hours)
        ends = begins + timedelta(hours=hours)
        if step == "done" and _day(ends) >= ago(0):
            return
        self.story.minutes(5, 40)
        order = operations.plan_dispatch(self.session, self._order(worker, begins, ends))
        if step not in ("cancelled", "returned"):
            self.stage.crew.engaged.setdefault(worker.employee_id, []).append((begins, ends))
        if step == "planned":
            return
        self.story.minutes(2, 20)
        operations.issue_dispatch(self.session, order.id, None)
        self.story.minutes(5, 50)
        if step == "cancelled":
            operations.cancel_dispatch(self.session, order.id, None, reason="客户自行解决，不用上门了")
        if step not in ("issued", "cancelled"):
            with acting_as(worker):
                self._on_site(order, step)

    def _just_now(self) -> datetime:
        """Whoever is on site now has begun in the last hour; that was planned before, in the evening while the office was still open."""
        begins = max(present() - timedelta(minutes=50), local(present()).replace(hour=0, minute=0, second=0, microsecond=0))
        self.story.until(min(begins - timedelta(hours=2), local(begins).replace(hour=15, minute=30)))
        return begins

    def _begins(self, worker: Actor, hours: int) -> datetime:
        """Next morning or later, but not today."""
        wanted = _next_morning(self.story.at) + timedelta(hours=self.chance.randint(0, 4))
        begins = self.stage.crew.free(worker.employee_id, wanted, hours)
        return begins if _day(begins) != ago(0) else self.stage.crew.free(worker.employee_id, _next_morning(begins), hours)

    def _on_site(self, order: DispatchOrder, step: str) -> None:
        if step == "returned":
            operations.send_back_dispatch(self.session, order.id, None, reason="缺少备件，到货后再安排")
            return
        operations.accept_dispatch(self.session, order.id, None)
        if step not in ("on_site", "done") or _day(order.starts_at) > ago(0):
            return
        self.story.until(order.starts_at + timedelta(minutes=self.chance.randint(0, 15)))
        operations.arrive_on_site(self.session, order.id, None)
        if step == "done":
            worked = order.ends_at - order.starts_at
            self.story.until(order.ends_at - timedelta(minutes=self.chance.randint(0, 20)))
            hours = Decimal(worked // timedelta(minutes=30)) / 2
            operations.report_result(self.session, order.id, None, result=self.result, hours=hours)

    def _order(self, worker: Actor, begins: datetime, ends: datetime) -> dict[str, Any]:
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
        self.story.minutes()
        verb(self.session, self.request.id, None, **values)


def _day(moment: datetime) -> date:
    return local(moment).date()


def _next_morning(moment: datetime) -> datetime:
    """Half past eight on the day after ``moment``."""
    return local(moment + timedelta(days=1)).replace(hour=8, minute=30, second=0, microsecond=0)
