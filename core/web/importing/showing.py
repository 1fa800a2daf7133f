"""The last two steps: the try and the import, how far they are, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import url_for

from core.kernel.words import Message, counted, msg
from core.web.importing.asking import STEPS, title_of, way_back
from core.web.nouns import Nouns
from core.web.pages import Block, Column, Figure, Link, ProgressPage, RelatedTable, Row, Say, Tone, Verb
from core.work.import_models import ImportFile
from core.work.jobs import FINISHED
from core.work.models import ImportRun, ImportState, Job
from core.work.rejects import Report

SHOWN_PROBLEMS = 50
TRIED = {
    "read": msg("Rows read"),
    "created": msg("Would be created"),
    "updated": msg("Would be changed"),
    "unchanged": msg("Unchanged"),
    "rejected": msg("Would be rejected"),
}
DONE = {**TRIED, "created": msg("Created"), "updated": msg("Changed"), "rejected": msg("Rows rejected")}
PROBLEM_COLUMNS = (
    Column("row", msg("Row")),
    Column("column", msg("Column")),
    Column("value", msg("Value")),
    Column("reason", msg("Reason")),
)


def progress_page(nouns: Nouns, file: ImportFile, run: ImportRun | None, job: Job | None, says: tuple[Say, ...] = ()) -> ProgressPage:
    """The page of a file whose rows are being tried or imported, or have been; ``run`` and ``job`` are those of the latest step."""
    trying = file.import_job_id is None
    moving = job is not None and job.state not in FINISHED
    back = way_back(nouns, file.resource)
    failed = _failure(run, job) if not moving else None
    return ProgressPage(
        title=msg("Import: %(list)s", list=title_of(nouns, file.resource)),
        crumbs=(back,),
        back=back,
        step=3 if trying or moving else 4,
        steps=STEPS,
        file=file.name,
        lead=_lead(run, job, trying=trying, moving=moving, failed=failed is not None),
        figures=_figures(file, run, trying=trying) if run is not None else (),
        share=_share(job) if moving else None,
        again=url_for("ImportsView.show", pk=file.id) if moving else "",
        verbs=_verbs(file, run, back, trying=trying, moving=moving, failed=failed is not None),
        blocks=problems_of(run) if run is not None and not moving else (),
        says=(*says, *((Say(failed),) if failed is not None else ())),
    )


def _failure(run: ImportRun | None, job: Job | None) -> Message | None:
    """Why the step did not reach the end of the file."""
    if run is not None and run.state is ImportState.DONE:
        return None
    if run is not None and run.error is not None:
        return run.error
    if job is not None and job.error is not None:
        return job.error
    return msg("It was cancelled before the end of the file.")


def _lead(run: ImportRun | None, job: Job | None, *, trying: bool, moving: bool, failed: bool) -> Message:
    if moving and run is None:
        return msg("It starts as soon as a worker is free. You may leave this page and return from the list of imports.")
    if moving:
        sentence = msg("Each row is checked; nothing is saved.") if trying else msg("The rows are being imported.")
        return msg("%(said)s You may leave this page and return from the list of imports.", said=sentence)
    if failed:
        return msg("Nothing has been saved.") if trying else msg("What was saved until then stays. The import can be continued.")
    if trying:
        return msg("Nothing has been saved yet. Review what would happen, then import the rows.")
    return msg("The whole file has been read.")


def _figures(file: ImportFile, run: ImportRun, *, trying: bool) -> tuple[Figure, ...]:
    words: Mapping[str, Message] = TRIED if trying else DONE
    found = []
    for name, label in words.items():
        count = getattr(run, name)
        leads = not trying and name in ("created", "updated") and count
        href = url_for("ImportsView.records", pk=file.id, kind=name) if leads else ""
        found.append(Figure(label, f"{count:,}", href, late=name == "rejected" and bool(count)))
    return tuple(found)


def _share(job: Job | None) -> int:
    if job is None or not job.total:
        return 0
    return min(100, 100 * job.done // job.total)


def _verbs(file: ImportFile, run: ImportRun | None, back: Link, *, trying: bool, moving: bool, failed: bool) -> tuple[Verb | Link, ...]:
    if moving:
        return (Verb(msg("Cancel"), url_for("ImportsView.cancel", pk=file.id), "x"),)
    found: list[Verb | Link] = []
    if run is not None and run.rejected:
        found.append(Link(msg("Download the rejected rows"), url_for("ImportsView.rejected", pk=file.id), "download"))
    if trying:
        found.append(Link(msg("Back to the columns"), url_for("ImportsView.mapping", pk=file.id), "arrow-back-up"))
        if not failed and run is not None and run.read > run.rejected:
            found.append(_commit(file, run))
        return tuple(found)
    if failed:
        return (*found, Verb(msg("Continue"), url_for("ImportsView.commit", pk=file.id), "refresh", primary=True))
    again = Link(msg("Import another file"), url_for("ImportsView.new", key=file.resource), "file-import")
    return (*found, again, Link(msg("To the list"), back.href, "list-details"))


def _commit(file: ImportFile, run: ImportRun) -> Verb:
    good = run.read - run.rejected
    label = counted("Import %(count)s row", "Import %(count)s rows", good)
    return Verb(label, url_for("ImportsView.commit", pk=file.id), "file-import", primary=True)


def problems_of(run: ImportRun) -> tuple[Block, ...]:
    """The first rejected cells as a table; all of them are in the file of rejected rows."""
    report: dict[str, Any] = json.loads(run.report)
    if not report.get("rejected"):
        return ()
    problems = Report.from_dict(report).rejected
    rows = tuple(
        Row(str(place), "", (str(one.row), one.column or None, one.value or None, str(one.reason)))
        for place, one in enumerate(problems[:SHOWN_PROBLEMS])
    )
    more = len(problems) > SHOWN_PROBLEMS
    title = msg("The first %(count)s problems", count=SHOWN_PROBLEMS) if more else msg("Problems")
    return (RelatedTable(title=title, columns=PROBLEM_COLUMNS, rows=rows),)


def called_off() -> Say:
    """After a click on calling off."""
    return Say(msg("The import has been cancelled."), Tone.RUN)
