"""Which records an import has created and changed, so that its counts lead to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session

from core.database.records import Record
from core.kernel.acting import company_id
from core.kernel.clock import now
from core.work.import_models import ImportedRecord
from core.work.jobs import REVIEWED
from core.work.models import ImportRun

CREATED, UPDATED = "created", "updated"


@contextmanager
def noted_records(session: Session, classes: Collection[type[Record]]) -> Iterator[dict[Record, str]]:
    """Inside, every record of ``classes`` that is written is noted, with what happened to it."""
    found: dict[Record, str] = {}

    def note(flushed: Session, _context: Any) -> None:
        for record in flushed.new:
            if type(record) in classes:
                found[record] = CREATED
        for record in flushed.dirty:
            if type(record) in classes and flushed.is_modified(record):
                found.setdefault(record, UPDATED)

    event.listen(session, "after_flush", note)
    try:
        yield found
    finally:
        event.remove(session, "after_flush", note)


def keep_records(session: Session, run_id: int, written: dict[Record, str]) -> None:
    """Keep what was noted with the run, in the transaction of the rows themselves."""
    at = now()
    fixed = {"company_id": company_id(), "run_id": run_id, "version": 1, "created_at": at, "updated_at": at}
    rows = [
        {**fixed, "kind": kind, "table_name": record.__tablename__, "record_id": inspect(record).identity[0]}
        for record, kind in written.items()
    ]
    if rows:  # plain SQL, reviewed: bookkeeping of the run that this use case belongs to, one statement for five hundred rows
        session.execute(insert(ImportedRecord.__table__), rows, execution_options=REVIEWED)


def records_of(run: ImportRun, kind: str, model: type[Record]) -> Any:
    """The ids of the records of ``model`` that the run has created, or updated; a subquery within the scope of who acts."""
    of_run = (ImportedRecord.run_id == run.id, ImportedRecord.kind == kind, ImportedRecord.table_name == model.__tablename__)
    return select(ImportedRecord.record_id).where(*of_run)
