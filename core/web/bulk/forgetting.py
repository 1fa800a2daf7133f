"""Orders for many records that look for somebody who is being erased, or were given his or her name or number."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import unquote_plus

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.exports.forgetting import INSTEAD, spelt
from core.kernel.acting import company_id
from core.kernel.clock import now
from core.web.bulk.models import BulkRun, BulkState


def forget_orders(session: Session, words: Collection[str]) -> None:
    """Take ``words`` out of the orders of the company; one that still runs ends, for it would go on with other words."""
    named = spelt(words)
    with as_system(session, "orders that name an erased person"):
        for run in session.scalars(select(BulkRun).where(BulkRun.company_id == company_id())):
            if not any(named.search(str(one)) for one in (*run.given.values(), unquote_plus(run.query))):
                continue
            open_for_writing(session, run)
            run.given = {name: named.sub(INSTEAD, str(value)) for name, value in run.given.items()}
            run.query, run.prepared = "", True  # without its conditions it would ask for the whole list
            if run.state is BulkState.RUNNING:
                run.state, run.finished_at = BulkState.CANCELLED, now()
        session.flush()
