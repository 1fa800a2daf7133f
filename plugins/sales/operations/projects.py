"""Projects: created from an approved proposal, carried out, ended (R-204, R-324)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.changes import apply_changes, make_record
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.sales.errors import NotRunning, ProposalNotApproved
from plugins.sales.models import Project, ProjectProposal
from plugins.sales.operations.asking import tell
from plugins.sales.queries.people import heads
from plugins.sales.rules.profit import wrong_minimum
from plugins.sales.rules.projects import PROJECT_CYCLE, ProjectState, ProposalState, days_are_sound

WITH_PROPOSAL = msg("A project stays with its proposal. Please create a new project for the other one.")


def create_project(session: Session, values: Mapping[str, Any]) -> Project:
    """Create the project of an approved proposal (``values["proposal"]``) that has none yet; it belongs to whoever creates it.

    Its customer is that of the proposal, its days too unless others are given. Raises :class:`ProposalNotApproved` (R-324).
    """
    authorise(Project, "create")
    project: Project = make_record(Project, values)
    with session.no_autoflush:
        proposal = _approved(session, project.proposal_id)
    project.customer_id, project.touched_at, project.progress = proposal.customer_id, now(), 0
    project.starts_on, project.ends_on = project.starts_on or proposal.starts_on, project.ends_on or proposal.ends_on
    _check(project)
    session.add(project)
    session.flush()
    return project


def create_from_proposal(session: Session, record_id: int, version: int | None) -> Project:
    """Create the project of the proposal under its own title: the same as :func:`create_project`, from the proposal's page."""
    proposal: ProjectProposal = get_for(session, ProjectProposal, "update", record_id, version)
    return create_project(session, {"title": proposal.title, "proposal": proposal.id})


def change_project(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Project:
    """Change the given fields of a running project; it stays with its proposal."""
    project = running_project(session, "update", record_id, version)
    if changes.get("proposal", project.proposal_id) != project.proposal_id:
        raise BadInput(fields={"proposal": WITH_PROPOSAL})
    changed = apply_changes(project, changes)
    _check(project)
    if changed:
        touch(project)
    session.flush()
    return project


def finish_project(session: Session, record_id: int, version: int | None) -> Project:
    """Note that everything has been carried out."""
    project = _moved(session, record_id, version, "finish")
    project.ended_on, project.progress, project.state_reason = today(), 100, None
    session.flush()
    _tell_heads(session, project, msg("The project %(title)s is finished.", title=project.title))
    return project


def stop_project(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Project:
    """End a project before its time, for a reason."""
    project = _moved(session, record_id, version, "stop")
    project.ended_on, project.state_reason = today(), needed_reason(reason)
    session.flush()
    said = msg("The project %(title)s was stopped: %(reason)s", title=project.title, reason=project.state_reason)
    _tell_heads(session, project, said)
    return project


def resume_project(session: Session, record_id: int, version: int | None) -> Project:
    """Go on with a stopped project."""
    project = _moved(session, record_id, version, "resume")
    project.ended_on = project.state_reason = None
    touch(project)
    session.flush()
    return project


def running_project(session: Session, verb: str, record_id: int, version: int | None) -> Project:
    """A running project, loaded in order to do ``verb`` with it; raises :class:`NotRunning` otherwise."""
    project: Project = get_for(session, Project, verb, record_id, version)
    if project.state is not ProjectState.RUNNING:
        raise NotRunning(project.state.label)
    return project


def touch(project: Project) -> None:
    """Somebody did something for it: it has not to be warned of."""
    project.touched_at, project.warned = now(), None


def _moved(session: Session, record_id: int, version: int | None, verb: str) -> Project:
    project: Project = get_for(session, Project, "update", record_id, version)
    name_action(session, project, verb)
    project.state = PROJECT_CYCLE.move(project.state, verb)
    project.warned = None
    return project


def _approved(session: Session, proposal_id: int) -> ProjectProposal:
    # Locked, so that of two who create its project at once only one does.
    session.scalar(select(ProjectProposal.id).where(ProjectProposal.id == proposal_id).with_for_update())
    proposal = session.get(ProjectProposal, proposal_id)
    used = session.scalar(select(Project.id).where(Project.proposal_id == proposal_id))
    if proposal is None or proposal.state is not ProposalState.APPROVED or used is not None:
        raise ProposalNotApproved
    return proposal


def _check(project: Project) -> None:
    if not days_are_sound(project.starts_on, project.ends_on):
        raise BadInput(fields={"ends_on": msg("The project ends before it starts. Please check both days.")})
    if wrong := wrong_minimum(project.least_profit_rate, project.least_profit):
        raise BadInput(fields=wrong)


def _tell_heads(session: Session, project: Project, said: Any) -> None:
    others = [head for head in heads(session, project.department_id) if head != project.owner_id]
    tell(session, others, said, f"/projects/{project.id}")
