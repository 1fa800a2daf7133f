"""The steps of an import on pages: hand a file in, say what its columns mean, try it, let it in. Each is one use case of one person."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import IO, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.sessions import one
from core.extension.calling import registry
from core.extension.exchange import ImportTarget
from core.extension.rights import CREATE, IMPORT
from core.kernel.acting import Actor, actor
from core.kernel.errors import BadInput, Conflict, Forbidden, NotFound
from core.kernel.words import msg
from core.work.file_names import clean_name
from core.work.file_store import Received, file_store
from core.work.import_fields import Offer, column_of, offer_of
from core.work.import_jobs import enqueue_import
from core.work.import_models import ImportFile, ImportProfile
from core.work.import_runs import interrupt_runs
from core.work.import_targets import CORE, import_targets
from core.work.jobs import FINISHED, cancel_job
from core.work.models import ImportRun, ImportState, Job
from core.work.profile_texts import profile_text
from core.work.profiles import Profile, profile_from
from core.work.rows import SHOWN, Limits
from core.work.tables import open_table

SAMPLES = 3  # rows that are shown beside the choice of a field
MOST_WAITING = 20  # files that one person has handed in and not imported yet
MOST_COLUMNS = 300


def may_import(who: Actor, plugin: str, resource: str) -> bool:
    """Whether the person may bring files into ``resource``: by the right to import and the right to create, while its plugin is on."""
    return (plugin == CORE or plugin in who.modules) and who.may(resource, IMPORT) and who.may(resource, CREATE)


def open_targets(who: Actor) -> list[ImportTarget]:
    """Everything that the person may bring files into."""
    return [target for plugin, target in import_targets(registry()) if may_import(who, plugin, target.resource)]


def target_for(resource: str) -> ImportTarget:
    """The target called ``resource``. Raises :class:`NotFound` where nothing takes files, :class:`Forbidden` without the right."""
    who = actor()
    for plugin, target in import_targets(registry()):
        if target.resource == resource and (plugin == CORE or plugin in who.modules):
            if not may_import(who, plugin, resource):
                raise Forbidden(right=(resource, IMPORT))
            return target
    raise NotFound


def found_file(session: Session, file_id: int) -> ImportFile:
    """A file of the person who acts; :class:`NotFound` for any other, :class:`Forbidden` once the right is gone."""
    file: ImportFile = one(session, select(ImportFile).where(ImportFile.id == file_id))
    target_for(file.resource)
    return file


def receive_file(session: Session, resource: str, name: str, stream: IO[bytes]) -> ImportFile:
    """Take a file in and look at its first rows.

    Raises :class:`BadInput` with a sentence for what cannot be read, :class:`TooLarge` beyond the limits.
    """
    who = actor()
    target_for(resource)
    _check_waiting(session)
    clean = clean_name(name)
    with file_store().receiving(stream, Limits().file_bytes) as received:
        if received.size == 0:
            raise BadInput(msg("The file is empty. Please choose another."))
        head = _head(received, clean)
        file_store().keep(who.company_id, received)
    file = ImportFile(name=clean, resource=resource, sha256=received.sha256, size=received.size, head=head, asked_by_id=who.employee_id)
    session.add(file)
    session.flush()
    return file


def _check_waiting(session: Session) -> None:
    waiting = select(func.count()).select_from(ImportFile).where(ImportFile.import_job_id.is_(None), ImportFile.sha256 != "")
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise BadInput(msg("%(most)s files wait to be imported already. Please import or discard one first.", most=MOST_WAITING))


def _head(received: Received, name: str) -> dict[str, Any]:
    """Columns, samples and length of what has arrived; its sentences name the file as the person does."""
    table = open_table(received.path, name=name)
    if len(table.columns) > MOST_COLUMNS:
        raise BadInput(msg("The file has more than %(limit)s columns. Please remove those that are not needed.", limit=MOST_COLUMNS))
    rows = list(islice((row for row in table.rows() if not row.problems), SAMPLES))
    if not rows and next(table.rows(), None) is None:
        raise BadInput(msg("There is no row below the header. Please add one."))
    samples = {column: [row.values[column][:SHOWN] for row in rows] for column in table.columns}
    return {"columns": list(table.columns), "samples": samples, "length": table.length, "mended": table.was_rejected}


def earlier_profiles(session: Session, resource: str) -> list[ImportProfile]:
    """The kept mappings of the company for ``resource``, the one that was changed last first."""
    kept = (
        select(ImportProfile).where(ImportProfile.resource == resource).order_by(ImportProfile.updated_at.desc(), ImportProfile.id.desc())
    )
    return list(session.scalars(kept.limit(100)))


def profile_of(text: str) -> Profile:
    """The profile that a kept text describes."""
    return profile_from(tomllib.loads(text))


def readable_profiles(kept: Sequence[ImportProfile]) -> Iterator[Profile]:
    """The profiles among ``kept`` that still say something; one that a later version no longer understands is passed over."""
    for profile in kept:
        with suppress(BadInput, tomllib.TOMLDecodeError):
            yield profile_of(profile.text)


def map_file(session: Session, file_id: int, mapping: Mapping[str, str], key: Sequence[str], name: str = "") -> ImportFile:
    """Say what the columns mean, keep that under ``name`` if there is one, and have every row tried without writing anything.

    ``mapping`` is column to field; columns that are left out are passed over. Raises :class:`BadInput` for a column or field that is
    not there, for two columns of one field, and for a key that no column gives.
    """
    file = _open_file(session, file_id)
    file.profile = profile_text(_profile(offer_of(target_for(file.resource)), file, mapping, tuple(key)))
    profile_of(file.profile)
    file.profile_name = name.strip()[:80]
    if file.profile_name:
        keep_profile(session, file.resource, file.profile_name, file.profile)
    file.check_job_id = enqueue_import(session, file.sha256, file.name, file.profile, dry_run=True)
    session.flush()
    return file


def _profile(offer: Offer, file: ImportFile, mapping: Mapping[str, str], key: tuple[str, ...]) -> dict[str, Any]:
    if key not in offer.keys:
        raise BadInput(fields={"key": msg("Please choose how existing records are matched.")})
    sources: dict[str, str] = {}
    for column in file.head["columns"]:
        field = mapping.get(column, "")
        if field and field not in offer.fields:
            raise BadInput(fields={column: msg("There is no such field.")})
        if field in sources:
            sentence = msg("“%(other)s” is read into this field already. Please choose another or skip it.", other=sources[field])
            raise BadInput(fields={column: sentence})
        if field:
            sources[field] = column
    for name in key:
        if name not in sources:
            label = offer.fields[name].label
            raise BadInput(fields={"key": msg("Existing records are matched by “%(field)s”: please choose its column.", field=label)})
    columns = {name: column_of(offer.fields[name], source, needed=name in key) for name, source in sources.items()}
    return {"resource": file.resource, "key": list(key), "review": "pending", "columns": columns}


def keep_profile(session: Session, resource: str, name: str, text: str) -> ImportProfile:
    """Keep a mapping under a name; one of that name is replaced."""
    target_for(resource)
    known = session.scalar(select(ImportProfile).where(ImportProfile.resource == resource, ImportProfile.name == name))
    kept = known or ImportProfile(name=name, resource=resource)
    kept.text = text
    session.add(kept)
    session.flush()
    return kept


def drop_profile(session: Session, profile_id: int) -> str:
    """Throw a kept mapping away; return the resource that it was for."""
    kept: ImportProfile = one(session, select(ImportProfile).where(ImportProfile.id == profile_id))
    target_for(kept.resource)
    session.delete(kept)
    session.flush()
    return kept.resource


def commit_file(session: Session, file_id: int) -> ImportFile:
    """Let the rows in as they were tried. Asked twice it goes on; raises :class:`Conflict` before they have been tried to the end."""
    file = _open_file(session, file_id)
    tried = _run(session, file.check_job_id)
    if tried is None or tried.state is not ImportState.DONE:
        raise Conflict(msg("The rows have not been checked to the end yet."))
    going = session.get(Job, file.import_job_id) if file.import_job_id is not None else None
    if going is not None and going.state not in FINISHED:
        return file
    done = _run(session, file.import_job_id)
    if done is not None and done.state is ImportState.DONE:
        raise Conflict(msg("This file has been imported already."))
    file.import_job_id = enqueue_import(session, file.sha256, file.name, file.profile, dry_run=False)
    session.flush()
    return file


def call_off(session: Session, file_id: int) -> ImportFile:
    """Stop the try or the import that is under way; rows that have been written stay. Raises :class:`Conflict` when it has ended."""
    file = found_file(session, file_id)
    job_id = file.import_job_id or file.check_job_id
    if job_id is None:
        raise Conflict(msg("The job has ended already."))
    cancel_job(session, job_id)
    interrupt_runs(session, [job_id])
    return file


def discard_file(session: Session, file_id: int) -> None:
    """Throw a file away that has not been imported. Raises :class:`Conflict` when it has been."""
    file = found_file(session, file_id)
    if file.import_job_id is not None:
        raise Conflict(msg("This file has been imported already."))
    going = session.get(Job, file.check_job_id) if file.check_job_id is not None else None
    if going is not None and going.state not in FINISHED:
        cancel_job(session, going.id)
    session.delete(file)
    session.flush()


def run_of_file(session: Session, file: ImportFile, *, dry_run: bool) -> ImportRun | None:
    """The latest try of the file, or its import; None before it has begun."""
    return _run(session, file.check_job_id if dry_run else file.import_job_id)


def _run(session: Session, job_id: int | None) -> ImportRun | None:
    return None if job_id is None else session.scalar(select(ImportRun).where(ImportRun.job_id == job_id))


def _open_file(session: Session, file_id: int) -> ImportFile:
    file = found_file(session, file_id)
    if not file.sha256:
        raise Conflict(msg("The file to be imported is no longer kept. Please upload it again."))
    return file
