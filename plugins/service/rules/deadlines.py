"""Deadlines in working hours: a clock that runs only while the company is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.kernel.clock import SHANGHAI, local

LONGEST = 400
"""Days that are looked at; a calendar without a working day in so long a time has no deadline to offer."""


@dataclass(frozen=True)
class Hours:
    """When the company is open, in full hours of its wall clock."""

    opens: int
    closes: int

    def of(self, day: date) -> tuple[datetime, datetime]:
        """From when to when people work on ``day``."""
        opening = datetime.combine(day, time(self.opens), SHANGHAI)
        return opening, opening + timedelta(hours=self.closes - self.opens)


def answer_deadline(received_at: datetime, hours: int, open_hours: Hours, is_working: Callable[[date], bool]) -> datetime:
    """The moment, in UTC, at which ``hours`` working hours have passed since ``received_at`` (R-377)."""
    left = timedelta(hours=hours)
    day = local(received_at).date()
    for _ in range(LONGEST):
        if is_working(day):
            opening, closing = open_hours.of(day)
            begins = max(opening, local(received_at))
            if begins + left <= closing:
                return (begins + left).astimezone(UTC)
            left -= max(closing - begins, timedelta())
        day += timedelta(days=1)
    return (received_at + timedelta(days=LONGEST)).astimezone(UTC)
