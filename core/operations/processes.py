"""Several processes under one parent: signals go to all of them, and when one ends the others do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

PATIENCE = 15.0  # seconds that a process may take to finish what it has in hand


class Family:
    """Processes started together. Each reads an end of a pipe whose other end closes when this process dies, however it dies."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self.stopping = False
        self.children = [
            subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - commands of our own
            for command in commands
        ]

    def watch(self, each_second: Callable[[], None]) -> int:
        """Wait until a signal arrives or a process ends, then end all; 0 after a signal, else the code of the one that ended."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.stopping and all(child.poll() is None for child in self.children):
            each_second()
            time.sleep(0.2)
        fallen = next((child.returncode for child in self.children if child.returncode is not None), 0)
        self.end()
        return 0 if self.stopping else fallen or 1

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End soon; also serves as a signal handler."""
        self.stopping = True

    def end(self) -> None:
        """Ask every process to end, and end those that do not within :data:`PATIENCE` seconds."""
        for child in self.children:
            child.terminate()
        until = time.monotonic() + PATIENCE
        for child in self.children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            assert child.stdin is not None
            child.stdin.close()


def end_with_parent() -> None:
    """End this process like a SIGTERM when the one that started it is gone: its end of our standard input has closed then."""

    def wait_for_the_end() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_for_the_end, daemon=True, name="parent").start()
