"""An import as a background job: the file waits in the store, the rejected rows become a file of the run, seen by its importer alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.sessions import Database, one
from core.extension.calling import registry
from core.extension.exchange import Task
from core.kernel.acting import Actor, System, acting
from core.kernel.errors import BadInput, Forbidden, NotFound
from core.kernel.words import msg
from core.work.attachments import attach, attachments_of, detach, open_attachment
from core.work.file_names import clean_name
from core.work.file_store import file_store
from core.work.import_models import ImportFile
from core.work.import_runs import interrupt_runs
from core.work.imports import Imported, ImportOrder, run_import
from core.work.jobs import FINISHED, cancel_job, enqueue
from core.work.models import ImportRun, Job
from core.work.notices import notify
from core.work.profiles import Profile, profile_from
from core.work.rows import Limits

KIND = "core.import"


def request_import(session: Session, name: str, stream: IO[bytes], profile: str, *, dry_run: bool = False) -> int:
    """Ask for the import of a file by the mapping ``profile`` (its TOML text); return the id of the job.

    A job that one has asked for with the same file and profile and that has not ended is called off: whoever ran it may have been killed.
    Raises :class:`BadInput` for a profile or name that cannot be used, :class:`TooLarge` for a file beyond the store's limit.
    """
    who = acting()
    if not isinstance(who, Actor | System) or who.company_id is None:
        raise Forbidden
    _profile(profile)
    clean = clean_name(name)
    with file_store().receiving(stream, Limits().file_bytes) as received:
        file_store().keep(who.company_id, received)
    return enqueue_import(session, received.sha256, clean, profile, dry_run=dry_run)


def enqueue_import(session: Session, sha256: str, name: str, profile: str, *, dry_run: bool) -> int:
    """Like :func:`request_import` for a file that lies in the store already."""
    who = acting()
    assert isinstance(who, Actor | System)
    payload = {"sha256": sha256, "name": name, "profile": profile, "dry_run": dry_run}
    _call_off_unfinished(session, who, payload)
    return enqueue(session, KIND, payload)


def run_import_job(database: Database, task: Task) -> None:
    """The handler of such jobs; it runs as the person who asked."""
    who = acting()
    assert isinstance(who, Actor | System)
    path = file_store().path(task.company_id, str(task.payload["sha256"]))
    if not path.is_file():
        raise NotFound(msg("The file to be imported is no longer kept. Please upload it again."))
    name = str(task.payload["name"])
    with TemporaryDirectory(prefix="keguan-import-") as folder:
        rejects = Path(folder) / f"{Path(name).stem}.csv"  # the reader's language calls it the rejected rows when it is fetched
        order = ImportOrder(path, _profile(str(task.payload["profile"])), bool(task.payload["dry_run"]), rejects, name, task.job_id)
        done = run_import(database, registry(), order, who, task.progress)
        with database.transaction() as session:
            if done.rejects is not None:
                _keep_rejects(session, done.run_id, done.rejects)
            if isinstance(who, Actor) and not order.dry_run:
                _tell(session, who, task.job_id, name, done)


def run_of_job(session: Session, job_id: int) -> ImportRun:
    """The run that the job makes; :class:`NotFound` before it has begun, or when it is somebody else's."""
    run: ImportRun = one(session, select(ImportRun).where(ImportRun.job_id == job_id))
    return run


def rejected_rows(session: Session, run: ImportRun) -> Path | None:
    """Where the file of the rows lies that ``run`` rejected; None when there are none."""
    kept = attachments_of(session, run)
    return open_attachment(session, kept[-1].id)[1] if kept else None


def _call_off_unfinished(session: Session, who: Actor | System, payload: Mapping[str, Any]) -> None:
    asked_by_id = who.employee_id if isinstance(who, Actor) else None
    mine = (Job.kind == KIND, Job.state.not_in(FINISHED), Job.asked_by_id.is_not_distinct_from(asked_by_id))
    same = [job.id for job in session.scalars(select(Job).where(*mine)) if job.payload == payload]
    for job_id in same:
        cancel_job(session, job_id)
    interrupt_runs(session, same)


def _tell(session: Session, who: Actor, job_id: int, name: str, done: Imported) -> None:
    """Whoever has left the page is told that the file has been read; the notice leads to its report."""
    file_id = session.scalar(select(ImportFile.id).where(ImportFile.import_job_id == job_id))
    report = done.report
    sentence = msg(
        "“%(name)s” has been imported: %(created)s created, %(updated)s changed, %(rejected)s rejected.",
        name=name,
        created=report.created,
        updated=report.updated,
        rejected=report.rejected_rows,
    )
    notify(session, who.employee_id, sentence, f"/imports/{file_id}" if file_id is not None else "")


def _keep_rejects(session: Session, run_id: int, rejects: Path) -> None:
    run: ImportRun = one(session, select(ImportRun).where(ImportRun.id == run_id))
    for older in attachments_of(session, run):
        detach(session, older.id)
    with rejects.open("rb") as file:
        attach(session, run, rejects.name, file, "text/csv")  # its cells are as they came, even with what no text file may hold


def _profile(text: str) -> Profile:
    try:
        return profile_from(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(msg("The profile is not valid TOML: %(detail)s.", detail=str(error))) from error
