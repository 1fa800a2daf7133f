"""Running one claimed job: as the person who asked, with that person's rights of now, and an end in the job row whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.audit.reasons import because
from core.database.sessions import Database
from core.extension.exchange import JobHandler, Task
from core.extension.registry import Registry
from core.kernel.acting import Actor, System, acting_as
from core.kernel.clock import now
from core.kernel.errors import Conflict, KeguanError
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.switchboard.actors import resolve_actor
from core.switchboard.operations import enabled_modules
from core.work.claims import ATTEMPTS, HOUSE, LEASE, Claim, LeaseLost, claim, renew, settle
from core.work.handlers import job_handlers
from core.work.models import JobState
from core.work.notices import notify

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=15)
Listener = Callable[[int, int], None]


def run_due_jobs(
    database: Database, registry: Registry, *, only: int | None = None, most: int = 1000, on_progress: Listener | None = None
) -> int:
    """Run jobs that are due, one after the other, here and now; return how many. ``on_progress`` hears what the job row was told."""
    handlers = job_handlers(registry)
    for count in range(most):
        held = claim(database, handlers, only=only)
        if held is None:
            return count
        run_claimed(database, registry, handlers, held, on_progress)
    return most


def run_claimed(
    database: Database, registry: Registry, handlers: Mapping[str, JobHandler], held: Claim, on_progress: Listener | None = None
) -> None:
    """Run one job to its end: done, failed, cancelled, or queued again to be tried later."""
    handler = handlers[held.kind]
    database.release()
    try:
        who = _who(database, held)
        if who is None:
            _end(database, held, JobState.CANCELLED, msg("The person who asked for it has left or may no longer sign in."))
            return
        with _heartbeat(database, held), acting_as(who), because(handler.title):
            _perform(database, handler, held, _task(database, registry, held, who, on_progress))
    except LeaseLost:
        log.warning("job %s was cancelled or taken over meanwhile; what it had not committed is undone", held.job_id)
    except Exception as error:  # noqa: BLE001 - whatever a plugin's handler does wrong must end in the job row, not in a dead worker
        _failed(database, handler, held, error)
    finally:
        database.release()


def _who(database: Database, held: Claim) -> Actor | System | None:
    """Who the job runs as, resolved now; the house itself, within the company, when no person asked."""
    if held.asked_by_id is None:
        return System(f"job {held.kind}", held.company_id)
    session = database.identity()
    user_id = session.scalar(select(Employee.user_id).where(Employee.id == held.asked_by_id, Employee.company_id == held.company_id))
    found = None if user_id is None else resolve_actor(session, user_id, held.company_id)
    database.release()
    return found


def _task(database: Database, registry: Registry, held: Claim, who: Actor | System, on_progress: Listener | None) -> Task:
    if isinstance(who, Actor):
        modules = who.modules
    else:
        with acting_as(who):
            modules = enabled_modules(database.session(), held.company_id, registry)
        database.release()

    def progress(done: int, total: int) -> None:
        renew(database, held, done, total)
        if on_progress is not None:
            on_progress(done, total)

    return Task(held.job_id, held.kind, held.company_id, held.payload, modules, progress)


def _perform(database: Database, handler: JobHandler, held: Claim, task: Task) -> None:
    if handler.long:
        handler.run(database, task)
        _end(database, held, JobState.DONE)
        return
    with database.transaction() as session:
        handler.run(session, task)
        session.flush()
        settle(session, held, JobState.DONE)


def _end(database: Database, held: Claim, state: JobState, error: Message | None = None) -> None:
    with acting_as(HOUSE), database.transaction() as session:
        settle(session, held, state, error)


def _failed(database: Database, handler: JobHandler, held: Claim, error: Exception) -> None:
    """Try again later what may pass by itself; what our own errors say will not, and neither will the fifth failure."""
    level = logging.INFO if isinstance(error, KeguanError) else logging.ERROR  # a reason that whoever asked is told is no fault of ours
    log.log(level, "job %s (%s) failed at attempt %s", held.job_id, held.kind, held.attempts, exc_info=error)
    hopeless = isinstance(error, KeguanError) and not isinstance(error, Conflict)
    sentence = error.message if isinstance(error, KeguanError) else _unexpected(held)
    database.release()
    try:
        if not hopeless and held.attempts < ATTEMPTS:
            pause = FIRST_PAUSE * 4 ** (held.attempts - 1)
            with acting_as(HOUSE), database.transaction() as session:
                settle(session, held, JobState.QUEUED, sentence, now() + pause)
        else:
            _give_up(database, handler, held, sentence)
    except LeaseLost:
        log.warning("job %s failed here, but somebody else has it already", held.job_id)


def _unexpected(held: Claim) -> Message:
    return msg("The job failed unexpectedly. The log says more under job %(number)s.", number=held.job_id)


def _give_up(database: Database, handler: JobHandler, held: Claim, sentence: Message) -> None:
    with acting_as(System("a job failed", held.company_id)), database.transaction() as session:
        settle(session, held, JobState.FAILED, sentence)
        if held.asked_by_id is not None:
            notify(session, held.asked_by_id, msg("“%(job)s” has failed: %(reason)s", job=handler.title, reason=sentence))


@contextmanager
def _heartbeat(database: Database, held: Claim) -> Iterator[None]:
    """Renew the lease from a thread of its own until the end of the block."""
    stop = Event()
    thread = Thread(target=_beat, args=(database, held, stop), name=f"heartbeat of job {held.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(database: Database, held: Claim, stop: Event) -> None:
    while not stop.wait(LEASE.total_seconds() / 4):
        try:
            renew(database, held)
        except LeaseLost:
            return  # the end of the job finds the same and undoes what it did
        except SQLAlchemyError as error:
            # SQLite: the job itself holds the write lock, so nobody can take it over either; try again at the next beat.
            log.info("the lease of job %s could not be renewed now: %s", held.job_id, error)
        finally:
            database.release()
