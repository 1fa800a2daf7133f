"""Evidence of a harness: everything that it tried, by name, with what must be allowed and was, and what must be refused and was.

Each harness keeps one :class:`Evidence` and closes it with :meth:`Evidence.close`, which writes ``build/evidence/<name>.json`` and fails
below the committed floor (``tests/floors.toml``), when an installed plugin contributes nothing, or when fewer than 30 % of the answers
are positive controls: a harness that is refused everywhere proves nothing (design 7).

A test that keeps evidence is marked ``evidence("switch-{database_kind}")``. Before it is set up its file says *unfinished*, so that a
run that never came to its end cannot pass for the one before. ``python -m tests.evidence`` looks at all files: each must be there, of the
source as it is now, and passed. Where all of it must be proved (``KEGUAN_PROVE=whole``, as in ``make prove``), evidence of a part is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import sizes

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "evidence"
FLOORS = Path(__file__).with_name("floors.toml")
SOURCES = ("app.py", "config", "core", "plugins", "migrations", "tests")
LEAST_POSITIVE = 0.3
LEAST_OF_ONE = 0.2
"""Where one plugin is walked over alone: most roles have no right on it."""
SHOWN = 25  # failures that are told in the message; the file has all


@dataclass
class Evidence:
    """What one harness did. ``plugins`` are those that must contribute; ``shares`` False is for walks without refusals."""

    name: str
    plugins: Iterable[str] = ()
    shares: bool = True
    items: list[tuple[str, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    """What else was counted, such as the steps of a walk of which not each leaves an item."""

    def positive(self, item: str, plugin: str = "core") -> None:
        """Something that must be allowed, or come out equal, was tried and was so."""
        self.items.append((item, plugin, "positive"))

    def refused(self, item: str, plugin: str = "core") -> None:
        """Something that must be refused was tried and was refused."""
        self.items.append((item, plugin, "refused"))

    def neutral(self, item: str, plugin: str = "core") -> None:
        """Something was allowed to be tried, and the business said no for a reason of its own."""
        self.items.append((item, plugin, "neutral"))

    def failed(self, item: str, why: str, plugin: str = "core") -> None:
        """Something came out wrong."""
        self.items.append((item, plugin, "failed"))
        self.failures.append(f"{item}: {why}")

    def problems(self) -> list[str]:
        """Sentences on what is wrong with this run; none when it proves what it should."""
        counted = Counter(outcome for _, _, outcome in self.items)
        given = Counter(plugin for _, plugin, _ in self.items)
        found = [*self.failures]
        least, alone = floor_of(self.name), bool(os.environ.get("KEGUAN_LOOKED_AT"))
        if len(self.items) < least and not alone:  # of one plugin there is less to try; :func:`verdicts` asks for all of it
            found.append(f"only {len(self.items)} items were tried; the floor of {self.name} is {least}")
        found += [f"the plugin {plugin} contributed nothing" for plugin in self.plugins if not given[plugin]]
        if self.shares and counted["positive"] < (LEAST_OF_ONE if alone else LEAST_POSITIVE) * len(self.items):
            found.append(f"only {counted['positive']} of {len(self.items)} answers are positive controls")
        return found

    def close(self) -> None:
        """Write the file, then raise :class:`AssertionError` when the run does not prove what it should."""
        found = self.problems()
        counted = Counter(outcome for _, _, outcome in self.items)
        said = {
            "name": self.name,
            "result": "failed" if found else "passed",
            "source": source(),
            "size": size(),
            "floor": floor_of(self.name),
            **self.figures,
            "items": len(self.items),
            **{outcome: counted[outcome] for outcome in ("positive", "refused", "neutral", "failed")},
            "by_plugin": dict(sorted(Counter(plugin for _, plugin, _ in self.items).items())),
            "problems": found,
            "enumerated": [" | ".join(item) for item in self.items],
        }
        _write(self.name, said)
        assert not found, f"{len(found)} problems of {self.name} ({answers(counted)}):\n" + "\n".join(found[:SHOWN])


def answers(counted: Mapping[str, int]) -> str:
    """How often the answer was yes, and how often no."""
    return f"{counted['positive']} times yes, {counted['refused']} times no"


def size() -> str:
    """How much is proved by a run of now: ``whole`` or ``part``."""
    return "whole" if sizes.WHOLE else "part"


def floors() -> dict[str, int]:
    """The committed least number of items of each harness, for the size of now; ``[whole]`` has those that are larger at full size."""
    said = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    whole = said.pop("whole", {})
    assert whole.keys() <= said.keys(), f"only at full size: {sorted(whole.keys() - said.keys())}"
    assert all(whole[name] > said[name] for name in whole), "a floor of the whole stands only where it is larger than that of the part"
    return {**said, **whole} if sizes.WHOLE else said


def floor_of(name: str) -> int:
    """The least number of items of the harness; a name that is not in the file is a mistake."""
    known = floors()
    assert name in known, f"tests/floors.toml has no floor for {name}"
    return int(known[name])


def _write(name: str, said: Mapping[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@cache
def source() -> str:
    """The product and its tests in one word: evidence of another source proves nothing about this one."""
    digest = hashlib.sha256()
    for place in SOURCES:
        top = ROOT / place
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.suffix in (".py", ".toml", ".html", ".js", ".css", ".po") and "vendor" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def names_of(item: pytest.Item) -> list[str]:
    """The evidence that a test keeps."""
    parameters = {**getattr(getattr(item, "callspec", None), "params", {})}
    return [str(name).format(**parameters) for mark in item.iter_markers("evidence") for name in mark.args]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a test is about to prove is unproved until it closes its evidence."""
    for name in names_of(item):
        _write(name, {"name": name, "result": "unfinished", "source": source(), "problems": [f"{item.nodeid} did not come to its end"]})


def verdicts() -> dict[str, str]:
    """Each harness of the floors: nothing when its evidence is of this source and passed, else what is wrong."""
    return {name: _verdict(name, least) for name, least in floors().items()}


def _kept(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def _verdict(name: str, least: int) -> str:
    if not (FOLDER / f"{name}.json").is_file():
        return "there is none"
    said = _kept(name)
    if said["result"] != "passed":
        return f"{said['result']}: {'; '.join(said['problems'])[:300]}"
    if said.get("source") != source():
        return "it is of another source"
    if sizes.WHOLE and said.get("size") != "whole":
        return "it proves a part, and the whole was asked for"
    return f"only {said['items']} items were tried; its floor is {least}" if said["items"] < least else ""


def main() -> int:
    """One line for each harness; 0 when all stand."""
    found = verdicts()
    for name, why in found.items():
        print(f"{'FAILED' if why else 'well  '}  {name}: {why or answers(_kept(name))}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
