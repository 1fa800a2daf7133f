"""Wake-ups carried by huey's queues.

Only the queues: huey's own tasks are lost by a kill and are pickles, which whoever can write to the queue could make run anything.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from huey.storage import RedisStorage, SqliteStorage
from redis.exceptions import RedisError

from core.work.wakeups import OutOfReach, Queue

ENOUGH = 32  # wake-ups that wait; more would only make workers look in vain


class HueyQueue:
    """One queue in a storage of huey."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def put(self) -> None:
        """As :meth:`Queue.put`."""
        try:
            if self._storage.queue_size() < ENOUGH:
                self._storage.enqueue(b"look")
        except (RedisError, sqlite3.Error) as error:
            raise OutOfReach(str(error)) from error

    def take(self) -> bool:
        """As :meth:`Queue.take`."""
        try:
            return self._storage.dequeue() is not None
        except (RedisError, sqlite3.Error) as error:
            raise OutOfReach(str(error)) from error


def open_queue(data: Path, redis_url: str) -> Queue:
    """In Redis where there is one, else in a file of the data folder."""
    if redis_url:
        return HueyQueue(RedisStorage("keguan", url=redis_url, blocking=False))
    data.mkdir(parents=True, exist_ok=True)
    return HueyQueue(SqliteStorage("keguan", filename=str(data / "wakeups.db"), fsync=False))
