"""Days on which something is said to have happened."""

from __future__ import annotations

from datetime import date

from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import msg


def past_day(day: date | None, name: str) -> date:
    """``day``, by default today; raises :class:`BadInput` under the field ``name`` for one that is still to come."""
    found = day or today()
    if found > today():
        raise BadInput(fields={name: msg("This day is in the future. Please choose today or an earlier day.")})
    return found
