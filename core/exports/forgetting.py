"""Files that were made before somebody was erased and that nobody has fetched yet."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.database.sessions import after_commit
from core.exports.folder import file_of, forget
from core.exports.models import ExportRequest
from core.exports.operations import move
from core.exports.states import ExportState
from core.kernel.acting import company_id
from core.kernel.words import msg
from core.work.forgetting import tells_of

ERASED = msg("The file held a person who has been erased meanwhile, so it was discarded. Please request it again.")


def forget_files(session: Session, words: Collection[str]) -> int:
    """Discard each file of the company that waits to be fetched and tells of ``words``, part of an erasure; how many files.

    Whoever asked reads why. The file goes with the commit.
    """
    with as_system(session, "exports that tell of an erased person"):
        ready = select(ExportRequest).where(ExportRequest.company_id == company_id(), ExportRequest.state == ExportState.READY)
        telling = [request for request in session.scalars(ready) if tells_of(file_of(request), words)]
        for request in telling:
            move(session, request, "stop")
            request.why = ERASED
            after_commit(session, partial(forget, request))
        session.flush()
    return len(telling)
