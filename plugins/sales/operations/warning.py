"""Warnings: opportunities that stand still or are past their date, projects without entries (R-199, R-325, R-374)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.audit.trail import name_action
from core.kernel.clock import SHANGHAI, local
from core.kernel.words import Message, msg, on_day
from core.organisation.parameters import parameter
from core.organisation.working_days import add_working_days
from plugins.sales.models import Opportunity, Project
from plugins.sales.operations.asking import tell
from plugins.sales.queries.people import heads
from plugins.sales.rules.opportunities import OpportunityState, Warned, warning
from plugins.sales.rules.projects import ProjectState

BATCH = 200


def warn_opportunities(session: Session, day: date, limit: int = BATCH) -> int:
    """Mark opportunities that stand still or are past their date on ``day`` and tell their owners, once each; return how many were told."""
    with as_system(session, "opportunities are warned of"):
        since = add_working_days(session, day, -int(parameter(session, "sales.still_days", day)))
        found = session.scalars(_due(Opportunity, OpportunityState.OPEN, Opportunity.expected_on, since, day).limit(limit)).all()
        for opportunity in found:
            mark = warning(opportunity.expected_on, local(opportunity.touched_at).date(), since, day)
            _mark(session, opportunity, mark)
            tell(session, [opportunity.owner_id], _sentence(opportunity, mark), f"/opportunities/{opportunity.id}")
        session.flush()
    return len(found)


def warn_projects(session: Session, day: date, limit: int = BATCH) -> int:
    """Mark running projects without entry or past their end on ``day`` and tell manager and head, once each; return how many."""
    with as_system(session, "projects are warned of"):
        since = add_working_days(session, day, -int(parameter(session, "sales.entry_days", day)))
        found = session.scalars(_due(Project, ProjectState.RUNNING, Project.ends_on, since, day).limit(limit)).all()
        for project in found:
            mark = warning(project.ends_on, local(project.touched_at).date(), since, day)
            _mark(session, project, mark)
            whom = [project.owner_id, *heads(session, project.department_id)]
            tell(session, whom, _project_sentence(project, mark), f"/projects/{project.id}")
        session.flush()
    return len(found)


def _due(model: Any, state: Any, until: Any, since: date, day: date) -> Select[Any]:
    """Records whose mark is not yet the one they deserve on ``day``."""
    still = model.touched_at < datetime.combine(since, time.min, SHANGHAI)
    overdue = and_(until < day, model.warned.is_distinct_from(Warned.OVERDUE))
    standing = and_(still, or_(until.is_(None), until >= day), model.warned.is_distinct_from(Warned.STILL))
    return select(model).where(model.state == state, or_(overdue, standing)).order_by(model.id)


def _mark(session: Session, record: Any, mark: Warned | None) -> None:
    open_for_writing(session, record)
    name_action(session, record, "warn")
    record.warned = mark


def _sentence(opportunity: Opportunity, mark: Warned | None) -> Message:
    if mark is Warned.OVERDUE:
        return msg("The opportunity %(title)s is past its expected day. Please move it on or close it.", title=opportunity.title)
    return msg(
        "Nothing has happened with the opportunity %(title)s since %(day)s. Please move it on or close it.",
        title=opportunity.title,
        day=on_day(local(opportunity.touched_at).date()),
    )


def _project_sentence(project: Project, mark: Warned | None) -> Message:
    if mark is Warned.OVERDUE:
        return msg("The project %(title)s is past its end. Please finish it or change its end.", title=project.title)
    return msg(
        "The project %(title)s has had no entry since %(day)s. Please register its progress.",
        title=project.title,
        day=on_day(local(project.touched_at).date()),
    )
