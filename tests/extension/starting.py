"""Starts the program with strange plugins, each time in a process of its own, and tells how that ended.

Stored classes can be declared once in a process, so every start needs a fresh one. ``python -m tests.extension.starting`` loads the host
once and forks for each line of JSON that it reads; the answer is one line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Start:
    """How a start ended: names of the installed plugins, or the sentence of the refusal; ``crash`` is what nobody foresaw."""

    names: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    refused: str = ""
    crash: str = ""


class Starter:
    """A process that starts the program again and again."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.extension.starting"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment())

    def start(self, folder: Path, **options: Any) -> Start:
        """Start with the plugins in ``folder``; ``wanted`` names those to install, ``path`` adds folders to look for packages in."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"folder": str(folder), **options}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Start(**{name: tuple(value) if isinstance(value, list) else value for name, value in answer.items()})

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KEGUAN_")} | {"PYTHONPATH": str(ROOT)}


def _serve() -> None:
    import core.application  # noqa: F401  # loaded before the fork, so that each start is quick

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _answer(json.loads(line))
            os._exit(0)
        os.waitpid(child, 0)


def _answer(asked: Mapping[str, Any]) -> None:
    print(json.dumps(_try(asked)), flush=True)


def _try(asked: Mapping[str, Any]) -> dict[str, Any]:
    from config.settings import Settings
    from core.application import create_application
    from core.kernel.errors import StartRefused

    folder = Path(asked["folder"])
    sys.path[:0] = [*asked.get("path", ()), str(folder.parent)]
    wanted = asked.get("wanted")
    settings = Settings(
        environment="testing",
        data=Path(asked.get("data") or folder.parent / "data"),
        plugins=folder,
        wanted=None if wanted is None else tuple(wanted),
        plugins_file=folder / "no-file",
    )
    try:
        app = create_application(settings)
    except StartRefused as error:
        return {"refused": str(error)}
    except Exception:  # noqa: BLE001  # whatever a strange plugin raises is the answer
        return {"crash": traceback.format_exc()}
    return {"names": list(app.extensions["keguan"].registry.names), "endpoints": sorted(app.view_functions)}


if __name__ == "__main__":
    _serve()
