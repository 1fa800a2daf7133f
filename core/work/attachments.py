"""Files of a record: whoever may see the record may see them, whoever may change it may add and remove them (R-059)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.database.records import Record, mappers
from core.kernel.acting import Actor, acting
from core.kernel.choices import Choice
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.lifecycle import is_final
from core.kernel.words import Message, msg
from core.work.file_names import clean_name, content_disposition
from core.work.file_store import file_store
from core.work.file_types import MAIL, may_show, recognise_type
from core.work.filed_mail import check_mail
from core.work.import_models import ImportFile
from core.work.models import Attachment

MOST = 100  # files of one record


Finished = Callable[[Any], bool]
_finished: list[Callable[[], Mapping[type[Any], Finished]]] = [dict]


def use_finishing(finished: Callable[[], Mapping[type[Any], Finished]]) -> None:
    """Let ``finished`` say, by class, which records keep their files; the application hands it over once at start."""
    _finished[:] = [finished]


def attach(session: Session, record: Any, name: str, stream: IO[bytes], media_type: str = "") -> Attachment:
    """Add a file to ``record``, which the person who acts must be allowed to change or have created in this use case.

    ``media_type`` is stated only of what the house wrote itself; the type of any other file is recognised by its content. The bytes are
    on disk before the commit. Raises :class:`BadInput` for a name, type or number of files that is not accepted, :class:`TooLarge`
    beyond the limit, :class:`Forbidden` or :class:`NotFound` as :func:`get_for` does.
    """
    _demand_change(session, record)
    clean = clean_name(name)
    with file_store().receiving(stream) as received, as_system(session, "a file of a record that may be changed"):
        if received.size == 0:
            raise BadInput(msg("The file is empty. Please choose another."))
        if len(session.scalars(_of(record).with_only_columns(Attachment.id)).all()) >= MOST:
            raise BadInput(msg("A record has at most %(most)s files. Please remove one first.", most=MOST))
        media_type = media_type or recognise_type(clean, received.path).media_type
        if media_type == MAIL:
            check_mail(record.company_id, received.sha256, received.path)
        file_store().keep(record.company_id, received)
        attachment = Attachment(
            company_id=record.company_id,
            table_name=record.__tablename__,
            record_id=record.id,
            name=clean,
            media_type=media_type,
            size=received.size,
            sha256=received.sha256,
        )
    return _written(session, attachment)


def attachments_of(session: Session, record: Any) -> list[Attachment]:
    """Files of ``record``, oldest first; :class:`NotFound` when the person who acts does not see the record."""
    model = type(record)
    if session.scalar(select(model.id).where(model.id == record.id)) is None:  # loading it anew would load all it refers to anew
        raise NotFound
    with as_system(session, "files of a record that may be seen"):
        return list(session.scalars(_of(record).order_by(Attachment.id)))


def open_attachment(session: Session, attachment_id: int) -> tuple[Attachment, Path]:
    """The attachment and where its bytes lie; :class:`NotFound`, always the same, when it or its record is missing or may not be seen."""
    attachment = _found(session, attachment_id)
    get_for(session, _class_of(attachment), "read", attachment.record_id)
    path = file_store().path(attachment.company_id, attachment.sha256)
    if not path.is_file():
        raise NotFound(msg("The file is missing from the store. Please tell your system administrator."))
    return attachment, path


def detach(session: Session, attachment_id: int) -> None:
    """Remove a file from its record; the bytes go with the next sweep unless another record has them too.

    Raises :class:`Conflict` when the record is finished: then its files are evidence of what was done.
    """
    attachment = _found(session, attachment_id)
    record = get_for(session, _class_of(attachment), "read", attachment.record_id)
    _demand_change(session, record)
    if reason := why_kept(record):
        raise Conflict(reason)
    session.delete(attachment)
    session.flush()


def why_kept(record: Any) -> Message | None:
    """Why files of ``record`` are not removed: it, or the record that it is a part of, is in a last state or declared to be finished."""
    while record is not None:
        finished = _finished[0]().get(type(record))
        if _is_closed(record) or (finished is not None and finished(record)):
            return msg("This record is closed, so its files stay. If one was attached by mistake, please add the right one.")
        record = getattr(record, record.__parent__, None) if record.__scope__ == "child" else None
    return None


def _is_closed(record: Any) -> bool:
    state = getattr(record, "state", None)
    return isinstance(state, Choice) and is_final(state)


def headers_for(attachment: Attachment, *, inline: bool = False) -> Mapping[str, str]:
    """Headers under which the bytes are sent: nothing is guessed, nothing runs, and only pictures are ever shown within a page."""
    shown = inline and may_show(attachment.media_type)
    return {
        "Content-Type": attachment.media_type,
        "Content-Length": str(attachment.size),
        "Content-Disposition": content_disposition(attachment.name, inline=shown),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def remove_orphans(session: Session, company_id: int) -> int:
    """Delete rows whose record is gone and files that no row names any more; return how many files. For the house itself."""
    for table in session.scalars(select(Attachment.table_name).where(Attachment.company_id == company_id).distinct()).all():
        model: Any = _classes().get(table)
        if model is not None:  # the records of a plugin that is not installed are still there
            gone = Attachment.record_id.not_in(select(model.id).where(model.company_id == company_id))
            mine = (Attachment.company_id == company_id, Attachment.table_name == table)
            for row in session.scalars(select(Attachment).where(*mine, gone)).all():
                session.delete(row)
    session.flush()
    return file_store().remove_all_but(company_id, hashes_in_use(session, company_id))


def hashes_in_use(session: Session, company_id: int) -> set[str]:
    """SHA-256 of every file of the company that a row names. For the house itself."""
    wanted = {*session.scalars(select(Attachment.sha256).where(Attachment.company_id == company_id))}
    return wanted | {*session.scalars(select(ImportFile.sha256).where(ImportFile.company_id == company_id))}


def _demand_change(session: Session, record: Any) -> None:
    if record not in session.info.get("opened", set()):
        get_for(session, type(record), "update", record.id)


def _written(session: Session, attachment: Attachment) -> Attachment:
    who = acting()
    attachment.added_by_id = who.employee_id if isinstance(who, Actor) else None
    session.add(attachment)
    session.flush()
    return attachment


def _of(record: Record) -> Any:
    return select(Attachment).where(Attachment.table_name == record.__tablename__, Attachment.record_id == record.id)


def _found(session: Session, attachment_id: int) -> Attachment:
    with as_system(session, "a file, before its record is checked"):
        attachment = session.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound
    return attachment


def _class_of(attachment: Attachment) -> type[Record]:
    model = _classes().get(attachment.table_name)
    if model is None:
        raise NotFound
    return model


def _classes() -> dict[str, type[Record]]:
    return {mapper.class_.__tablename__: mapper.class_ for mapper in mappers()}
