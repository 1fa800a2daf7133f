"""Claims on jobs: taken in one statement, kept by renewing a lease, lost to whoever holds a newer token (fencing)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, exists, or_, select, update
from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.kernel.words import Message, msg
from core.organisation.models import Company
from core.switchboard.models import ModuleSwitch
from core.work.models import Job, JobState

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
HOUSE = System("background jobs")


class LeaseLost(Exception):
    """The job was cancelled, or another worker took it because this one seemed dead: nothing more may be written for it."""


@dataclass(frozen=True)
class Claim:
    """A job in hand; ``token`` is what makes it ours."""

    job_id: int
    kind: str
    company_id: int
    asked_by_id: int | None
    payload: Mapping[str, Any]
    attempts: int
    token: str


def claim(database: Database, kinds: Collection[str], *, only: int | None = None, at: datetime | None = None) -> Claim | None:
    """Take the job that has waited longest, or ``only`` that one; None when nothing is due.

    The jobs of a plugin that is off for the company, of a closed company and of a plugin that is not installed wait.
    """
    at = at or now()
    ripe = _ripe(kinds, at) if only is None else _ripe(kinds, at).where(Job.id == only)
    token = secrets.token_hex(16)
    taken = {"state": JobState.RUNNING, "worker": token, "lease_until": at + LEASE, "attempts": Job.attempts + 1, "started_at": at}
    statement = update(Job).where(Job.id == ripe.scalar_subquery()).values(taken)
    with acting_as(HOUSE), database.transaction() as session:
        job = session.scalars(statement.returning(Job), execution_options={"synchronize_session": False}).one_or_none()
    if job is None:
        return None
    return Claim(job.id, job.kind, job.company_id, job.asked_by_id, job.payload, job.attempts, token)


def _ripe(kinds: Collection[str], at: datetime) -> Any:
    plugin_on = exists().where(ModuleSwitch.company_id == Job.company_id, ModuleSwitch.plugin == Job.plugin, ModuleSwitch.enabled)
    company_open = exists().where(Company.id == Job.company_id, Company.active)
    return (
        select(Job.id)
        .where(Job.state == JobState.QUEUED, Job.run_after <= at, Job.kind.in_(kinds), company_open, or_(Job.plugin == "core", plugin_on))
        .order_by(Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Job)
    )


def settle(session: Session, held: Claim, state: JobState, error: Message | None = None, run_after: datetime | None = None) -> None:
    """Write what became of the job, in the transaction of what was done for it. Raises :class:`LeaseLost` when it is no longer ours."""
    values: dict[str, Any] = {"state": state, "worker": None, "lease_until": None, "error": error}
    if run_after is not None:
        values["run_after"] = run_after
    if state is not JobState.QUEUED:
        values["finished_at"] = now()
    _as_holder(session, held, values)


def renew(database: Database, held: Claim, done: int | None = None, total: int | None = None) -> None:
    """Keep the claim for another lease, and note how far the work is. Raises :class:`LeaseLost`."""
    values: dict[str, Any] = {"lease_until": now() + LEASE}
    if done is not None:
        values |= {"done": done, "total": total}
    with acting_as(HOUSE), database.transaction() as session:
        _as_holder(session, held, values)


def _as_holder(session: Session, held: Claim, values: Mapping[str, Any]) -> None:
    mine = update(Job).where(Job.id == held.job_id, Job.worker == held.token, Job.state == JobState.RUNNING)
    if _changed(session, mine.values(values)) != 1:
        raise LeaseLost(held.kind)


def _changed(session: Session, statement: Update) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)


def requeue_expired(database: Database, at: datetime | None = None) -> int:
    """Put jobs back whose worker died; those that have seen too many workers die have failed. Return how many were found."""
    at = at or now()
    expired = (Job.state == JobState.RUNNING, Job.lease_until < at)
    gone = {"worker": None, "lease_until": None}
    sentence = msg("The job was stopped %(times)s times before it was done.", times=ATTEMPTS)
    with acting_as(HOUSE), database.transaction() as session:
        failed = update(Job).where(*expired, Job.attempts >= ATTEMPTS)
        count = _changed(session, failed.values(**gone, state=JobState.FAILED, error=sentence, finished_at=at))
        return count + _changed(session, update(Job).where(*expired).values(**gone, state=JobState.QUEUED, run_after=at))
