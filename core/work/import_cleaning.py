"""What was handed in to be imported is thrown away after a time; that it was imported, by whom and how many rows, stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.fields import Field
from core.extension.exchange import JobHandler, ParameterSpec, Task
from core.kernel.clock import now
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.work.import_models import ImportFile
from core.work.models import Attachment, ImportRun

KEPT = ParameterSpec(
    "core.import_kept_days",
    msg("Days for which imported files are kept"),
    Field("integer", msg("Days")),
    14,
    msg("Afterwards the file, its rejected rows and what they held are thrown away; the counts stay."),
    source="R-158",
    unit=msg("days"),
    least=1,
    most=90,
)


def remove_old_imports(session: Session, task: Task) -> Any:
    """Throw away what is older than the company wants it kept; return how many files. The bytes go with the next sweep of the store."""
    before = now() - timedelta(days=int(parameter(session, KEPT.name)))
    old = (ImportFile.company_id == task.company_id, ImportFile.created_at < before, ImportFile.sha256 != "")
    files = list(session.scalars(select(ImportFile).where(*old)))
    for file in files:
        file.sha256, file.head = "", {**file.head, "samples": {}}
    runs = list(session.scalars(select(ImportRun).where(ImportRun.company_id == task.company_id, ImportRun.created_at < before)))
    for run in runs:
        run.report = "{}"
    mine = (Attachment.company_id == task.company_id, Attachment.table_name == ImportRun.__tablename__, Attachment.created_at < before)
    for rejects in session.scalars(select(Attachment).where(*mine)):
        session.delete(rejects)
    session.flush()
    return len(files)


HANDLER = JobHandler("core.remove_old_imports", remove_old_imports, msg("Remove imported files"), every_minutes=24 * 60)
