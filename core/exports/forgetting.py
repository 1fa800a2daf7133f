"""What exports keep of somebody who is being erased: words of a query that was asked for, and files that nobody has fetched yet.

The digest of the terms stays, so the trail and the approval still say that exactly this was meant; nothing can be made of it any more.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.approvals.operations import drop_case
from core.audit.destroying import erase_aside
from core.audit.trail import ERASE, name_action
from core.database.sessions import after_commit
from core.exports.folder import file_of, forget
from core.exports.models import ExportRequest
from core.exports.operations import KIND, move
from core.exports.states import OPEN, ExportState
from core.kernel.acting import company_id
from core.kernel.words import Message, msg
from core.work.forgetting import tells_of
from core.work.jobs import cancel_job

ERASED = msg("The file held a person who has been erased meanwhile, so it was discarded. Please request it again.")
ASKED_ERASED = msg("The conditions named a person who has been erased meanwhile, so the export was stopped. Please request it again.")
INSTEAD = "（已删除）"
"""What stands in a query in place of a word that named the person."""


def forget_exports(session: Session, words: Collection[str]) -> int:
    """Take ``words`` out of every query of the company, and discard files that tell of them, part of an erasure; how many requests.

    What has not left yet is stopped: whoever asked reads why. Files go with the commit.
    """
    with as_system(session, "exports that tell of an erased person"):
        touched = _forget_queries(session, words) + _forget_files(session, words)
        session.flush()
    return touched


def _forget_queries(session: Session, words: Collection[str]) -> int:
    named = spelt(words)
    asked = session.execute(select(ExportRequest.id, ExportRequest.asked).where(ExportRequest.company_id == company_id()))
    naming = [number for number, pairs in asked if any(named.search(value) for _, value in pairs)]
    for number in naming:
        request = session.get_one(ExportRequest, number)
        if request.state in OPEN:
            _stop(session, request, ASKED_ERASED)
        open_for_writing(session, request)
        name_action(session, request, ERASE)  # so the trail keeps nothing of it aside
        request.asked = [[name, named.sub(INSTEAD, value)] for name, value in request.asked]
        session.flush()
    erase_aside(session, [(ExportRequest.__tablename__, number) for number in naming])
    return len(naming)


def spelt(words: Collection[str]) -> re.Pattern[str]:
    """The words as people type them: in capitals or not, a telephone with gaps; the longest first."""
    ways = [r"[\s-]*".join(map(re.escape, word)) for word in sorted(words, key=len, reverse=True)]
    return re.compile("|".join(ways) or r"(?!)", re.IGNORECASE)


def _forget_files(session: Session, words: Collection[str]) -> int:
    ready = select(ExportRequest).where(ExportRequest.company_id == company_id(), ExportRequest.state == ExportState.READY)
    telling = [request for request in session.scalars(ready) if tells_of(file_of(request), words)]
    for request in telling:
        _stop(session, request, ERASED)
    return len(telling)


def _stop(session: Session, request: ExportRequest, why: Message) -> None:
    """Nothing leaves by it any more, and nobody is asked about it."""
    if request.state is ExportState.MAKING and request.job_id is not None:
        cancel_job(session, request.job_id)
    drop_case(session, KIND, request)
    move(session, request, "stop")
    request.why, request.token = why, ""
    after_commit(session, partial(forget, request))
