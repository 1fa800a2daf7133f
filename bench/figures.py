"""The table on the screen, ``build/bench.json`` and the page of the documentation."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measuring import Figure

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "bench.json"
PAGE = ROOT / "docs" / "explanation" / "figures.md"
BEGIN, END = "<!-- bench {kind} -->", "<!-- end of bench {kind} -->"
MUST_BE_TWICE_AS_FAST = ("list", "form")


@dataclass(frozen=True)
class Comparison:
    """One page: ours, and the yardstick where it has such a page, with how many times as fast ours is by the clock."""

    page: str
    ours: Figure
    vanilla: Figure | None = None
    ratio: float | None = None


def table(found: list[Comparison]) -> str:
    """A table in Markdown, which reads well on a screen too."""
    lines = [
        "| Page | Keguan ms | CPU ms | SQL | kB | vanilla ms | CPU ms | SQL | kB | times as fast |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in found:
        ratio = "–" if one.ratio is None else f"{one.ratio:.1f}"
        lines.append(f"| {one.page} | {_cells(one.ours)} | {_cells(one.vanilla)} | {ratio} |")
    return "\n".join(lines)


def _cells(figure: Figure | None) -> str:
    if figure is None:
        return "– | – | – | –"
    return f"{figure.wall:.1f} | {figure.cpu:.1f} | {figure.statements} | {figure.size / 1_000:.0f}"


def keep(kind: str, found: list[Comparison], about: Mapping[str, object]) -> None:
    """Write the results of one kind of database; those of the other kind stay."""
    RESULTS.parent.mkdir(exist_ok=True)
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    results[kind] = {"about": dict(about), "pages": [asdict(one) for one in found]}
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _into_page(kind, f"{about['customers']:,} customers, medians of {about['runs']} requests each, {about['machine']}.\n\n{table(found)}")


def _into_page(kind: str, text: str) -> None:
    """Put the table between its two marks in the documentation."""
    begin, end = BEGIN.format(kind=kind), END.format(kind=kind)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def keep_import(kind: str, about: str, rows: list[tuple[str, ...]]) -> str:
    """Write the results of :mod:`bench.importing` for one kind of database into the page; the table."""
    head = ("File", "seconds", "CPU s", "of which start", "CPU s", "rows a second", "by CPU", "MB at most")
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    _into_page(f"import {kind}", f"{about}\n\n{text}")
    return text


def keep_browsing(kind: str, about: str, rows: list[tuple[str, ...]]) -> str:
    """Write the results of :mod:`bench.browsing` for one kind of database into the page; the table."""
    head = ("Page", "median, few ms", "median, many ms", "p95, few ms", "p95, many ms", "times as long", "answer p95, few ms", "many ms")
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    _into_page(f"browsing {kind}", f"{about}\n\n{text}")
    return text


def machine() -> str:
    """What the figures were measured on."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}"


def too_slow(found: list[Comparison]) -> list[str]:
    """Pages that must be twice as fast as the yardstick and are not."""
    return [one.page for one in found if one.page in MUST_BE_TWICE_AS_FAST and one.ratio is not None and one.ratio < 2]
