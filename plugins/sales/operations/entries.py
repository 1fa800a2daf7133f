"""What was done for a project, and how far it is (R-205)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.audit.statements import ACTION, KEEP_UP
from core.database.changes import apply_changes, make_record
from core.kernel.acting import actor
from core.kernel.clock import now
from core.kernel.errors import BadInput, Forbidden
from core.kernel.words import msg
from plugins.sales.models import Project, ProjectEntry
from plugins.sales.operations.projects import running_project
from plugins.sales.rules.projects import is_progress

NOT_MINE = msg("Only the author can change an entry.")


def write_entry(session: Session, values: Mapping[str, Any]) -> ProjectEntry:
    """Register what was done for a running project and how far it is now (R-205); raises :class:`BadInput` for more than the whole."""
    authorise(ProjectEntry, "create")
    entry: ProjectEntry = make_record(ProjectEntry, values)
    running_project(session, "read", entry.project_id, None)
    _check_progress(entry)
    entry.person_id, entry.at = actor().employee_id, now()
    session.add(entry)
    session.flush()
    note_progress(session, entry.project_id, entry.at, entry.progress)
    return entry


def change_entry(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ProjectEntry:
    """Mend an entry that one has written oneself."""
    entry: ProjectEntry = get_for(session, ProjectEntry, "update", record_id, version)
    _own(entry)
    if changes.get("project", entry.project_id) != entry.project_id:
        raise BadInput(fields={"project": msg("An entry stays with its project. Please write a new one for the other project.")})
    apply_changes(entry, changes)
    _check_progress(entry)
    session.flush()
    return entry


def remove_entry(session: Session, record_id: int, version: int | None) -> None:
    """Remove an entry that one has written oneself by mistake."""
    entry: ProjectEntry = get_for(session, ProjectEntry, "delete", record_id, version)
    _own(entry)
    session.delete(entry)
    session.flush()


def _check_progress(entry: ProjectEntry) -> None:
    if not is_progress(entry.progress):
        raise BadInput(fields={"progress": msg("The progress is a percentage from 0 to 100. Please check it.")})


def _own(entry: ProjectEntry) -> None:
    if entry.person_id != actor().employee_id:
        raise Forbidden(NOT_MINE)


def note_progress(session: Session, project_id: int, at: datetime, progress: int | None = None) -> None:
    """Keep on the project that something was done ``at`` a moment, and how far it is.

    A statement of its own, because an entry is no change of the project: it must neither raise its version under somebody who is editing
    it nor ask for the right to edit it.
    """
    kept: dict[str, Any] = {"touched_at": at, "warned": None, "updated_at": Project.updated_at}
    if progress is not None:
        kept["progress"] = progress
    # Reviewed: see above; the entry or milestone itself was allowed.
    reviewed = {"synchronize_session": "fetch", "keguan_reviewed": True, ACTION: KEEP_UP}
    session.execute(update(Project).where(Project.id == project_id).values(kept), execution_options=reviewed)
