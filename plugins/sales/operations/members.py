"""Who works on a project, and sees it for that (R-205, R-443)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.access.models import ShareMode
from core.access.people import active_employee
from core.access.sharing import forget_shares, let_see
from core.database.changes import apply_changes, make_record
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.sales.models import ProjectMember
from plugins.sales.operations.asking import tell
from plugins.sales.operations.projects import running_project

STAYS = msg("Project and colleague stay as they are. Please add a new member instead.")


def add_member(session: Session, values: Mapping[str, Any]) -> ProjectMember:
    """Let a colleague work on a running project and see it for that; raises :class:`BadInput` for its manager or one who is there."""
    authorise(ProjectMember, "create")
    member: ProjectMember = make_record(ProjectMember, values)
    project = running_project(session, "update", member.project_id, None)
    person = active_employee(session, member.employee_id, "employee")
    if person.id == project.owner_id or session.scalar(_member(project.id, person.id)) is not None:
        raise BadInput(fields={"employee": msg("%(name)s belongs to the project already. Please choose another.", name=person.name)})
    session.add(member)
    session.flush()
    let_see(session, project, person.id, ShareMode.WRITE)
    tell(session, [person.id], msg("You were added to the project %(title)s.", title=project.title), f"/projects/{project.id}")
    return member


def change_member(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ProjectMember:
    """Change what the colleague does for the project; for another colleague add a new one."""
    member: ProjectMember = get_for(session, ProjectMember, "update", record_id, version)
    if any(changes.get(name, getattr(member, f"{name}_id")) != getattr(member, f"{name}_id") for name in ("project", "employee")):
        raise BadInput(STAYS)
    apply_changes(member, changes)
    session.flush()
    return member


def remove_member(session: Session, record_id: int, version: int | None) -> None:
    """Let the colleague out of the project, who sees it no more at once."""
    member: ProjectMember = get_for(session, ProjectMember, "delete", record_id, version)
    forget_shares(session, member.project, member.employee_id)
    session.delete(member)
    session.flush()


def _member(project_id: int, employee_id: int) -> Any:
    return select(ProjectMember.id).where(ProjectMember.project_id == project_id, ProjectMember.employee_id == employee_id)
