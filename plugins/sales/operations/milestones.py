"""What a project has to reach, and that it was reached (R-205, R-329)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.audit.trail import name_action
from core.database.changes import apply_changes, make_record
from core.extension.calling import hooks
from core.kernel.acting import actor
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from plugins.sales.errors import NotRunning
from plugins.sales.models import Milestone, Project
from plugins.sales.operations.asking import tell
from plugins.sales.operations.entries import note_progress
from plugins.sales.operations.projects import running_project
from plugins.sales.public import ReachedMilestone
from plugins.sales.rules.projects import ProjectState


def add_milestone(session: Session, values: Mapping[str, Any]) -> Milestone:
    """Set a milestone for a running project."""
    authorise(Milestone, "create")
    milestone: Milestone = make_record(Milestone, values)
    running_project(session, "read", milestone.project_id, None)
    _check(milestone)
    session.add(milestone)
    session.flush()
    return milestone


def change_milestone(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Milestone:
    """Change the given fields of a milestone that has not been reached."""
    milestone = _ahead(session, "update", record_id, version)
    if changes.get("project", milestone.project_id) != milestone.project_id:
        raise BadInput(fields={"project": msg("A milestone stays with its project. Please add a new one to the other project.")})
    apply_changes(milestone, changes)
    _check(milestone)
    session.flush()
    return milestone


def delete_milestone(session: Session, record_id: int, version: int | None) -> None:
    """Take back a milestone that has not been reached."""
    session.delete(_ahead(session, "delete", record_id, version))
    session.flush()


def reach_milestone(session: Session, record_id: int, version: int | None, *, on: date | None = None) -> Milestone:
    """Note that a milestone was reached ``on`` a day (today); hearers may make a payment due. Raises :class:`Conflict` the second time."""
    milestone = _ahead(session, "reach", record_id, version)
    name_action(session, milestone, "reach")
    project: Project = get_for(session, Project, "read", milestone.project_id)
    if project.state is not ProjectState.RUNNING:
        raise NotRunning(project.state.label)
    if (on or today()) > today():
        raise BadInput(fields={"on": msg("This day is in the future. Please choose today or an earlier day.")})
    milestone.reached_on = on or today()
    session.flush()
    note_progress(session, project.id, now())
    reached = ReachedMilestone(project.id, milestone.id, milestone.name, milestone.reached_on, project.contract_number, milestone.part)
    hooks().crm_sales_milestone_reached(session=session, milestone=reached)
    if project.owner_id != actor().employee_id:
        said = msg("The milestone %(name)s of the project %(title)s was reached.", name=milestone.name, title=project.title)
        tell(session, [project.owner_id], said, f"/projects/{project.id}")
    return milestone


def _ahead(session: Session, verb: str, record_id: int, version: int | None) -> Milestone:
    milestone: Milestone = get_for(session, Milestone, verb, record_id, version)
    if milestone.reached_on is not None:
        raise Conflict(msg("This milestone has been reached already."))
    return milestone


def _check(milestone: Milestone) -> None:
    if milestone.part is not None and milestone.part < 1:
        raise BadInput(fields={"part": msg("The parts of a payment schedule are counted from 1. Please check the number.")})
