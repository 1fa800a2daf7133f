"""The public calendar of working days in China: holidays, and weekends that are worked instead (调休)."""

from __future__ import annotations

from datetime import date

import chinese_calendar
from chinese_calendar import constants

from core.kernel.words import Message, msg

FIRST_YEAR: int = min(constants.holidays).year
LAST_YEAR: int = max(constants.holidays).year
"""The years that the State Council has published and the installed calendar holds."""

HOLIDAYS: tuple[Message, ...] = (
    msg("New Year's Day"),
    msg("Spring Festival"),
    msg("Tomb-sweeping Day"),
    msg("Labour Day"),
    msg("Dragon Boat Festival"),
    msg("National Day"),
    msg("Mid-autumn Festival"),
    msg("Anti-Fascist 70th Day"),
)


def is_published(year: int) -> bool:
    """Whether the holidays of the year are known; for any other year Monday to Friday are working days."""
    return FIRST_YEAR <= year <= LAST_YEAR


def is_public_working_day(day: date) -> bool:
    """Whether people work on ``day`` by the public calendar."""
    if is_published(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def holiday_of(day: date) -> Message | None:
    """The holiday that makes ``day`` a day off, or a weekend a working day; None on ordinary days."""
    if not is_published(day.year):
        return None
    name = chinese_calendar.get_holiday_detail(day)[1]
    return Message(str(name)) if name else None
