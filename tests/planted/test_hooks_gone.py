"""A plugin that has lost its ``hooks.py`` cannot hide: the program does not start, and no harness keeps evidence that passed."""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance.enumerated import NAMES
from tests.evidence import Evidence, floors
from tests.planted.run import LONGEST_OF_ALL, _run, scratch

HARNESSES = "evidence and not (postgres or bench or planted)"
ELSEWHERE = re.compile(r".*-postgres|statements-many-.*|planted|hooks-gone")
"""Evidence that another run keeps: it needs a server, measures, or plants holes itself."""
SAYS = {"deleted": "hooks.py", "emptied": "hears no hook"}


def _start(copy: Path) -> str:
    """What the program says when it is started."""
    ran = _run([sys.executable, "app.py", "plugins", "list"], copy)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def _expected() -> set[str]:
    """Every harness that has a floor and runs here."""
    return {name for name in floors() if not ELSEWHERE.fullmatch(name)}


def _keepers(copy: Path) -> list[str]:
    """The files of tests that keep evidence: to collect all others takes minutes."""
    files = sorted((copy / "tests").rglob("test_*.py"))
    return [str(path.relative_to(copy)) for path in files if "mark.evidence(" in path.read_text(encoding="utf-8")]


def _evidence(copy: Path) -> dict[str, str]:
    """Every harness of the copy by name, with the result that its file tells after a run."""
    _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", HARNESSES, *_keepers(copy)], copy, LONGEST_OF_ALL)
    files = sorted((copy / "build" / "evidence").glob("*.json"))
    return {path.stem: str(json.loads(path.read_text(encoding="utf-8"))["result"]) for path in files}


def _without_hooks(name: str) -> list[tuple[str, str]]:
    """(what was tried, what is wrong) for one plugin."""
    found = []
    with scratch(f"hooks-{name}") as copy:
        hooks = copy / "plugins" / name / "hooks.py"
        for how, text in (("emptied", '"""Nothing."""\n'), ("deleted", None)):
            hooks.write_text(text, encoding="utf-8") if text else hooks.unlink()
            said = _start(copy)
            named = name in said and (SAYS[how] in said or re.search("钩子|hooks", said)) and "Traceback" not in said
            found.append((f"{name}: start with hooks.py {how}", "" if named else f"said {said[-300:]!r}"))
        results = _evidence(copy)
        found += [(f"{name}: {harness}", f"says {result}" if result == "passed" else "") for harness, result in results.items()]
        found += [(f"{name}: {harness}", "told nothing of itself") for harness in sorted(_expected() - set(results))]
    return found


@pytest.mark.planted
@pytest.mark.evidence("hooks-gone")
def test_every_harness_reports_a_plugin_that_has_lost_its_hooks() -> None:
    evidence = Evidence("hooks-gone", NAMES, shares=False)
    with ThreadPoolExecutor(2) as pool:
        for name, found in zip(NAMES, pool.map(_without_hooks, NAMES), strict=True):
            for item, why in found:
                if why:
                    evidence.failed(item, why, name)
                else:
                    evidence.refused(item, name)
    evidence.close()
