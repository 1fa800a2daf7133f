"""Spans of days that move with today: this week, last month, the next 30 days, overdue."""

from __future__ import annotations

import enum
from datetime import date, timedelta

from core.kernel.words import Message, msg


class Span(enum.StrEnum):
    """A span by its word; weeks begin on Monday, quarters in January, and what is overdue lies before today."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    THIS_YEAR = "this_year"
    LAST_7 = "last_7"
    LAST_30 = "last_30"
    LAST_90 = "last_90"
    NEXT_7 = "next_7"
    NEXT_30 = "next_30"
    OVERDUE = "overdue"

    @property
    def label(self) -> Message:
        """The word for it."""
        return LABELS[self]

    def days(self, today: date) -> tuple[date | None, date | None]:
        """First and last day, both included; the last 7 days end with today, the next 7 begin with it."""
        kind, _, number = self.value.partition("_")
        if self is Span.OVERDUE:
            return None, today - timedelta(days=1)
        if number.isdigit():
            reach = timedelta(days=int(number) - 1)
            return (today - reach, today) if kind == "last" else (today, today + reach)
        first = _beginning(self, today)
        return first, _end(self, first)


LABELS = {
    Span.TODAY: msg("Today"),
    Span.THIS_WEEK: msg("This week"),
    Span.THIS_MONTH: msg("This month"),
    Span.LAST_MONTH: msg("Last month"),
    Span.THIS_QUARTER: msg("This quarter"),
    Span.THIS_YEAR: msg("This year"),
    Span.LAST_7: msg("Last 7 days"),
    Span.LAST_30: msg("Last 30 days"),
    Span.LAST_90: msg("Last 90 days"),
    Span.NEXT_7: msg("Next 7 days"),
    Span.NEXT_30: msg("Next 30 days"),
    Span.OVERDUE: msg("Overdue"),
}
MONTHS = {Span.THIS_MONTH: 1, Span.LAST_MONTH: 1, Span.THIS_QUARTER: 3, Span.THIS_YEAR: 12}


def _beginning(span: Span, today: date) -> date:
    if span is Span.THIS_WEEK:
        return today - timedelta(days=today.weekday())
    if span is Span.LAST_MONTH:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    if span in MONTHS:
        return date(today.year, today.month - (today.month - 1) % MONTHS[span], 1)
    return today


def _end(span: Span, first: date) -> date:
    if span not in MONTHS:
        return first + timedelta(days=6 if span is Span.THIS_WEEK else 0)
    months = first.year * 12 + first.month - 1 + MONTHS[span]
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
