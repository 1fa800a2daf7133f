"""Months, quarters and years as parts of a chart: their first and last days, and in which of them a day lies."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case

from core.database.fields import Field
from core.kernel.clock import local
from core.kernel.words import Message, msg, on_day
from core.web.list_values import first_value

MOST = 36
"""Periods of one chart; what came before them stands together in front."""


class Each(enum.StrEnum):
    """How long a part of the time is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months it has."""
        return {"month": 1, "quarter": 3, "year": 12}[self.value]

    @property
    def label(self) -> Message:
        """The word for it."""
        return {"month": msg("Month"), "quarter": msg("Quarter"), "year": msg("Year")}[self.value]


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included; without ``first`` everything before."""

    label: Message | str
    first: date | None
    last: date


def periods_of(each: Each, first: date | datetime | None, last: date | datetime | None) -> Sequence[Period]:
    """The periods from the one of ``first`` to the one of ``last``; none where there is no day at all."""
    if first is None or last is None:
        return ()
    begin, end = _number(each, _day(first)), _number(each, _day(last))
    shown = [_period(each, number) for number in range(max(begin, end - MOST + 1), end + 1)]
    if begin > end - MOST:
        return shown
    before = _first_day(each, end - MOST + 1) - timedelta(days=1)
    return [Period(msg("Up to %(day)s", day=on_day(before)), None, before), *shown]


def placed(column: Any, declared: Field, periods: Sequence[Period]) -> Any:
    """The place of the period in which ``column`` lies, as an expression; empty where it is empty."""
    if not periods:
        return case((column.is_(None), None), else_=0)
    ends = [(column < first_value(declared, period.last + timedelta(days=1)), number) for number, period in enumerate(periods)]
    return case((column.is_(None), None), *ends)


def _day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def _number(each: Each, day: date) -> int:
    return (day.year * 12 + day.month - 1) // each.months


def _first_day(each: Each, number: int) -> date:
    month = number * each.months
    return date(month // 12, month % 12 + 1, 1)


def _period(each: Each, number: int) -> Period:
    first = _first_day(each, number)
    return Period(_label(each, first), first, _first_day(each, number + 1) - timedelta(days=1))


def _label(each: Each, first: date) -> str:
    if each is Each.YEAR:
        return str(first.year)
    return f"{first.year}-{first.month:02}" if each is Each.MONTH else f"{first.year} Q{first.month // 3 + 1}"
