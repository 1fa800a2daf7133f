"""Time: stored in UTC, shown in the company's zone (Asia/Shanghai unless set otherwise)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


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
