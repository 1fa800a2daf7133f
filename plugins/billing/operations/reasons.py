"""Reasons that people give, and days on which something is said to have happened."""

from __future__ import annotations

from datetime import date

from core.database.values import clean_value
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.billing.models import Refund


def needed_reason(reason: str | None) -> str:
    """The reason as it is stored; raises :class:`BadInput` for an empty, over-long or unstorable one."""
    try:
        text: str = clean_value(Refund.fields()["reason"], reason)
    except BadInput as error:
        said = error.message if reason and reason.strip() else msg("Please give a reason.")
        raise BadInput(fields={"reason": said}) from error
    return text


def past_day(day: date | None, name: str) -> date:
    """``day``, by default today; raises :class:`BadInput` under the field ``name`` for one that is still to come."""
    found = day or today()
    if found > today():
        raise BadInput(fields={name: msg("This day is still to come. Please choose today or an earlier day.")})
    return found
