"""The gate's background work: making big files, and throwing away what nobody fetched in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.database.sessions import Database
from core.exports.making import KIND, make_file
from core.exports.operations import expire_exports
from core.extension.exchange import JobHandler, Task
from core.kernel.words import msg


def _make(database: Database, task: Task) -> Any:
    make_file(database, int(task.payload["request"]), task.progress, again=True)


def _expire(session: Session, task: Task) -> Any:
    return len(list(expire_exports(session)))


EXPORT_HANDLERS: tuple[JobHandler, ...] = (
    JobHandler(KIND, _make, msg("Make the file of an export"), long=True),
    JobHandler("core.expire_exports", _expire, msg("Delete exports that nobody downloaded in time"), every_minutes=60),
)
