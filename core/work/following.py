"""Seeing a job through in the foreground: run it here, or watch the row while a worker that was quicker runs it."""

from __future__ import annotations

import time

from sqlalchemy import select

from core.database.sessions import Database, one
from core.extension.registry import Registry
from core.kernel.acting import acting_as
from core.work.claims import HOUSE
from core.work.jobs import FINISHED
from core.work.models import Job
from core.work.running import Listener, run_due_jobs

LOOK = 0.5  # seconds between two looks at the row


def complete_job(database: Database, registry: Registry, job_id: int, on_progress: Listener | None = None) -> Job:
    """The job after its end; ``on_progress(done, total)`` hears what its row says. For commands, which know who may ask for it."""
    while True:
        run_due_jobs(database, registry, only=job_id, on_progress=on_progress)
        with acting_as(HOUSE):
            job: Job = one(database.session(), select(Job).where(Job.id == job_id))
            database.session().expunge(job)
        database.release()
        if job.state in FINISHED:
            return job
        if on_progress is not None and job.total:
            on_progress(job.done, job.total)
        time.sleep(LOOK)
