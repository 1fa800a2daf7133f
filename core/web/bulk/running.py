"""Bringing an order to its end: portion by portion, each one use case of the noun's own verb; what it fails for stands alone at the end.

Whoever is killed half-way has lost nothing: what became of a record is written with its change, and the next one goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core.access.taken_back import Done
from core.approvals.key_changes import NeedsApproval
from core.approvals.operations import Change, ask_for_change
from core.audit.reasons import give_reason
from core.audit.touched import Touched, noting
from core.audit.trail import mark_rows
from core.database.sessions import Database, one
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, NotFound
from core.kernel.words import Message, msg
from core.web.bulk.asking import write_down
from core.web.bulk.models import CHANGE, DELETE, UNDO, BulkItem, BulkRun, BulkState, Outcome
from core.web.nouns import Noun
from core.web.taking_back import values_of_before
from core.web.values import load
from core.work.jobs import FINISHED, cancel_job
from core.work.models import Job

PORTION = 20
CONFLICT = msg("Another change came in between. Please try again.")
GONE = msg("This record no longer exists, or you may not see it.")
Listener = Callable[[int, int], None]


class Waiting(NamedTuple):
    """A record that is still to be done."""

    item_id: int
    record_id: int
    seen: int


class Doing(NamedTuple):
    """What is done with each record of a run; ``first`` is the run that it takes back."""

    noun: Noun
    run: BulkRun
    first: BulkRun | None


class Became(NamedTuple):
    """What became of a record."""

    outcome: Outcome
    reached: int | None = None
    said: Message | None = None
    touched: Touched | None = None


def bring_to_end(database: Database, noun: Noun, run_id: int, on_progress: Listener | None = None) -> None:
    """Do what is left of the run as the person who acts; asking again after the end changes nothing."""
    with database.transaction() as session:
        run = found_run(session, run_id)
        if run.state is BulkState.RUNNING and not run.prepared:
            write_down(session, noun, run)
        total = run.total
    for portion in _portions(database, run_id):
        _take(database, noun, run_id, portion)
        if on_progress is not None:
            on_progress(done_of(database, run_id), total)
    with database.transaction() as session:
        run = found_run(session, run_id)
        if run.state is BulkState.RUNNING:
            run.state, run.finished_at = BulkState.DONE, now()


def found_run(session: Session, run_id: int) -> BulkRun:
    """The run, which only whoever asked for it sees."""
    run: BulkRun = one(session, select(BulkRun).where(BulkRun.id == run_id))
    return run


def stop_run(session: Session, run_id: int) -> BulkRun:
    """Change nothing more; what was changed stays. Raises :class:`Conflict` when the run has ended."""
    run = found_run(session, run_id)
    if run.state is not BulkState.RUNNING:
        raise Conflict(msg("The job has ended already."))
    run.state, run.finished_at = BulkState.CANCELLED, now()
    if run.job_id is not None and one(session, select(Job).where(Job.id == run.job_id)).state not in FINISHED:
        cancel_job(session, run.job_id)
    return run


def counts_of(session: Session, run_id: int) -> Mapping[Outcome, int]:
    """How many records have become what."""
    asked = select(BulkItem.outcome, func.count(BulkItem.id)).where(BulkItem.run_id == run_id).group_by(BulkItem.outcome)
    found = {outcome: int(number) for outcome, number in session.execute(asked)}
    return {outcome: found.get(outcome, 0) for outcome in Outcome}


def done_of(database: Database, run_id: int) -> int:
    """How many records are done."""
    with database.transaction() as session:
        counts = counts_of(session, run_id)
    return sum(number for outcome, number in counts.items() if outcome is not Outcome.WAITING)


def _portions(database: Database, run_id: int) -> Iterator[Sequence[Waiting]]:
    while True:
        with database.transaction() as session:
            if found_run(session, run_id).state is not BulkState.RUNNING:
                return
            asked = select(BulkItem.id, BulkItem.record_id, BulkItem.seen).order_by(BulkItem.id).limit(PORTION)
            waiting = session.execute(asked.where(BulkItem.run_id == run_id, BulkItem.outcome == Outcome.WAITING)).all()
        if not waiting:
            return
        yield [Waiting(*row) for row in waiting]


def _take(database: Database, noun: Noun, run_id: int, portion: Sequence[Waiting]) -> None:
    """Do one portion in one use case; one that fails is halved until the records that it fails for stand alone."""
    try:
        with database.transaction() as session:
            run = found_run(session, run_id)
            give_reason(session, run.reason)
            mark_rows(session, run.key)
            doing = Doing(noun, run, found_run(session, run.of_id or 0) if run.what == UNDO else None)
            _write(session, [(waiting, _done(session, doing, waiting)) for waiting in portion])
    except (KeguanError, IntegrityError, DataError, StaleDataError) as error:
        if len(portion) > 1:
            half = len(portion) // 2
            _take(database, noun, run_id, portion[:half])
            _take(database, noun, run_id, portion[half:])
            return
        _take_alone(database, noun, run_id, portion[0], error)


def _take_alone(database: Database, noun: Noun, run_id: int, waiting: Waiting, error: Exception) -> None:
    """Ask for the approval that the change of this record needs; otherwise write down why it was refused."""
    if isinstance(error, NeedsApproval):
        try:
            with database.transaction() as session:
                run = found_run(session, run_id)
                doing = Doing(noun, run, found_run(session, run.of_id or 0) if run.what == UNDO else None)
                ask_for_change(session, _wish(session, doing, waiting, error), error)
                _write(session, [(waiting, Became(Outcome.ASKED))])
        except (KeguanError, IntegrityError, DataError, StaleDataError) as refused:
            error = refused
        else:
            return
    with database.transaction() as session:
        _write(session, [(waiting, Became(Outcome.REFUSED, None, sentence_of(noun, error)))])


def _wish(session: Session, doing: Doing, waiting: Waiting, needed: NeedsApproval) -> Change:
    """What would be done with the record; what an act is taken back by has no form of its own, so that is refused."""
    noun, run = doing.noun, doing.run
    if run.what == CHANGE:
        values = load([noun.fields[run.field]], run.given, partial=True)
        return Change(noun.model, waiting.record_id, waiting.seen, values, run.reason)
    if run.what == UNDO:
        if doing.first is None or doing.first.what != CHANGE:
            raise needed
        record = one(session, select(noun.model).where(noun.model.id == waiting.record_id))
        values = values_of_before(session, noun, record, _what_was_done(session, doing.first, waiting))
        return Change(noun.model, waiting.record_id, record.version, values, run.reason)
    act = noun.act(run.what)
    if act is None:
        raise NotFound
    return Change(noun.model, waiting.record_id, waiting.seen, load(act.asks, run.given), run.reason, act.verb, act.right)


def _write(session: Session, done: Sequence[tuple[Waiting, Became]]) -> None:
    """Write down what became of records, all that became the same by one statement.

    One that somebody else has done meanwhile undoes the whole portion.
    """
    alike: dict[str, tuple[Became, list[int]]] = {}
    for waiting, became in done:
        alike.setdefault(repr(became), (became, []))[1].append(waiting.item_id)
    for became, items in alike.values():
        mine = update(BulkItem).where(BulkItem.id.in_(items), BulkItem.outcome == Outcome.WAITING)
        written: Any = session.execute(mine.values(became._asdict()), execution_options={"synchronize_session": False})
        if written.rowcount != len(items):
            raise Conflict(CONFLICT)


def _done(session: Session, doing: Doing, waiting: Waiting) -> Became:
    """Run the verb for one record."""
    noun, run = doing.noun, doing.run
    if run.what == DELETE:
        _demand(noun.delete)(session, waiting.record_id, waiting.seen)
        return Became(Outcome.CHANGED)
    if run.what == CHANGE:
        values = load([noun.fields[run.field]], run.given, partial=True)
    elif run.what == UNDO:
        return _put_back(session, doing, waiting)
    else:
        act = noun.act(run.what)
        if act is None:
            raise NotFound
        touched: Touched = {}
        with noting(session, touched):
            act.run(session, waiting.record_id, waiting.seen, **load(act.asks, run.given))
        return Became(Outcome.CHANGED if touched else Outcome.UNCHANGED, touched=touched)
    return _changed(session, noun, waiting, waiting.seen, values)


def _changed(session: Session, noun: Noun, waiting: Waiting, version: int, values: Mapping[str, Any]) -> Became:
    changed = _demand(noun.change)(session, waiting.record_id, version, values)
    session.flush()
    record = changed if isinstance(changed, noun.model) else session.get(noun.model, waiting.record_id)
    reached = record.version if record is not None else None
    return Became(Outcome.UNCHANGED if reached == version else Outcome.CHANGED, reached)


def _put_back(session: Session, doing: Doing, waiting: Waiting) -> Became:
    """Restore what the first run did with the record, unless somebody has changed just that since."""
    noun, first = doing.noun, doing.first
    if first is None:
        raise NotFound
    done = _what_was_done(session, first, waiting)
    if first.what == CHANGE:
        record = one(session, select(noun.model).where(noun.model.id == waiting.record_id))
        return _changed(session, noun, waiting, record.version, values_of_before(session, noun, record, done))
    act = noun.act(first.what)
    if act is None or act.back is None:
        raise NotFound
    act.back(session, waiting.record_id, done)
    session.flush()
    return Became(Outcome.CHANGED)


def _what_was_done(session: Session, first: BulkRun, waiting: Waiting) -> Done:
    touched = session.scalar(select(BulkItem.touched).where(BulkItem.run_id == first.id, BulkItem.record_id == waiting.record_id))
    return Done(first.key, touched or {})


def _demand(operation: Callable[..., Any] | None) -> Callable[..., Any]:
    if operation is None:
        raise Forbidden
    return operation


def sentence_of(noun: Noun, error: Exception) -> Message:
    """Why a record was refused, in one sentence."""
    if isinstance(error, NotFound) and error.message.text == NotFound().message.text:
        return GONE
    if isinstance(error, BadInput) and error.fields:
        name, said = next(iter(error.fields.items()))
        return msg("%(field)s: %(sentence)s", field=noun.fields[name].label, sentence=said) if name in noun.fields else said
    return error.message if isinstance(error, KeguanError) else CONFLICT
