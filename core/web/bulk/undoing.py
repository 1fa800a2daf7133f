"""The one way back of a change of many records: a new order, through the same verb, or the way back
that its act declares, for what nobody has changed since."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.clock import now
from core.kernel.errors import Conflict
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.web.bulk.asking import Order, order_for
from core.web.bulk.models import CHANGE, UNDO, BulkItem, BulkRun, BulkState, Outcome
from core.web.bulk.running import found_run
from core.web.bulk.settings import UNDO_HOURS
from core.web.nouns import Noun


def can_be_undone(noun: Noun, what: str) -> bool:
    """Whether what was done with many records has one way back: changes of fields, and acts that declare theirs."""
    act = noun.act(what)
    return what == CHANGE or (act is not None and act.back is not None)


def why_no_undo(session: Session, noun: Noun, run: BulkRun) -> Message | None:
    """Why the run is not taken back now, or None."""
    if not can_be_undone(noun, run.what):
        return msg("This cannot be undone in one step.")
    if run.state is BulkState.RUNNING:
        return msg("It is still running. Please stop it first, or wait until it ends.")
    hours = int(parameter(session, UNDO_HOURS))
    if run.finished_at is None or now() - run.finished_at > timedelta(hours=hours):
        return msg(
            "The time for undoing this in one step (in hours: %(hours)s) has passed; each record can be restored from its history.",
            hours=hours,
        )
    if session.scalar(select(BulkRun.id).where(BulkRun.of_id == run.id)) is not None:
        return msg("This has been undone already.")
    return None


def order_undo(session: Session, noun: Noun, run_id: int) -> BulkRun:
    """An order that puts back what the run has changed. Raises :class:`Conflict` with the reason why that is not done."""
    run = found_run(session, run_id)
    if (reason := why_no_undo(session, noun, run)) is not None:
        raise Conflict(reason)
    asked = select(BulkItem.record_id, BulkItem.reached, BulkItem.seen).where(
        BulkItem.run_id == run.id, BulkItem.outcome == Outcome.CHANGED
    )
    records = [(record_id, reached or seen) for record_id, reached, seen in session.execute(asked.order_by(BulkItem.id))]
    return order_for(session, Order(noun, UNDO, run.field, reason=msg("Taken back"), of_id=run.id), records)
