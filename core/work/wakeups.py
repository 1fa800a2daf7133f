"""Wake-ups for the workers, carried by huey's queues.

Only the queues: the job row is the truth and a wake-up says nothing but "look", so there is nothing to lose, to double or to unpickle
(huey's own tasks are lost by a kill and are pickles, which whoever can write to the queue could make run anything).
"""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path
from threading import Event
from typing import Any

from huey.storage import RedisStorage, SqliteStorage
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

ENOUGH = 32  # wake-ups that wait; more would only make workers look in vain
STEP = 0.25  # seconds between two looks into the queue file


class Wakeups:
    """One queue of wake-ups; without a queue a worker finds work by looking every few seconds."""

    def __init__(self, storage: Any = None) -> None:
        self._storage = storage

    def wake(self) -> None:
        """Let a worker look for work. The business is committed already, so a queue that is out of reach is only worth a warning."""
        try:
            if self._storage is not None and self._storage.queue_size() < ENOUGH:
                self._storage.enqueue(b"look")
        except (RedisError, sqlite3.Error) as error:
            log.warning("no worker was woken, the job waits for the next look: %s", error)

    def wait(self, seconds: float, stop: Event) -> bool:
        """Wait for a wake-up, at most ``seconds`` or until ``stop``; whether there was one."""
        end = time.monotonic() + seconds
        while not stop.is_set() and time.monotonic() < end:
            if self._taken():
                return True
            stop.wait(STEP)
        return False

    def _taken(self) -> bool:
        try:
            return self._storage is not None and self._storage.dequeue() is not None
        except (RedisError, sqlite3.Error) as error:
            log.warning("the queue of wake-ups is out of reach: %s", error)
            return False


def open_wakeups(data: Path, redis_url: str = "") -> Wakeups:
    """Wake-ups by Redis where there is one, else by a file in the data folder."""
    if redis_url:
        return Wakeups(RedisStorage("keguan", url=redis_url, blocking=False))
    data.mkdir(parents=True, exist_ok=True)
    return Wakeups(SqliteStorage("keguan", filename=str(data / "wakeups.db"), fsync=False))


_wakeups: list[Wakeups] = []


def use_wakeups(wakeups: Wakeups) -> None:
    """Make ``wakeups`` those of this process; the application does it once at start."""
    _wakeups[:] = [wakeups]


def wake() -> None:
    """Wake a worker, if this process has wake-ups."""
    for wakeups in _wakeups:
        wakeups.wake()
