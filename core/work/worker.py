"""The worker process: looks for work when woken and every few seconds, keeps schedules, picks up what dead workers left."""

from __future__ import annotations

import logging
import signal
import time
from threading import Event
from types import FrameType

from sqlalchemy.exc import OperationalError

from core.database.sessions import Database
from core.extension.registry import Registry
from core.work.claims import claim, requeue_expired
from core.work.handlers import job_handlers
from core.work.running import run_claimed
from core.work.schedules import enqueue_scheduled
from core.work.wakeups import Wakeups

log = logging.getLogger(__name__)

PAUSE = 5.0  # seconds between two looks when nobody wakes the worker
SWEEP = 15.0  # seconds between two looks at schedules and dead workers


class Worker:
    """Runs jobs one at a time; as many processes of it as wanted may run side by side, on one machine or several."""

    def __init__(self, database: Database, registry: Registry, wakeups: Wakeups) -> None:
        self.database = database
        self.registry = registry
        self.wakeups = wakeups
        self.handlers = job_handlers(registry)
        self.stopping = Event()
        self._next_sweep = 0.0

    def run(self) -> None:
        """Work until :meth:`stop`; the job in hand is finished."""
        while not self.stopping.is_set():
            try:
                self.turn()
            except OperationalError as error:
                # The database is locked or restarting: a worker outlives that.
                log.warning("the database did not answer, trying again: %s", error)
                self.stopping.wait(1.0)
            self.wakeups.wait(PAUSE, self.stopping)

    def turn(self) -> int:
        """Sweep if it is time, then run everything that is due; return how many jobs that were."""
        if time.monotonic() >= self._next_sweep:
            requeue_expired(self.database)
            enqueue_scheduled(self.database, self.handlers)
            self._next_sweep = time.monotonic() + SWEEP
        count = 0
        while not self.stopping.is_set() and (held := claim(self.database, self.handlers)) is not None:
            run_claimed(self.database, self.registry, self.handlers, held)
            count += 1
        return count

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Finish the job in hand and end; also serves as a signal handler."""
        self.stopping.set()


def run_worker(database: Database, registry: Registry, wakeups: Wakeups) -> None:
    """Work in this process until SIGTERM or SIGINT; must be called in the main thread. Enter an application context first for words."""
    worker = Worker(database, registry, wakeups)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    log.info("worker waits for jobs of %s kinds", len(worker.handlers))
    worker.run()
    log.info("worker has stopped")
