"""How wide columns stand: ``name:pixels`` by commas, in a habit, in a saved view and in an address."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_WIDTH, MOST_WIDTH = 60, 800
"""Pixels: less cannot be read, and more hides what stands beside it."""
MOST_COLUMNS = 40


def written_widths(widths: Mapping[str, int]) -> str:
    """The text that is kept."""
    return ",".join(f"{name}:{width}" for name, width in widths.items())


def read_widths(written: str) -> dict[str, int] | None:
    """What a text says; None for one that nothing of ours has written. Whether the widths are sensible is another question."""
    found: dict[str, int] = {}
    for part in written.split(",") if written else ():
        name, colon, pixels = part.partition(":")
        if not (name and colon and pixels.isascii() and pixels.isdigit() and len(pixels) < 6) or len(found) >= MOST_COLUMNS:
            return None
        found[name] = int(pixels)
    return found


def kept_widths(written: str) -> dict[str, int]:
    """Widths to draw by: what cannot be read or stands outside of what is sensible is drawn as if nothing were said."""
    return {name: width for name, width in (read_widths(written) or {}).items() if LEAST_WIDTH <= width <= MOST_WIDTH}
