"""Records that were picked in a list, as the export gate and addresses write them: ids with a full stop between."""

from __future__ import annotations

from collections.abc import Iterable

from core.kernel.errors import Malformed
from core.kernel.words import msg

PICKED, MOST = "picked", 1_000
"""The name of the pair, and how many records it may hold."""


def picked_ids(said: str) -> list[int]:
    """The ids in ``said``, in order; raises :class:`Malformed` for anything else."""
    parts = said.split(".")
    if len(parts) > MOST or not all(part.isascii() and part.isdigit() and 0 < len(part) < 19 for part in parts):
        raise Malformed(msg("This is not a valid selection of records. Please select them in the list again."))
    return sorted({int(part) for part in parts})


def picked_text(ids: Iterable[int]) -> str:
    """``ids`` as one value."""
    return ".".join(str(one) for one in sorted(set(ids)))


def files_key(path: str) -> str:
    """What the files of the records of the list ``path`` are called at the export gate."""
    return f"{path}-files"
