"""Choose the versions anew: ``make lock`` writes requirements*.lock from requirements*.in, nothing of this machine in them.

``make lock PACKAGES="flask redis"`` upgrades only these; without, only what the ``.in`` files force to change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("requirements", "requirements-dev", "requirements-node")
OPTIONS = (
    *("--generate-hashes", "--allow-unsafe", "--strip-extras", "--quiet", "--no-config"),
    *("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"),
)


def compile_locks(upgraded: list[str]) -> None:
    """Write every lock file, runtime first because the others are held to its versions; ``upgraded`` names packages to renew.

    Raises ``subprocess.CalledProcessError`` when no set of versions satisfies the ``.in`` files.
    """
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock", "PIP_CONFIG_FILE": os.devnull}
    environment.pop("PIP_FIND_LINKS", None)  # a folder of this machine would put hashes of its own builds into the lock
    upgrades = [f"--upgrade-package={name}" for name in upgraded]
    for name in NAMES:
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *upgrades, "-o", f"{name}.lock", f"{name}.in"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    compile_locks(sys.argv[1:])
