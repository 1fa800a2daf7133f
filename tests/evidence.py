"""Evidence of a harness: everything that it tried, by name, with what must be allowed and was, and what must be refused and was.

Each harness keeps one :class:`Evidence` and closes it with :meth:`Evidence.close`, which writes ``build/evidence/<name>.json`` and fails
below the committed floor (``tests/floors.toml``), when an installed plugin contributes nothing, or when fewer than 30 % of the answers
are positive controls: a harness that is refused everywhere proves nothing (design 7).
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "evidence"
FLOORS = Path(__file__).with_name("floors.toml")
LEAST_POSITIVE = 0.3
SHOWN = 25  # failures that are told in the message; the file has all


@dataclass
class Evidence:
    """What one harness did. ``plugins`` are those that must contribute; ``shares`` False is for walks without refusals."""

    name: str
    plugins: Iterable[str] = ()
    shares: bool = True
    items: list[tuple[str, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

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
        if len(self.items) < (least := floor_of(self.name)):
            found.append(f"only {len(self.items)} items were tried; the floor of {self.name} is {least}")
        found += [f"the plugin {plugin} contributed nothing" for plugin in self.plugins if not given[plugin]]
        if self.shares and counted["positive"] < LEAST_POSITIVE * len(self.items):
            found.append(f"only {counted['positive']} of {len(self.items)} answers are positive controls")
        return found

    def close(self) -> None:
        """Write the file, then raise :class:`AssertionError` when the run does not prove what it should."""
        found = self.problems()
        counted = Counter(outcome for _, _, outcome in self.items)
        FOLDER.mkdir(parents=True, exist_ok=True)
        said = {
            "name": self.name,
            "result": "failed" if found else "passed",
            "floor": floor_of(self.name),
            "items": len(self.items),
            **{outcome: counted[outcome] for outcome in ("positive", "refused", "neutral", "failed")},
            "by_plugin": dict(sorted(Counter(plugin for _, plugin, _ in self.items).items())),
            "problems": found,
            "enumerated": [" | ".join(item) for item in self.items],
        }
        (FOLDER / f"{self.name}.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        assert not found, f"{len(found)} problems of {self.name}:\n" + "\n".join(found[:SHOWN])


def floor_of(name: str) -> int:
    """The committed least number of items of the harness; a name that is not in the file is a mistake."""
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    assert name in floors, f"tests/floors.toml has no floor for {name}"
    return int(floors[name])
