"""Follows the tutorial word for word, in an environment of its own, on a live database; the first step that fails raises."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("your-first-plugin.md", "your-first-plugin.zh-CN.md")
PASSWORD = "demo-Pass-1"
STRANGE = ("KEGUAN_", "PYTEST_", "LC_", "PYTHON", "VIRTUAL")
"""Variables that would carry this environment over into the reader's."""
COPIED = ("core", "plugins", "config", "migrations", "app.py", "pyproject.toml", "requirements.in")
HARNESSES = ("tests", "docs")
HALF_WRITTEN = shutil.ignore_patterns("*.pyc.*")
"""What other tests compile just now; all that is compiled comes along."""
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?(?: (\(append\)))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code of the page: a shell script, or a file that is written or added to."""

    language: str
    place: str
    appended: bool
    text: str


def blocks_of(page: str) -> list[Block]:
    """All blocks of a page of the tutorial, in order."""
    text = (ROOT / "docs" / "tutorial" / page).read_text(encoding="utf-8")
    return [Block(language, place, bool(append), body) for language, place, append, body in BLOCK.findall(text)]


class Failed(AssertionError):
    """A step of the tutorial did not do what the page says."""


class Lesson:
    """Keguan in a folder, an environment that sees its libraries, and a data folder with the demo companies."""

    def __init__(self, place: Path) -> None:
        self.program, self.plugin, self.data = place / "keguan", place / "keguan-assets", place / "data"
        self.environment = place / "environment"
        self.port = _free_port()
        copy_program(self.program)
        make_environment(self.environment)

    def follow(self, blocks: Sequence[Block]) -> list[str]:
        """Do what the blocks say, one after the other; return what each said. Raises :class:`Failed`."""
        said: list[str] = []
        for block in blocks:
            if block.place == "use.py":
                said.append(self._use(block))
            elif block.language == "bash":
                said += [self.run(line) for line in block.text.splitlines()]
            else:
                self._write(block)
        return said

    def run(self, command: str, **more: str) -> str:
        """Run one command of the page in the program's folder; a code other than 0 raises :class:`Failed`."""
        ended = subprocess.run(
            command, shell=True, cwd=self.program, env=self.variables() | more, capture_output=True, text=True, check=False
        )
        if ended.returncode != 0:
            raise Failed(f"{command}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}")
        return ended.stdout

    def variables(self) -> dict[str, str]:
        """What the environment of a reader of the tutorial looks like."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("KEGUAN_", "PYTEST_", "LC_", "PYTHON", "VIRTUAL"))
        }
        path = f"{self.environment / 'bin'}:{kept['PATH']}"
        own = {"KEGUAN_DATA": str(self.data), "PORT": str(self.port), "LANG": "en_US.UTF-8", "PASSWORD": PASSWORD, "PATH": path}
        return kept | own | {"KEGUAN": f"http://127.0.0.1:{self.port}", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1"}

    def walked(self, *told: str, **more: str) -> None:
        """Harnesses of the house over the installed plugin, run beside the program; its own tests count as they would in the house.

        They look at this plugin alone: those of the house have been looked at there.
        """
        for name in HARNESSES:
            shutil.copytree(ROOT / name, self.program / name, ignore=HALF_WRITTEN, dirs_exist_ok=True)
        shutil.copytree(self.plugin / "tests", self.program / "tests" / "plugins" / "assets", dirs_exist_ok=True)
        marked = "not (postgres or redis or browser or bench or planted)"
        words = " ".join(f"'{word}'" for word in told)
        command = f"python -m pytest -q -p no:cacheprovider -m '{marked}' {words}"
        self.run(command, KEGUAN_LOOKED_AT="assets", KEGUAN_DATA=str(self.data / "walks"), LANG="zh_CN.UTF-8", **more)

    def found_companies(self) -> None:
        """The demo companies with their people, as the reader has them."""
        self.run("python app.py init")
        self.run(f"python -c {_quoted(FOUNDING)}", KEGUAN_DEMO_PASSWORD=PASSWORD)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The program at work; its address."""
        command = [str(self.environment / "bin" / "python"), "app.py", "web"]
        server = subprocess.Popen(
            command, cwd=self.program, env=self.variables(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            yield _answering(f"http://127.0.0.1:{self.port}", server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)

    def _write(self, block: Block) -> None:
        path = self.plugin / block.place
        if not path.parent.is_dir():
            raise Failed(f"{path.parent} is not there")
        before = path.read_text(encoding="utf-8") if block.appended else ""
        path.write_text(before + block.text, encoding="utf-8")

    def _use(self, block: Block) -> str:
        (self.program / "use.py").write_text(block.text, encoding="utf-8")
        with self.served():
            return self.run("python use.py")


FOUNDING = (
    "import os; from config.settings import Settings; from core.application import create_core; "
    "from core.operations.demo import make_base; "
    "k = create_core(Settings()); make_base(k.database, k.registry, os.environ['KEGUAN_DEMO_PASSWORD'], k.settings.password_method)"
)


def copy_program(place: Path) -> None:
    """The program as a reader has it, without its tests."""
    place.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=HALF_WRITTEN)
        else:
            shutil.copyfile(source, place / name)


def make_environment(place: Path) -> None:
    """An environment of its own that finds the libraries of this one, but into which only the tutorial installs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, capture_output=True)
    libraries = next(place.glob("lib/python*/site-packages"))
    (libraries / "libraries-of-keguan.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    (place / "bin" / "ruff").symlink_to(Path(sys.executable).with_name("ruff"))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _answering(address: str, server: subprocess.Popen[bytes]) -> str:
    """Wait until the program answers; raises :class:`Failed` when it ends instead, or is silent for a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return address
        except (urllib.error.URLError, OSError):
            ended = _ended(server)
        if ended is not None:
            raise Failed(f"the program ended with {ended}")
    raise Failed("the program does not answer")


def _ended(server: subprocess.Popen[bytes]) -> int | None:
    """The code with which it ended, if it does so within the blink of an eye."""
    with suppress(subprocess.TimeoutExpired):
        return server.wait(0.2)
    return None
