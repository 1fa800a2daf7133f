"""What a chart tells: the parts that are drawn, or of a single group, which is not drawn, the row of the table."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

CELL = '<td class="kg-num">'
ROW = re.compile(rf"<tr><td><a [^>]*>([^<]*)</a></td>(?:{CELL}[^<]*</td>)?{CELL}([^<]*)</td>{CELL}[^<]*</td></tr>")


def drawn(page: str) -> list[tuple[str, float]]:
    """Name and value of every part of the chart."""
    found = re.search(r'data-chart="([^"]*)"', page)
    if found is None:
        return [(unescape(name), float(re.sub(r"[^\d.\-]", "", told))) for name, told in ROW.findall(page)]
    rows: list[dict[str, Any]] = json.loads(unescape(found[1]))["rows"]
    return [(row["name"], row["value"]) for row in rows]
