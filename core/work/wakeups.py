"""Wake-ups for the workers.

The job row is the truth and a wake-up says nothing but "look", so there is nothing to lose, to double or to unpickle.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from threading import Event
from typing import Protocol

log = logging.getLogger(__name__)

STEP = 0.25  # seconds between two looks into the queue file


class OutOfReach(Exception):
    """The queue of wake-ups cannot be asked now."""


class Queue(Protocol):
    """What carries wake-ups from one process to another; both raise :class:`OutOfReach`."""

    def put(self) -> None:
        """Leave a wake-up, unless there are enough."""

    def take(self) -> bool:
        """Take one out; whether there was one."""


class Wakeups:
    """One queue of wake-ups, opened by the first who needs it; without a queue a worker finds work by looking every few seconds."""

    def __init__(self, opened: Callable[[], Queue] | None = None) -> None:
        self._opened = opened

    @cached_property
    def _queue(self) -> Queue | None:
        return self._opened() if self._opened is not None else None

    def wake(self) -> None:
        """Let a worker look for work. The business is committed already, so a queue that is out of reach is only worth a warning."""
        try:
            if self._queue is not None:
                self._queue.put()
        except OutOfReach as error:
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
            return self._queue is not None and self._queue.take()
        except OutOfReach as error:
            log.warning("the queue of wake-ups is out of reach: %s", error)
            return False


def open_wakeups(data: Path, redis_url: str = "") -> Wakeups:
    """Wake-ups by Redis where there is one, else by a file in the data folder."""
    return Wakeups(partial(_open_queue, data, redis_url))


def _open_queue(data: Path, redis_url: str) -> Queue:
    from core.work.wakeup_queues import open_queue  # here: 14 MB that who only makes a file does not need

    return open_queue(data, redis_url)


_wakeups: list[Wakeups] = []


def use_wakeups(wakeups: Wakeups) -> None:
    """Make ``wakeups`` those of this process; the application does it once at start."""
    _wakeups[:] = [wakeups]


def wake() -> None:
    """Wake a worker, if this process has wake-ups."""
    for wakeups in _wakeups:
        wakeups.wake()
