"""How much a harness tries: a part of it in CI, which has little time, and all of it before a release (``make prove``)."""

from __future__ import annotations

import os
from typing import TypeVar

Size = TypeVar("Size")
WHOLE = os.environ.get("KEGUAN_PROVE") == "whole"


def sized(part: Size, whole: Size) -> Size:
    """``part`` in CI, ``whole`` in ``make prove``."""
    return whole if WHOLE else part
