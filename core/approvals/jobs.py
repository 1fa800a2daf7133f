"""Background work of this floor."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.approvals.operations import follow_cases
from core.extension.exchange import JobHandler, Task
from core.kernel.words import msg

OFTEN = 10  # minutes: so long a case may wait for somebody who has left


def _follow(session: Session, task: Task) -> Any:
    with as_system(session, "running approvals follow the people"):
        return follow_cases(session)


FOLLOW = JobHandler("core.follow_approvals", _follow, msg("Let approvals follow people who leave or are away"), every_minutes=OFTEN)
