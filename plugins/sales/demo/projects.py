"""Demo project proposals and projects, from the draft to the end."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.kernel.acting import Actor, acting_as
from core.kernel.clock import today
from plugins.customers.public import CustomerSummary
from plugins.sales.demo.words import DUTIES, ENTRIES, MILESTONES, REASON, SUBJECTS, WAY
from plugins.sales.models import Project, ProjectProposal
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

PLAN = ("running", "submitted", "draft", "running", "rejected", "finished", "stopped", "approved")
"""How far each demo proposal goes."""
Actors = Mapping[int, Actor]


def make(session: Session, chance: random.Random, ready: Sequence[CustomerSummary], actors: Actors) -> None:
    """Propose :data:`PLAN` projects with customers from the end of the list; heads decide, owners carry them out."""
    for step, customer in zip(PLAN, reversed(ready), strict=False):
        owner = actors[customer.owner_id]
        with acting_as(owner):
            proposal = create_proposal(session, _values(chance, customer))
            if step == "draft":
                continue
            submit_proposal(session, proposal.id, proposal.version)
        if step != "submitted" and _decided(session, proposal, step, actors) and step not in ("rejected", "approved"):
            with acting_as(owner):
                _carry_out(session, chance, proposal, step, [one for one in actors.values() if one.employee_id != owner.employee_id])


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


def _carry_out(session: Session, chance: random.Random, proposal: ProjectProposal, step: str, others: Sequence[Actor]) -> None:
    project = create_project(session, {"title": proposal.title, "proposal": proposal.id, "least_profit_rate": Decimal(18)})
    for colleague, duty in zip(others[:2], DUTIES, strict=False):
        add_member(session, {"project": project.id, "employee": colleague.employee_id, "duty": duty})
    _milestones(session, project, everything=step == "finished")
    for content, progress in ENTRIES[: len(ENTRIES) if step == "finished" else chance.randint(2, 4)]:
        write_entry(session, {"project": project.id, "content": content, "progress": progress})
    session.refresh(project)
    if step == "finished":
        finish_project(session, project.id, project.version)
    elif step == "stopped":
        stop_project(session, project.id, project.version, reason="客户厂房搬迁，暂缓实施")


def _milestones(session: Session, project: Project, *, everything: bool) -> None:
    for name, days, part in MILESTONES:
        due_on = today() + timedelta(days=days)
        milestone = add_milestone(session, {"project": project.id, "name": name, "due_on": due_on, "part": part})
        if everything or days < 0:
            reach_milestone(session, milestone.id, milestone.version, on=min(due_on, today()))


def _values(chance: random.Random, customer: CustomerSummary) -> dict[str, Any]:
    amount = Decimal(chance.randint(30, 260)) * 10_000
    return {
        "title": f"{customer.name.removesuffix('有限公司')}{chance.choice(SUBJECTS)}",
        "customer": customer.id,
        "amount": amount,
        "cost": (amount * chance.randint(62, 78) / 100).quantize(Decimal("0.01")),
        "starts_on": today() - timedelta(days=60),
        "ends_on": today() + timedelta(days=chance.randint(30, 120)),
        "reason": REASON,
        "plan": WAY,
    }
