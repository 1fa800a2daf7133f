"""A list as a chart: groups of its records, each a door to exactly these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.web.pages.listing import ShapedPage
from core.web.pages.parts import Link, Text

CARDS = 12
"""Charts of one desk, each loaded into a card of its own."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One group: how it is called, how many records it has, its value as a number to draw and in words, and its share of the whole.

    ``tone`` is the colour that a state has in lists.
    """

    label: Text
    href: str
    count: int
    value: float
    text: Text
    share: Text = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: ``kind`` is bar, line, pie or funnel; ``measured`` names the value, ``total`` is that of all records."""

    title: Text
    kind: str
    rows: tuple[ChartRow, ...]
    grouped: Text
    measured: Text
    total: Text
    list: Link
    counted: bool = True
    """Whether the value is the number of records itself."""
    next: Link | None = None
    """The groups that come after these."""
    part: Text = ""
    """Which of the groups these are, where they are not all."""
    left_out: Link | None = None
    """Records that add nothing to the sum."""
    single: bool = False
    """Whether there is only one group: it is said, not drawn."""
    slices: tuple[ChartRow, ...] = ()
    """What is drawn of the rows; small parts of a composition stand together."""
    none: ChartRow | None = None
    """Records that have no place on the axis, because they have no day."""

    def drawn(self) -> dict[str, Any]:
        """The same for the script that draws."""
        rows = [
            {"name": str(row.label), "value": row.value, "text": str(row.text), "href": row.href, "tone": row.tone, "count": row.count}
            for row in self.slices or self.rows
        ]
        return {"kind": self.kind, "rows": rows, "label": str(self.measured), "counted": self.counted}


@dataclass(frozen=True, kw_only=True)
class ChartPage(ShapedPage):
    """The chart of a list with what can be chosen of it; ``card`` of the desk gets the figure alone."""

    chart: Chart
    groups: tuple[Link, ...]
    measures: tuple[Link, ...]
    kinds: tuple[Link, ...]
    spans: tuple[Link, ...] = ()
    template: ClassVar[str] = "keguan/chart.html"
    fragments: ClassVar[Mapping[str, str]] = {f"chart-{number}": "keguan/chart_figure.html" for number in range(CARDS)}
