"""Reading what strangers have uploaded: by processes of their own, with limits of time and memory and nothing of ours in their environment.

What they make of a file (pictures of pages, the words of a mail) lies in ``<data>/previews/<company>/<sha256>``; it can be made again at
any time and goes with the file.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.work.file_store import file_store

log = logging.getLogger(__name__)
HERE = Path(__file__).parent


def run_apart(limits: Sequence[int], scratch: Path, *program: str) -> bool:
    """Run ``program`` in the folder ``scratch``; whether it ended well. Its children end with it.

    ``limits`` are seconds, megabytes of memory and megabytes of one file.
    """
    command = (sys.executable, "-I", str(HERE / "limited.py"), *map(str, limits), *program)
    clean = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(scratch), "TMPDIR": str(scratch), "LANG": "C.UTF-8"}
    quiet: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=clean, cwd=scratch, start_new_session=True, **quiet) as child:  # noqa: S603 - no shell, no word of theirs
        try:
            _, said = child.communicate(timeout=limits[0] * 1.5)
        except subprocess.TimeoutExpired:
            said = b"it took too long"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    if child.returncode:
        log.info("not read: %s", said[-300:].decode(errors="replace"))
    return child.returncode == 0


def made_of(company_id: int, sha256: str) -> Path:
    """The folder of what was made of a file; it need not be there."""
    return _root() / str(company_id) / sha256


def made_folder(folder: Path) -> Path:
    """``folder``, for the house alone, there if it was not."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def remove_made(company_id: int, wanted: Collection[str]) -> None:
    """Delete what was made of the company's files whose SHA-256 is not ``wanted`` any more."""
    for made in (_root() / str(company_id)).glob("*"):
        if made.name.partition(".")[0] not in wanted:
            shutil.rmtree(made) if made.is_dir() else made.unlink()


def _root() -> Path:
    return file_store().root.with_name("previews")
