"""Demo project proposals and projects, from the draft to the end."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.kernel.acting import Actor, acting_as
from core.kernel.story import Story, ago
from plugins.customers.public import CustomerSummary
from plugins.sales.demo.words import DUTIES, ENTRIES, MILESTONES, REASON, SUBJECTS, WAY
from plugins.sales.models import Milestone, Project, ProjectProposal
from plugins.sales.operations import (
    add_member,
    add_milestone,
    approve_proposal,
    create_project,
    create_proposal,
    finish_project,
    reach_milestone,
    reject_proposal,
    stop_project,
    submit_proposal,
    write_entry,
)

PLAN = ("finished", "running", "running", "stopped", "rejected", "approved", "submitted", "draft")
"""How far each demo proposal goes."""
AGES = {"finished": 130, "running": 75, "stopped": 72, "rejected": 24, "approved": 6, "submitted": 2, "draft": 1}
"""How many days ago it was drafted."""
LEAD = 15
"""Days between the draft of a proposal and the beginning of the project."""
Actors = Mapping[int, Actor]


def make(session: Session, chance: random.Random, ready: Sequence[CustomerSummary], actors: Actors) -> None:
    """Propose :data:`PLAN` projects with customers that are known long enough; heads decide, owners carry them out."""
    known = [one for one in ready if one.entered_on < ago(AGES["finished"] + 10)]
    for step, customer in zip(PLAN, reversed(known), strict=False):
        owner = actors[customer.owner_id]
        with Story(chance, ago(AGES[step] + chance.randint(0, 2))) as story:
            with acting_as(owner):
                proposal = create_proposal(session, _values(story, customer))
                if step == "draft":
                    continue
                story.minutes(20, 120)
                submit_proposal(session, proposal.id, proposal.version)
            story.days(1, 3)
            if step != "submitted" and _decided(session, proposal, step, actors) and step not in ("rejected", "approved"):
                story.on((proposal.starts_on or story.day) - timedelta(days=3))
                with acting_as(owner):
                    _carry_out(session, story, proposal, step, [one for one in actors.values() if one.employee_id != owner.employee_id])


def _decided(session: Session, proposal: ProjectProposal, step: str, actors: Actors) -> bool:
    """Whether there is a head who decided about the proposal."""
    heads = [one for one in actors.values() if one.may(ProjectProposal.__resource__, "review") and proposal.department_id in one.subtree]
    if not heads:
        return False
    with acting_as(heads[0]):
        if step == "rejected":
            reject_proposal(session, proposal.id, proposal.version, reason="毛利测算不完整，请补充安装费用后再报")
        else:
            approve_proposal(session, proposal.id, proposal.version, note="同意立项，注意交货期")
    return True


def _carry_out(session: Session, story: Story, proposal: ProjectProposal, step: str, others: Sequence[Actor]) -> None:
    project = create_project(session, {"title": proposal.title, "proposal": proposal.id, "least_profit_rate": Decimal(18)})
    story.minutes(10, 60)
    for colleague, duty in zip(others[:2], DUTIES, strict=False):
        add_member(session, {"project": project.id, "employee": colleague.employee_id, "duty": duty})
    begins = project.starts_on or story.day
    goals = [_milestone(session, project, begins, name, days, part) for name, days, part in MILESTONES]
    works = len(ENTRIES) if step == "finished" else story.chance.randint(2, 4)
    steps: list[tuple[date, Milestone | tuple[str, int]]] = [(goal.due_on or begins, goal) for goal in goals]
    steps += [(begins + timedelta(days=days), (content, progress)) for content, progress, days in ENTRIES[:works]]
    for day, what in sorted(steps, key=lambda one: one[0]):
        if day < ago(0) - timedelta(days=8 if step == "stopped" else 0):
            story.on(day)
            if isinstance(what, Milestone):
                reach_milestone(session, what.id, what.version)
            else:
                write_entry(session, {"project": project.id, "content": what[0], "progress": what[1]})
    _end(session, story, project, step)


def _end(session: Session, story: Story, project: Project, step: str) -> None:
    session.refresh(project)
    if step == "finished":
        story.days(1, 3)
        finish_project(session, project.id, project.version)
    elif step == "stopped":
        story.days(1, 3)
        stop_project(session, project.id, project.version, reason="客户厂房搬迁，暂缓实施")


def _milestone(session: Session, project: Project, begins: date, name: str, days: int, part: int | None) -> Milestone:
    due_on = begins + timedelta(days=days)
    return add_milestone(session, {"project": project.id, "name": name, "due_on": due_on, "part": part})


def _values(story: Story, customer: CustomerSummary) -> dict[str, Any]:
    chance = story.chance
    amount = Decimal(chance.randint(30, 260)) * 10_000
    starts_on = story.day + timedelta(days=LEAD)
    return {
        "title": f"{customer.name.removesuffix('有限公司')}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "amount": amount,
        "cost": (amount * chance.randint(62, 78) / 100).quantize(Decimal("0.01")),
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=chance.randint(105, 160)),
        "reason": REASON,
        "plan": WAY,
    }
