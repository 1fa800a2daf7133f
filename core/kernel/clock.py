"""Time: stored in UTC, shown in the company's zone (Asia/Shanghai unless set otherwise)."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


story: ContextVar[Callable[[], datetime] | None] = ContextVar("keguan_story", default=None)
"""Where a past is made up: what says the time in it. Only :mod:`core.kernel.story` sets it."""


def now() -> datetime:
    """The present moment, aware, UTC; inside a story of the demonstration, the one at which it plays."""
    return told() or present()


def present() -> datetime:
    """The real moment, also inside a story."""
    return datetime.now(UTC)


def told() -> datetime | None:
    """The moment at which a story of the demonstration plays; None in real life."""
    says = story.get()
    return says() if says is not None else None


def today(zone: ZoneInfo = SHANGHAI) -> date:
    """The calendar day where the company works."""
    return now().astimezone(zone).date()


def months_ago(months: int) -> date:
    """The first day of the month that lies so many months back."""
    day = today()
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def local(moment: datetime, zone: ZoneInfo = SHANGHAI) -> datetime:
    """``moment`` on the wall clock of ``zone``."""
    return moment.astimezone(zone)
