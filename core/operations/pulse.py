"""Whether a worker is at work on this machine: it holds a lock as long as it lives, and a lock ends with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "worker.lock"


@contextmanager
def beating(data: Path) -> Iterator[None]:
    """Be seen as a worker of the deployment whose data folder is ``data``; several may be at the same time."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / NAME).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def worker_is_alive(data: Path) -> bool:
    """Whether any worker holds the lock."""
    path = data / NAME
    if not path.is_file():
        return False
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
