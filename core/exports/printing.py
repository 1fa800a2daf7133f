"""One record, or a sheet about one, on paper: an export of one row, let out at once with a reason, within a quota of its own (C-19).

The right is its own too: what one may change one may take along on paper, without the right to let whole lists out.

What leaves stands in a request like any other export: who, which record, which fields, why, and the check sum of the file. Its number is
in the visible mark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.access.field_rights import knows_name
from core.access.guard import look_for
from core.audit.aside import subject_of
from core.audit.trail import record_event
from core.database.sessions import Database
from core.exports.making import mark_of
from core.exports.models import ExportRequest
from core.exports.operations import enter_request, let, move, own_export, stated_reason
from core.exports.quotas import demand_print
from core.exports.sources import Pairs, SheetSource, Source, source_called
from core.exports.states import ExportFormat
from core.exports.terms import Leaving
from core.extension.rights import PRINT
from core.kernel.acting import actor
from core.kernel.clock import now, today
from core.kernel.errors import Forbidden, KeguanError
from core.kernel.words import Message
from core.work.file_names import clean_name


@dataclass(frozen=True)
class PrintWish:
    """Which record of the list ``source`` is to be printed with which fields, and why; of a sheet, what it is ``asked`` for."""

    source: str
    record_id: int
    fields: tuple[str, ...]
    reason: str
    language: str
    asked: Pairs = ()


@dataclass(frozen=True)
class Printed:
    """A file that leaves now."""

    name: str
    content: bytes


def print_record(database: Database, wish: PrintWish, draw: Callable[[Message], bytes]) -> Printed:
    """Print the record by ``draw``, which gets the visible mark and returns the PDF. Opens use cases of its own; ``draw`` runs in none.

    Raises :class:`NotFound` or :class:`Forbidden` as far as the right to print reaches, :class:`BadInput` without a reason,
    :class:`Conflict` when the quota of the day is used up, and what ``draw`` raises: then the request says why nothing left.
    """
    with database.transaction() as session:
        request = _asked(session, wish)
        number, mark, name = request.id, mark_of(request), request.file_name
    try:
        content = draw(mark)
    except KeguanError as error:
        database.release()
        _stopped(database, number, error)
        raise
    database.release()
    with database.transaction() as session:
        _left(session, own_export(session, number), content)
    return Printed(name, content)


def _asked(session: Session, wish: PrintWish) -> ExportRequest:
    who = actor()
    source = source_called(wish.source, who)
    record = _printable(session, source, wish.record_id)
    reason = stated_reason(wish.reason)
    demand_print(session)
    called = subject_of(record) if knows_name(who, source.model) else f"#{record.id}"
    beginning = f"{source.title}-" if isinstance(source, SheetSource) else ""
    name = clean_name(f"{beginning}{called.replace('/', '-')[:80]}-{today():%Y%m%d}.pdf")
    what = Leaving(wish.fields, 1, ExportFormat.PDF, reason, name, wish.language, wish.asked, record.id)
    request = enter_request(session, source, what)
    let(session, request)
    move(session, request, "make")
    session.flush()
    return request


def _printable(session: Session, source: Source, record_id: int) -> Any:
    """The record, as far as the right to print it reaches; of a sheet the one that it is about, for whoever may print such sheets."""
    if not isinstance(source, SheetSource):
        return look_for(session, source.model, PRINT, record_id)
    if not actor().may(source.resource, PRINT):
        raise Forbidden(right=(source.resource, PRINT))
    return look_for(session, source.model, "read", record_id)


def _left(session: Session, request: ExportRequest, content: bytes) -> None:
    move(session, request, "finish")
    move(session, request, "download")
    request.written, request.size, request.sha256 = 1, len(content), hashlib.sha256(content).hexdigest()
    request.fetched_at = now()
    facts = {"file": request.file_name, "sha256": request.sha256, "size": request.size}
    record_event(session, "print", str(request), list=request.source, record=request.record_id, reason=request.reason, **facts)


def _stopped(database: Database, number: int, error: KeguanError) -> None:
    with database.transaction() as session:
        request = own_export(session, number)
        move(session, request, "stop")
        request.why = error.message
