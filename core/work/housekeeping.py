"""Jobs of the house itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.access.attempts import forget_old_counts
from core.database.engine import refresh_statistics
from core.database.sessions import Database
from core.extension.exchange import JobHandler, Task
from core.kernel.clock import now
from core.kernel.words import msg
from core.work.apart import remove_made
from core.work.attachments import hashes_in_use, remove_orphans
from core.work.import_cleaning import HANDLER as REMOVE_OLD_IMPORTS
from core.work.import_jobs import run_import_job
from core.work.jobs import remove_old_jobs
from core.work.mail import MAIL
from core.work.previews import PREVIEWING
from core.work.sent_forms import forget_sent_forms
from core.work.trail_checks import run_check_job
from core.work.trail_mail import MAIL_HEADS

JOBS_KEPT = timedelta(days=30)
DAILY = 24 * 60


def _remove_old_jobs(session: Session, task: Task) -> Any:
    forget_sent_forms(session, task.company_id)
    forget_old_counts(session)
    return remove_old_jobs(session, task.company_id, now() - JOBS_KEPT)


def _remove_orphans(session: Session, task: Task) -> Any:
    removed = remove_orphans(session, task.company_id)
    remove_made(task.company_id, hashes_in_use(session, task.company_id))
    return removed


def _refresh_statistics(database: Database, task: Task) -> Any:
    refresh_statistics(database.engine)


HOUSE_HANDLERS: tuple[JobHandler, ...] = (
    JobHandler("core.remove_old_jobs", _remove_old_jobs, msg("Remove old background jobs"), every_minutes=DAILY),
    JobHandler("core.remove_orphaned_files", _remove_orphans, msg("Remove files that belong to no record"), every_minutes=DAILY),
    JobHandler("core.refresh_statistics", _refresh_statistics, msg("Take stock of the tables"), every_minutes=DAILY, long=True),
    JobHandler("core.check_trail", run_check_job, msg("Check the audit trail"), every_minutes=DAILY, long=True),
    REMOVE_OLD_IMPORTS,
    JobHandler("core.import", run_import_job, msg("Import a file"), long=True),
    MAIL,
    MAIL_HEADS,
    PREVIEWING,
)
"""Kinds that begin with ``core.``; they run whatever plugins are on."""
