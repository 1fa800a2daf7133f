"""Orders for many records that look for somebody who is being erased, or were given his or her name or number."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import unquote_plus

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, open_for_writing
from core.database.sentences import reworded
from core.exports.forgetting import INSTEAD, spelt
from core.kernel.acting import company_id
from core.kernel.clock import now
from core.web.bulk.models import BulkItem, BulkRun, BulkState
from core.work.models import ImportRun, Job


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


def forget_answers(session: Session, words: Collection[str]) -> int:
    """Take ``words`` out of what was said of single records of such orders, of background jobs and of imports; how many sentences.

    Sentences of the program may hold a value of the record that they are about, such as a name that is taken.
    """
    named, told = spelt(words), 0
    with as_system(session, "sentences that name an erased person"):
        for model, column in ((BulkItem, BulkItem.said), (Job, Job.error), (ImportRun, ImportRun.error)):
            for record_id, sentence in session.execute(
                select(model.id, column).where(model.company_id == company_id(), column.is_not(None))
            ):
                if (kept := reworded(sentence, named, INSTEAD)) != sentence:
                    row = session.get_one(model, record_id)
                    open_for_writing(session, row)
                    setattr(row, column.key, kept)
                    told += 1
        session.flush()
    return told
