"""What exactly would leave: the records that the right to export reaches, and where files of records leave, just these files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.criteria import visible
from core.access.guard import as_system
from core.database.engine import in_passing
from core.exports.quotas import demand_files
from core.exports.settings import FILES_SIZE
from core.exports.sources import CalendarSource, Source
from core.exports.states import ExportFormat
from core.extension.rights import EXPORT
from core.kernel.acting import actor
from core.kernel.errors import Conflict
from core.kernel.words import Message, counted, msg
from core.organisation.parameters import parameter
from core.work.models import Attachment

MOST_RECORDS = 1_000
"""Records whose files leave together."""
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class FileOut:
    """One file of a record; a file is never changed, so its number and its SHA-256 are its version. ``size`` is in bytes."""

    id: int
    record_id: int
    name: str
    size: int
    sha256: str
    added_at: datetime
    added_by_id: int | None


class FilesChanged(Conflict):
    """The files are no longer those that were asked for."""


NO_FILES = msg("There is nothing to export: these records have no files that your permissions allow to leave.")
NO_ROWS = msg("There is nothing to export: your permissions allow no record of this list to leave.")


@dataclass(frozen=True)
class Weight:
    """How much leaves: rows of a list, or files of ``size`` bytes together, of which ``contents`` is the digest."""

    rows: int
    contents: str = ""
    size: int = 0


def holds_files(source: Source) -> bool:
    """Whether files of the records leave, and not their fields."""
    return ExportFormat.ZIP in source.formats


def told_number(form: ExportFormat, number: int) -> Message:
    """How many rows, or files, in words."""
    if form is ExportFormat.ZIP:
        return counted("%(count)s file", "%(count)s files", number)
    if form is ExportFormat.ICS:
        return counted("%(count)s entry", "%(count)s entries", number)
    return counted("%(count)s row", "%(count)s rows", number)


def exported(session: Session, source: Source, asked: Any) -> Any:
    """The records that leave: those of the list that the right to export reaches."""
    return source.statement(session, asked).where(visible(source.model, actor(), EXPORT))


def count_rows(session: Session, source: Source, asked: Any) -> int:
    """How many rows leave, exactly."""
    with in_passing(session.connection()):
        return int(session.scalar(select(func.count()).select_from(_ids(session, source, asked).subquery())) or 0)


def _ids(session: Session, source: Source, asked: Any) -> Any:
    return exported(session, source, asked).with_only_columns(source.model.id, maintain_column_froms=True).order_by(None)


def files_that_leave(session: Session, source: Source, asked: Any) -> list[FileOut]:
    """The files of exactly the records that the list shows and that the right to export reaches, by record and age.

    Raises :class:`Conflict` for too many records.
    """
    records = session.scalars(_ids(session, source, asked).limit(MOST_RECORDS + 1)).all()
    if len(records) > MOST_RECORDS:
        raise Conflict(msg("Files of at most %(most)s records leave together. Please pick fewer records.", most=f"{MOST_RECORDS:,}"))
    kept = (Attachment.id, Attachment.record_id, Attachment.name, Attachment.size, Attachment.sha256)
    asked_files = select(*kept, Attachment.created_at, Attachment.added_by_id).where(
        Attachment.company_id == actor().company_id,
        Attachment.table_name == source.model.__tablename__,
        Attachment.record_id.in_(records),
    )
    with as_system(session, "files of records that may leave"):
        found = session.execute(asked_files.order_by(Attachment.record_id, Attachment.id)).all()
    return [FileOut(*row) for row in found]


def weigh(session: Session, source: Source, asked: Any, columns: Sequence[str] = ()) -> Weight:
    """How much would leave now; of a calendar, the entries of the kinds in ``columns``."""
    if isinstance(source, CalendarSource):
        return Weight(source.number(session, columns or source.usual()))
    if not holds_files(source):
        return Weight(count_rows(session, source, asked))
    files = files_that_leave(session, source, asked)
    return Weight(len(files), contents_of(files), sum(one.size for one in files))


def contents_of(files: Sequence[FileOut]) -> str:
    """The digest over exactly these files: another one, one less or another version is another digest."""
    said = [[str(part) for part in astuple(one)] for one in files]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def demand_packable(session: Session, weight: Weight) -> None:
    """Raise :class:`Conflict` for no file at all, files that are too large together, and more than the day allows."""
    if weight.rows == 0:
        raise Conflict(NO_FILES)
    most = int(parameter(session, FILES_SIZE))
    if weight.size > most * MEGABYTE:
        raise Conflict(msg("These files are larger than %(most)s MB together. Please pick fewer records.", most=most))
    demand_files(session, weight.rows)


def same_files(session: Session, source: Source, asked: Any, contents: str) -> list[FileOut]:
    """The files that leave, if they are still those of the digest ``contents``; raises :class:`FilesChanged` when they are not."""
    files = files_that_leave(session, source, asked)
    if contents_of(files) != contents:
        raise FilesChanged(
            msg("Files were added or removed since this was requested, or you no longer see all of the records. Please request it again.")
        )
    return files
