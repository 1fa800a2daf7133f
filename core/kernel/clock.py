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


def local(moment: datetime, zone: ZoneInfo = SHANGHAI) -> datetime:
    """``moment`` on the wall clock of ``zone``."""
    return moment.astimezone(zone)
