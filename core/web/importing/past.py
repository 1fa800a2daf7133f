"""What has been imported, by whom, and what became of it; and the records that one import has written."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.kernel.errors import Malformed, NotFound
from core.kernel.words import msg
from core.organisation.models import Employee
from core.web.importing.asking import title_of, way_back
from core.web.list_pages import rows_of
from core.web.listing import SIZES, Query, find
from core.web.nouns import Noun, Nouns
from core.web.pages import Block, CardPlace, Column, ColumnKind, Fragment, Link, ListPage, Pager, PanelPage, RelatedTable, Row, Tag, Tone
from core.web.showing import kind_of, label_with_unit, readable
from core.work.import_models import ImportFile
from core.work.import_records import CREATED, UPDATED, records_of
from core.work.importing import open_targets, run_of_file
from core.work.models import ImportRun

RESOURCE = "core.imports"
PAST = 50
WAITING_COLUMNS = (
    Column("file", msg("File"), ColumnKind.NAME, place=CardPlace.NAME),
    Column("into", msg("Into"), place=CardPlace.OWNER),
    Column("at", msg("Uploaded"), ColumnKind.RELATIVE, place=CardPlace.LAST),
)
COLUMNS = (
    Column("file", msg("File"), ColumnKind.NAME, place=CardPlace.NAME),
    Column("into", msg("Into")),
    Column("who", msg("By"), place=CardPlace.OWNER),
    Column("at", msg("When"), ColumnKind.RELATIVE, place=CardPlace.LAST),
    Column("state", msg("State"), ColumnKind.TAG, place=CardPlace.STATE),
    Column("created", msg("Created"), ColumnKind.NUMBER, place=CardPlace.SUM),
    Column("updated", msg("Changed"), ColumnKind.NUMBER),
    Column("unchanged", msg("Unchanged"), ColumnKind.NUMBER),
    Column("rejected", msg("Rows rejected"), ColumnKind.NUMBER),
)


def past_page(session: Session, nouns: Nouns) -> PanelPage:
    """The doors to every target, files that wait, and past imports, the newest first."""
    targets = [
        Link(title_of(nouns, one.resource), url_for("ImportsView.new", key=one.resource), "file-import") for one in open_targets(g.actor)
    ]
    waiting = _waiting(session, nouns)
    blocks: list[Block] = [Fragment(name="keguan/blocks/import_doors.html", context={"doors": targets})] if targets else []
    return PanelPage(title=msg("Imports"), blocks=(*blocks, *waiting, _past(session, nouns)), wide=True)


def _waiting(session: Session, nouns: Nouns) -> tuple[Block, ...]:
    asked = select(ImportFile).where(ImportFile.import_job_id.is_(None), ImportFile.sha256 != "").order_by(ImportFile.id.desc()).limit(PAST)
    rows = tuple(
        Row(str(one.id), url_for("ImportsView.show", pk=one.id), (one.name, title_of(nouns, one.resource), one.created_at))
        for one in session.scalars(asked)
        if _is_on(one.resource)
    )
    return (RelatedTable(title=msg("Not imported yet"), columns=WAITING_COLUMNS, rows=rows),) if rows else ()


def _is_on(resource: str) -> bool:
    plugin = resource.split(".", 1)[0]
    return plugin == "core" or plugin in g.actor.modules


def _past(session: Session, nouns: Nouns) -> RelatedTable:
    runs = past_runs(session, _before())
    shown = [run for run in runs[:PAST] if _is_on(run.resource)]
    own = select(ImportFile.import_job_id, ImportFile.id).where(ImportFile.import_job_id.in_([run.job_id for run in shown if run.job_id]))
    files: dict[int, int] = {job_id: file_id for job_id, file_id in session.execute(own) if job_id is not None}
    more = Link(msg("Older imports"), url_for("ImportsView.imports", before=runs[PAST - 1].id)) if len(runs) > PAST else None
    return RelatedTable(
        title=msg("Past imports"),
        columns=COLUMNS,
        rows=tuple(_row(nouns, run, files.get(run.job_id or 0)) for run in shown),
        empty=msg("Imported files are listed here with their results."),
        all=more,
    )


def _before() -> int:
    """The id below which to look, from the address."""
    text = request.args.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Malformed(msg("A page number is a whole number."))
    return int(text or 0)


def past_runs(session: Session, before: int = 0) -> list[Any]:
    """The newest imports of the person who acts, or of the company for whoever may read them all: counts and names, no rows."""
    names = (ImportRun.id, ImportRun.file_name, ImportRun.resource, ImportRun.state, ImportRun.created_at, ImportRun.job_id)
    counts = (ImportRun.created, ImportRun.updated, ImportRun.unchanged, ImportRun.rejected)
    asked = select(*names, *counts, Employee.name.label("who")).outerjoin(Employee, Employee.id == ImportRun.asked_by_id)
    asked = asked.where(ImportRun.dry_run.is_(False)).order_by(ImportRun.id.desc()).limit(PAST + 1)
    if before:
        asked = asked.where(ImportRun.id < before)
    if not g.actor.may(RESOURCE, "read"):
        return list(session.execute(asked))
    with as_system(session, "imports of the company for whoever may read them"):
        return list(session.execute(asked))


def _row(nouns: Nouns, run: Any, file_id: int | None) -> Row:
    href = url_for("ImportsView.show", pk=file_id) if file_id is not None else ""
    counts = (run.created, run.updated, run.unchanged, run.rejected)
    told = (run.file_name, title_of(nouns, run.resource), run.who or msg("System"), run.created_at)
    return Row(str(run.id), href, (*told, Tag(run.state.label, Tone(run.state.tone)), *counts), name=run.file_name)


def records_page(session: Session, nouns: Nouns, file: ImportFile, kind: str) -> ListPage:
    """The records that an import has created, or changed, as far as the person sees them today."""
    run = run_of_file(session, file, dry_run=False)
    noun = next((one for one in nouns.by_path.values() if one.resource == file.resource), None)
    if (
        kind not in (CREATED, UPDATED)
        or run is None
        or noun is None
        or file.import_job_id is None
        or not g.actor.may(noun.resource, "read")
    ):
        raise NotFound
    query = Query(page=_page(), size=SIZES[1], order="-id")
    found = find(session, noun, query, within=noun.model.id.in_(records_of(run, kind, noun.model)))
    here = url_for("ImportsView.records", pk=file.id, kind=kind)
    title = msg("Created by “%(file)s”", file=file.name) if kind == "created" else msg("Changed by “%(file)s”", file=file.name)
    shown = tuple(one for one in noun.columns if readable(noun, one.name))
    return ListPage(
        title=title,
        crumbs=(way_back(nouns, file.resource), Link(msg("Import"), url_for("ImportsView.show", pk=file.id))),
        back=Link(msg("Import"), url_for("ImportsView.show", pk=file.id)),
        action=here,
        searchable=False,
        columns=tuple(_column(noun, one) for one in shown),
        rows=rows_of(noun, shown, found.records),
        pager=Pager.of(query.page, query.size, found.total, lambda page, _size: f"{here}?page={page}", capped=found.more, sizes=()),
    )


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 100_000):
        raise Malformed(msg("A page number is a whole number from 1 on."))
    return int(text)


def _column(noun: Noun, shown: Any) -> Column:
    kind = kind_of(noun, shown)
    return Column(shown.name, label_with_unit(noun.fields[shown.name], kind), kind, place=shown.place, quiet=shown.quiet)
