"""The row that tells of an import: begun before the first batch, counted after each, ended once."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.database.sessions import one
from core.kernel.acting import Actor, acting
from core.kernel.clock import now
from core.kernel.words import Message
from core.work.models import ImportRun, ImportState
from core.work.rejects import Report


def begin_run(session: Session, values: dict[str, object]) -> int:
    """The id of the run: the same job's if it has one, else a new one; an unfinished older run of that file was interrupted."""
    if values.get("job_id") is not None:
        known = session.scalar(select(ImportRun.id).where(ImportRun.job_id == values["job_id"]))
        if known is not None:
            return int(known)
    who = acting()
    asked_by_id = who.employee_id if isinstance(who, Actor) else None
    unfinished = (ImportRun.state == ImportState.RUNNING, ImportRun.job_id.is_(None))
    older = update(ImportRun).where(ImportRun.sha256 == values["sha256"], *unfinished)
    session.execute(older.values(state=ImportState.INTERRUPTED), execution_options={"synchronize_session": False})
    run = ImportRun(asked_by_id=asked_by_id, **values)
    session.add(run)
    session.flush()
    return run.id


def interrupt_runs(session: Session, job_ids: Collection[int]) -> None:
    """The runs of jobs that were called off before the end of their file."""
    running = (ImportRun.job_id.in_(job_ids), ImportRun.state == ImportState.RUNNING)
    session.execute(
        update(ImportRun).where(*running).values(state=ImportState.INTERRUPTED), execution_options={"synchronize_session": False}
    )


def note_counts(session: Session, run_id: int, report: Report) -> ImportRun:
    """Write the counts reached so far."""
    run: ImportRun = one(session, select(ImportRun).where(ImportRun.id == run_id))
    run.read, run.created, run.updated = report.read, report.created, report.updated
    run.unchanged, run.rejected = report.unchanged, report.rejected_rows
    session.flush()
    return run


def end_run(session: Session, run_id: int, report: Report) -> None:
    """The whole file has been read."""
    run = note_counts(session, run_id, report)
    run.state, run.error, run.finished_at = ImportState.DONE, None, now()
    run.report = json.dumps(report.kept(), ensure_ascii=False)
    session.flush()


def fail_run(session: Session, run_id: int, report: Report, error: Message) -> None:
    """The file could not be read to its end, for the reason ``error``; what was read before stays."""
    run = note_counts(session, run_id, report)
    run.state, run.error, run.finished_at = ImportState.FAILED, error, now()
    session.flush()
