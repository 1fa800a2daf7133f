"""Web and worker live and die together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import ROOT
from core.operations.processes import Family
from core.operations.pulse import beating, worker_is_alive

WAITS = [sys.executable, "-c", "import time; time.sleep(60)"]
FALLS = [sys.executable, "-c", "raise SystemExit(3)"]
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {child!r}], stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""
CHILD = "import time; from core.operations.processes import end_with_parent; end_with_parent(); print('up', flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """The handlers of the test run come back after each test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_when_one_falls_the_other_is_ended_and_the_code_is_the_one_of_the_fallen() -> None:
    family = Family([WAITS, FALLS])
    assert family.watch(lambda: None) == 3
    assert [child.poll() is not None for child in family.children] == [True, True]


def test_a_signal_ends_both_and_is_a_success() -> None:
    family = Family([WAITS, WAITS])
    assert family.watch(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 0
    assert [child.returncode for child in family.children] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_process_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(child=CHILD)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert parent.stdout.readline() == "up\n"
    parent.kill()
    parent.wait()
    assert _ends(child, within=20.0)
    parent.stdout.close()


def test_a_worker_is_seen_as_long_as_it_lives(tmp_path: Path) -> None:
    assert not worker_is_alive(tmp_path)
    with beating(tmp_path):
        assert worker_is_alive(tmp_path)
    assert not worker_is_alive(tmp_path)


def _ends(process: int, within: float) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
