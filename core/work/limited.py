"""Run a program with limits, in place of this one: ``python -I limited.py SECONDS MEGABYTES_OF_MEMORY MEGABYTES_PER_FILE PROGRAM ...``.

Needs nothing but Python: it stands between ours and programs that read what strangers have uploaded.
"""

from __future__ import annotations

import os
import resource
import sys

MEGABYTE = 1024 * 1024


def main(seconds: str, memory: str, file: str, *program: str) -> None:
    """Set the limits and become the program."""
    for kind, most in (
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_AS, int(memory) * MEGABYTE),
        (resource.RLIMIT_FSIZE, int(file) * MEGABYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    os.execvp(program[0], program)  # noqa: S606 - the program is named by apart.py's callers


if __name__ == "__main__":
    main(*sys.argv[1:])
