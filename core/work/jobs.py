"""Asking for work: the job row is written in the business transaction, and a worker is woken after its commit (design 3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.database.sessions import after_commit, one
from core.kernel.acting import Actor, System, acting
from core.kernel.clock import now
from core.kernel.errors import Conflict, Forbidden
from core.kernel.words import msg
from core.work.models import Job, JobState
from core.work.wakeups import wake

REVIEWED = {"keguan_reviewed": True}
FINISHED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def enqueue(session: Session, kind: str, payload: Mapping[str, Any], *, key: str = "", run_after: datetime | None = None) -> int:
    """Ask for a job of ``kind`` (``<plugin>.<what>``) on behalf of whoever acts; return its id.

    It is run after the present use case has been committed, not before ``run_after`` (UTC), and never if the use case fails. With a ``key``
    the company has at most one such job, ever: asking again changes nothing and returns the first one's id.
    """
    who = acting()
    company_id = who.company_id if isinstance(who, Actor | System) else None
    if company_id is None:
        raise Forbidden(msg("A job belongs to a company; nobody of one is acting."))
    asked_by_id = who.employee_id if isinstance(who, Actor) else None
    return add_job(session, company_id, kind, payload, key=key, run_after=run_after, asked_by_id=asked_by_id)


def add_job(
    session: Session,
    company_id: int,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str = "",
    run_after: datetime | None = None,
    asked_by_id: int | None = None,
) -> int:
    """Like :func:`enqueue` for a stated company and person; for the floor itself and its schedules."""
    values = {
        "company_id": company_id,
        "kind": kind,
        "plugin": kind.split(".", 1)[0],
        "key": key or None,
        "payload": dict(payload),
        "run_after": run_after or now(),
        "asked_by_id": asked_by_id,
    }
    # Plain SQL, reviewed: one atomic statement; of a job that somebody else asked for with this key only the id comes out.
    statement = insert_for(session, Job).values(values).on_conflict_do_nothing().returning(Job.__table__.c.id)
    made = session.execute(statement, execution_options=REVIEWED).scalar()
    if made is None:
        table = Job.__table__.c
        known = select(table.id).where(table.company_id == company_id, table.kind == kind, table.key == key)
        return int(session.execute(known, execution_options=REVIEWED).scalar_one())
    after_commit(session, wake)
    return int(made)


def insert_for(session: Session, model: Any) -> Any:
    """An INSERT into the table of ``model`` that knows ON CONFLICT in the dialect of ``session``."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model.__table__)


def cancel_job(session: Session, job_id: int) -> Job:
    """Call off a job of one's own: a waiting one never starts, a running long one stops at its next step.

    Raises :class:`Conflict` when it has ended already, :class:`NotFound` when it is not visible, :class:`Forbidden` when it is another's.
    """
    job: Job = one(session, select(Job).where(Job.id == job_id))
    who = acting()
    if isinstance(who, Actor) and job.asked_by_id != who.employee_id:
        raise Forbidden
    if job.state in FINISHED:
        raise Conflict(msg("The job has ended already."))
    job.state, job.worker, job.lease_until, job.finished_at = JobState.CANCELLED, None, None, now()
    session.flush()
    return job


def remove_old_jobs(session: Session, company_id: int, before: datetime) -> int:
    """Delete jobs of the company that ended before ``before``; return how many."""
    statement = delete(Job).where(Job.company_id == company_id, Job.state.in_(FINISHED), Job.finished_at < before)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
