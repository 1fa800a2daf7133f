"""``make trace``: per module, the rows of the requirements that a passing test proves, and those without one."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.tracing import ROOT, stored_results

LIST = ROOT / "docs" / "reference" / "requirements.md"
EVIDENCE = ROOT / "build" / "evidence" / "trace.json"
LINE = re.compile(r"\| (R-\d{3}) \| (.+) \| (\w+) \| ([SHGD]) \|")


@dataclass(frozen=True)
class Row:
    """One row of the requirements."""

    id: str
    text: str
    module: str
    kind: str


def rows(path: Path = LIST) -> list[Row]:
    """All rows of the list, in its order."""
    return [Row(*found.groups()) for line in path.read_text(encoding="utf-8").splitlines() if (found := LINE.fullmatch(line))]


def proofs() -> dict[str, list[str]]:
    """Row to the tests that prove it: each passed when it was last run."""
    found: dict[str, list[str]] = defaultdict(list)
    for test, result in stored_results().items():
        if result["passed"]:
            for row in result["rows"]:  # type: ignore[attr-defined]
                found[row].append(test)
    return dict(found)


def summary() -> dict[str, dict[str, list[str]]]:
    """Module to its proved and its open rows."""
    proved = proofs()
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows():
        found.setdefault(row.module, {"proved": [], "open": []})["proved" if row.id in proved else "open"].append(row.id)
    return found


def main() -> None:
    """Print the table and write it down as evidence."""
    found = summary()
    for module, state in found.items():
        total = len(state["proved"]) + len(state["open"])
        print(f"{module}: {len(state['proved'])} of {total} rows proved")
        print(f"  proved  {' '.join(state['proved']) or '–'}")
        print(f"  open    {' '.join(state['open']) or '–'}")
    proved = sum(len(state["proved"]) for state in found.values())
    print(f"all: {proved} of {len(rows())} rows proved")
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_text(json.dumps({"modules": found, "proofs": proofs()}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
