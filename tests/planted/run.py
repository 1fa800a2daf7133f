"""Planted holes: each patch is applied to a scratch copy of the checkout, and the harness named in its head must fail there.

``python -m tests.planted.run`` (``make planted``) tells which test caught which hole. It is red when a patch does not apply any more,
when its test does not exist, or when nothing catches it: a harness that no hole can make fail proves nothing (design 7).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.sizes import WHOLE, sized

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
COPIED = ("app.py", "config", "core", "plugins", "migrations", "tests", "pyproject.toml", "babel.cfg", "assets.json", "docs", "README.md")
FIT = ("git", "apply", "-C1", "--whitespace=nowarn")
AT_ONCE = 2
LONGEST, LONGEST_OF_ALL = 400, 1_200  # seconds, against what hangs: for one hole, and for all tests that are named somewhere
ALWAYS = frozenset(
    {
        *("criteria-as-lambda", "model-declared-global", "guard-without-references"),
        *("token-scope-late", "shared-filter-state", "actor-left-on-thread"),
    }
)
FAILED = 1  # pytest's exit code when tests ran and some failed; anything else proves nothing


@dataclass(frozen=True)
class Hole:
    """A patch and the tests that must fail on it."""

    patch: Path
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the file, without its ending."""
        return self.patch.stem


def holes() -> list[Hole]:
    """Every planted hole; the lines ``Caught-by:`` in its head name tests."""
    found = []
    for patch in sorted(FOLDER.glob("*.patch")):
        head = patch.read_text(encoding="utf-8").partition("\ndiff ")[0].partition("\n--- ")[0]
        found.append(Hole(patch, tuple(re.findall(r"^Caught-by: (\S.*)$", head, re.MULTILINE))))
    return found


def chosen() -> list[Hole]:
    """All holes in ``make planted``; in CI, for each costs some seconds, those of the first floors and every second one of those that the
    same test catches, with the next commit the others."""
    by_test = sorted(holes(), key=lambda hole: (hole.tests, hole.name))
    return sized([hole for number, hole in enumerate(by_test) if number % 2 == turn() or hole.name in ALWAYS], by_test)


def turn() -> int:
    """Which half a commit tries."""
    counted = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(counted.stdout or 0) % 2


def verdict(hole: Hole) -> str:
    """Nothing when the hole is caught, else one sentence on what is wrong."""
    if not hole.tests:
        return "its head names no test"
    with scratch(hole.name) as copy:
        applied = _run([*FIT, str(hole.patch)], copy)
        if applied.returncode:
            return f"it does not apply any more: {applied.stderr.strip()[:200]}"
        ran = _pytest(hole.tests, copy)
        if ran.returncode == 0:
            return "no test noticed it"
        if ran.returncode != FAILED or not re.search(r"\d+ failed", ran.stdout):
            return f"its tests could not run: {ran.stdout.strip()[-300:]} {ran.stderr.strip()[-200:]}"
    return ""


def sound(planted: list[Hole]) -> str:
    """Nothing when the named tests pass without any hole, else what fails: they must fail because of the hole alone."""
    tests = tuple(sorted({test for hole in planted for test in hole.tests}))
    with scratch("none") as copy:
        ran = _pytest(tests, copy, LONGEST_OF_ALL)
    return "" if ran.returncode == 0 else f"the tests fail without a hole: {ran.stdout.strip()[-400:]}"


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A copy of the checkout outside of any repository, gone again at the end."""
    with tempfile.TemporaryDirectory(prefix=f"planted-{name}-") as folder:
        for one in COPIED:
            _copy(ROOT / one, Path(folder) / one)
        yield Path(folder)


def _pytest(tests: tuple[str, ...], folder: Path, longest: int = LONGEST) -> subprocess.CompletedProcess[str]:
    return _run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not postgres", *tests], folder, longest)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("vendor", "node_modules"), symlinks=True)
    elif source.is_file():
        shutil.copy2(source, target)


def _run(command: list[str], folder: Path, longest: int = LONGEST) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=longest, check=False)


def try_all() -> dict[str, str]:
    """What is wrong with each planted hole by name, nothing where it is caught; ``no hole`` is the control.

    In CI, which tries a part, the named tests have just passed without a hole: there is no control.
    """
    planted = chosen()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        control = [pool.submit(sound, planted)] if WHOLE else []
        verdicts = {hole.name: why for hole, why in zip(planted, pool.map(verdict, planted), strict=True)}
        return verdicts | {"no hole": one.result() for one in control}


def main() -> int:
    """Try every hole and print one line each; 0 when all are caught."""
    began, found = time.monotonic(), try_all()
    for name, why in found.items():
        print(f"{'well  ' if not why else 'FAILED'}  {name}{': ' if why else ''}{why}")
    missed = sum(bool(why) for why in found.values())
    print(f"{len(found)} tried, {missed} problems, {time.monotonic() - began:.0f} s")
    return 1 if missed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
