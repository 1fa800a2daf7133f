"""Making the file of an approved export in constant memory, and handing it out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import has_app_context
from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.audit.reads import note_read
from core.audit.trail import record_event
from core.database.engine import in_passing
from core.database.sessions import Database
from core.exports.cells import PORTION, labels, portions
from core.exports.files import WRITERS, Sheet
from core.exports.folder import Attempt, attempt_at, drop_attempts, file_of, forget
from core.exports.leaving import FileOut, FilesChanged, exported, holds_files, same_files, weigh
from core.exports.marks import Marker
from core.exports.models import ExportRequest
from core.exports.operations import demand_right, move, own_export
from core.exports.packing import Parcel, pack
from core.exports.settings import AT_ONCE, GROWTH
from core.exports.sources import Source, source_called
from core.exports.stamping import Stamper
from core.exports.states import ExportFormat, ExportState
from core.exports.terms import demand_unchanged, export_key
from core.extension.rights import EXPORT
from core.kernel.acting import Actor, actor
from core.kernel.clock import local, now
from core.kernel.errors import Conflict, Forbidden, KeguanError
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.switchboard.actors import resolve_actor
from core.work.jobs import enqueue
from core.work.notices import notify

AT_ONCE_SIZE = 32 * 1024 * 1024  # bytes of files that are packed while one waits
TOLD = 20 * PORTION  # rows between two looks at the progress bar
KIND = "core.export"
GIVEN_UP = timedelta(minutes=10)  # a window makes small files alone, in seconds; one that takes longer has died
BEGUN = (ExportState.APPROVED, ExportState.MAKING)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """What was approved, read once and carried through the making."""

    number: int
    source: Source
    asked: Any
    names: list[str]
    form: ExportFormat
    language: str
    rows: int
    may_differ: int
    mark: Message
    attempt: Attempt
    contents: str


@dataclass(frozen=True)
class Made:
    """A finished file; ``size`` in bytes."""

    rows: int
    size: int
    sha256: str


def is_big(session: Session, request: ExportRequest) -> bool:
    """Whether a worker makes the file, because it would take too long to wait for."""
    if request.format is ExportFormat.ZIP:
        return request.size > AT_ONCE_SIZE
    return request.rows > int(parameter(session, AT_ONCE))


def is_being_made(request: ExportRequest) -> bool:
    """Whether somebody is at it: a worker, or a window that has not been given up yet."""
    return request.state is ExportState.MAKING and (request.job_id is not None or request.updated_at >= now() - GIVEN_UP)


def make_later(session: Session, request_id: int, version: int) -> ExportRequest:
    """Let a worker make the file of one's own approved export; the person is told when it is there."""
    request = own_export(session, request_id)
    if request.version != version:
        raise Conflict(msg("Something has happened to this export meanwhile. Please look at it again."))
    _demand_standing(session, request)
    move(session, request, "make")
    request.job_id = enqueue(session, KIND, {"request": request.id}, key=f"export-{request.id}")
    session.flush()
    return request


def make_file(database: Database, request_id: int, progress: Progress | None = None, *, again: bool = False) -> None:
    """Make the file of one's own approved export. What stops it is told in the request, and nothing half done is left.

    One request gives one file: of two windows one makes it and the other finds it begun; a worker begins ``again`` what may have died with
    another one, and where both live the first to end has made it. Raises the :class:`KeguanError` that stopped it. Opens use cases of its
    own.
    """
    plan = _begin(database, request_id, again=again)
    if plan is None:
        return  # withdrawn while it waited for a worker, begun by another window, or made already
    try:
        with speaking_to(plan.language):
            make = _pack if holds_files(plan.source) else _write
            made = make(database, plan, progress or (lambda done, total: None))
        database.release()
        _finish(database, request_id, made, plan.attempt)
    except KeguanError as error:
        database.release()
        _stop(database, request_id, error, BEGUN)
        raise
    finally:
        plan.attempt.drop()


def _begin(database: Database, request_id: int, *, again: bool) -> Plan | None:
    try:
        with database.transaction() as session:
            request = _locked(session, request_id)
            if request.state not in BEGUN or (is_being_made(request) and not again):
                return None
            _demand_standing(session, request)
            if request.state is ExportState.APPROVED:
                move(session, request, "make")
            return _plan(session, request)
    except KeguanError as error:
        _stop(database, request_id, error, BEGUN)
        raise


def _locked(session: Session, request_id: int) -> ExportRequest:
    """One's own request as it stands when nobody else is about to change it; until the use case ends nobody does."""
    request = own_export(session, request_id)
    session.refresh(request, with_for_update=True)
    return request


def _demand_standing(session: Session, request: ExportRequest) -> None:
    """Everything that must hold whenever something is done towards the file: state, time, terms, right, and the size of the list."""
    if request.state not in (ExportState.APPROVED, ExportState.MAKING, ExportState.READY):
        raise Conflict(why_not(request))
    if request.expires_at is None or request.expires_at < now():
        raise Conflict(msg("The time for downloading this export is over. Please request it again."))
    demand_unchanged(request)
    demand_right(actor(), request.resource)
    source_called(request.source, actor())


def why_not(request: ExportRequest) -> Message:
    """Why there is no file: what stopped it, else by the state of the request."""
    if request.state is ExportState.STOPPED and request.why is not None:
        return request.why
    reasons = {
        ExportState.WAITING: msg("This export has not been approved yet."),
        ExportState.FETCHED: msg("This export has been downloaded already; each approval is for one download. Please request it again."),
        ExportState.REFUSED: msg("This export was refused, so there is no file."),
        ExportState.CANCELLED: msg("This export was withdrawn, so there is no file."),
        ExportState.EXPIRED: msg("The time for downloading this export is over. Please request it again."),
        ExportState.STOPPED: msg("This export was stopped, so there is no file."),
    }
    return reasons.get(request.state, msg("The file is not there yet. Please wait a moment."))


def _plan(session: Session, request: ExportRequest) -> Plan:
    source = source_called(request.source, actor())
    asked = source.checked([(name, value) for name, value in request.asked])
    may_differ = request.rows * int(parameter(session, GROWTH)) // 100
    if holds_files(source):
        same_files(session, source, asked, request.contents)
    elif abs((rows := weigh(session, source, asked).rows) - request.rows) > may_differ:
        raise Conflict(_differs(request.rows, rows))
    return Plan(
        request.id,
        source,
        asked,
        list(request.columns),
        request.format,
        request.language,
        request.rows,
        may_differ,
        mark_of(request),
        attempt_at(request),
        request.contents,
    )


def mark_of(request: ExportRequest) -> Message:
    """The visible mark: who, when, under which number."""
    return msg(
        "Exported by %(who)s on %(day)s, export %(number)s. For internal use only.",
        who=actor().name,
        day=f"{local(now()):%Y-%m-%d %H:%M}",
        number=f"#{request.id}",
    )


def _differs(before: int, rows: int) -> Message:
    """What has changed, in a sentence: the approval was for exactly so many rows."""
    if rows > before:
        return msg(
            "The list has grown since this was requested (rows then: %(before)s, now: %(rows)s). Please request it again.",
            before=f"{before:,}",
            rows=f"{rows:,}",
        )
    return msg(
        "The list has fewer rows than when this was requested (rows then: %(before)s, now: %(rows)s). Please request it again.",
        before=f"{before:,}",
        rows=f"{rows:,}",
    )


def _write(database: Database, plan: Plan, progress: Progress) -> Made:
    """Rows from the database to the file, portion by portion; the rights of now are looked at before each of them is written."""
    source, fields, who = plan.source, plan.source.fields(), actor()
    session = database.session()
    sheet = Sheet(str(source.title), labels(fields, plan.names), [fields[name].kind for name in plan.names], str(plan.mark))
    rows = 0
    asked = exported(session, source, plan.asked)
    # Closed whatever happens: a sheet keeps parts of itself beside it until then, and the database a cursor.
    with (
        plan.attempt.prints.open("wb") as prints,
        in_passing(session.connection()),
        closing(WRITERS[plan.form](plan.attempt.file, sheet)) as writer,
        closing(portions(session, source, asked, plan.names)) as parts,
    ):
        stamper = Stamper(
            Marker(export_key(), plan.number), [fields[name] for name in plan.names], prints, signs=plan.form is not ExportFormat.PDF
        )
        for columns in parts:
            demand_same_rights(database, who, source)
            rows += len(columns[0])
            if rows > plan.rows + plan.may_differ:
                raise Conflict(_differs(plan.rows, rows))
            writer.add(list(stamper.stamp(columns)))
            if rows % TOLD == 0:
                progress(rows, plan.rows)
    if rows < plan.rows - plan.may_differ:  # some went while the file was being made
        raise Conflict(_differs(plan.rows, rows))
    return Made(rows, plan.attempt.file.stat().st_size, _digest(plan.attempt.file))


def _pack(database: Database, plan: Plan, progress: Progress) -> Made:
    """Files of records from the store into the ZIP; the rights of now are looked at before each, and at the end what was to leave."""
    source, who = plan.source, actor()
    session = database.session()
    files = same_files(session, source, plan.asked, plan.contents)

    def allow(number: int) -> None:
        demand_same_rights(database, who, source)
        progress(number, len(files))

    with plan.attempt.prints.open("wb") as prints:
        pack(session, source, files, Parcel(plan.attempt.file, str(plan.mark), Marker(export_key(), plan.number), prints), allow)
    database.release()
    same_files(database.session(), source, plan.asked, plan.contents)
    return Made(len(files), plan.attempt.file.stat().st_size, _digest(plan.attempt.file))


def demand_same_rights(database: Database, who: Actor, source: Source) -> None:
    """Raise :class:`Forbidden` unless the person may still export exactly what he or she might at the beginning."""
    with Session(database.engine) as session:
        present = resolve_actor(session, who.user_id, who.company_id)
    if present is None or _reach(present, source) != _reach(who, source):
        raise Forbidden(msg("Your permissions changed while the file was being made, so it was discarded."))


def _reach(who: Actor, source: Source) -> str:
    """The digest of all that decides which rows and which fields of ``source`` the person may let out."""
    grants = [sorted(str(one.value) for one in who.scopes(source.resource, verb)) for verb in ("read", EXPORT)]
    places = [who.department_id, sorted(who.subtree), sorted(who.in_charge), source.plugin in who.modules | {"core"}]
    fields = sorted((table, name, str(access.value)) for (table, name), access in who.field_rights.items())
    return hashlib.sha256(json.dumps([who.employee_id, grants, places, fields]).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finish(database: Database, request_id: int, made: Made, attempt: Attempt) -> None:
    with database.transaction() as session:
        request = _locked(session, request_id)
        if request.state is not ExportState.MAKING:
            return  # withdrawn meanwhile, or another attempt was quicker: this one is dropped
        move(session, request, "finish")
        request.written, request.size, request.sha256 = made.rows, made.size, made.sha256
        request.reach = _reach(actor(), source_called(request.source, actor()))
        if request.job_id is not None:
            notify(
                session, request.asked_by_id, msg("The file %(name)s is ready to download.", name=str(request)), f"/exports/{request.id}"
            )
        session.flush()
        attempt.keep(request)


def _stop(database: Database, request_id: int, error: KeguanError, states: tuple[ExportState, ...]) -> None:
    """Note why, and leave nothing behind; a wish that may not go on at all, or that another attempt has brought further, stays as it is."""
    with database.transaction() as session:
        request = _locked(session, request_id)
        if request.state in states:
            over = request.expires_at is not None and request.expires_at < now()
            move(session, request, "expire" if over else "stop")
            request.why = error.message
            session.flush()
            forget(request)


@dataclass(frozen=True)
class Fetched:
    """A file that leaves now: delete ``path`` when it has been sent."""

    path: Path
    name: str
    media_type: str
    size: int


def fetch_file(database: Database, request_id: int) -> Fetched:
    """Hand out the file of one's own export, once; by the time it is sent a second download finds it gone (R-343).

    Raises :class:`Conflict` with the reason when there is none, :class:`Forbidden` when the right was taken away.
    """
    try:
        with database.transaction() as session:
            request = _locked(session, request_id)
            if request.state is ExportState.MAKING:
                raise Conflict(msg("This file is being made already. Please wait a moment."))
            if request.state is ExportState.APPROVED:
                raise Conflict(why_not(request))
            _demand_standing(session, request)
            if request.reach != _reach(actor(), source_called(request.source, actor())):
                raise Forbidden(msg("Your permissions changed after the file was made, so it was discarded. Please request it again."))
            left = _still_seen(session, request)
            move(session, request, "download")
            path = file_of(request)
            if not path.is_file() or _digest(path) != request.sha256:
                raise Conflict(msg("The file is missing or was changed. Please request the export again."))
            request.fetched_at = now()
            facts = {"file": request.file_name, "rows": request.written, "sha256": request.sha256, "size": request.size}
            record_event(session, "export", str(request), list=request.source, reason=request.reason, **facts)
            _note_files(session, request, left)
            drop_attempts(request)
            return Fetched(path, request.file_name, request.format.media_type, request.size)
    except (Forbidden, FilesChanged) as error:
        _stop(database, request_id, error, (*BEGUN, ExportState.READY))
        raise


def _still_seen(session: Session, request: ExportRequest) -> list[FileOut]:
    """The files in the ZIP, of which each must still be seen; none of a list."""
    source = source_called(request.source, actor())
    if not holds_files(source):
        return []
    return same_files(session, source, source.checked([(name, value) for name, value in request.asked]), request.contents)


def _note_files(session: Session, request: ExportRequest, files: list[FileOut]) -> None:
    """Write down of each record that files of it have left."""
    if files:
        model = source_called(request.source, actor()).model
        note_read(session, "export", model, sorted({one.record_id for one in files}), subject=str(request), contents=request.contents)


@contextmanager
def speaking_to(language: str) -> Iterator[None]:
    """Inside, words are in the language of the person; outside of an application they are English anyhow."""
    if has_app_context():
        with force_locale(language):
            yield
    else:
        yield
