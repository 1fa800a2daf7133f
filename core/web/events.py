"""The calendar page, and the move of a record to another day by its noun's own verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from core.exports.reading import count_seen
from core.exports.sources import CALENDAR
from core.kernel.acting import actor
from core.kernel.clock import SHANGHAI, local, today
from core.kernel.errors import Malformed
from core.kernel.words import Message, msg
from core.kernel.working_days import holiday_of
from core.organisation.working_days import is_working_day
from core.web import formats
from core.web.addresses import address
from core.web.agenda import MOST, Entry, counted_in, entries_between, leaving_nouns
from core.web.nouns import Noun, Nouns
from core.web.pages import Event, EventCell, EventsPage, Link, Person, Say
from core.web.showing import record_url

SHAPES = {"month": msg("Month view"), "week": msg("Week view"), "day": msg("Day view")}
WHOSE = {"mine": msg("My own"), "department": msg("My department")}
SHOWN = {"month": 4, "week": 40, "day": MOST}
"""Entries of one day that are shown; the others stand on the page of the day."""


def events_page(session: Any, nouns: Nouns, asked: Mapping[str, str], says: tuple[Say, ...] = ()) -> EventsPage:
    """The calendar as ``asked`` for: ``on`` a day, in which ``shape``, ``whose`` entries; raises :class:`Malformed`."""
    shape, whose = one_of(SHAPES, asked.get("shape", ""), "month"), one_of(WHOSE, asked.get("whose", ""), "mine")
    on = day_asked(asked.get("on", ""))
    kept = {"on": on.isoformat(), "shape": shape, "whose": whose}
    first, last = span_of(shape, on)
    found = entries_between(session, nouns, first, last, mine=whose == "mine")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    for model, ids in counted_in(session, found).items():
        count_seen(model, ids)
    by_day = {day: [_event(one) for one in found if one.day == day] for day in days}
    cells = [day_cell(session, day, by_day[day], on, shape, _href(kept, on=day.isoformat(), shape="day")) for day in days]
    width = 1 if shape == "day" else 7
    return EventsPage(
        title=msg("Calendar"),
        shape=shape,
        heading=heading_of(shape, on, first, last),
        weeks=tuple(tuple(cells[start : start + width]) for start in range(0, len(cells), width)),
        weekdays=tuple(formats.weekday(day) for day in days[:width]),
        shapes=tuple(Link(label, _href(kept, shape=key), current=key == shape) for key, label in SHAPES.items()),
        whose=tuple(Link(label, _href(kept, whose=key), current=key == whose) for key, label in WHOSE.items()),
        before=Link(msg("Earlier days"), _href(kept, on=turned(shape, on, -1).isoformat()), "chevron-left"),
        after=Link(msg("Later days"), _href(kept, on=turned(shape, on, 1).isoformat()), "chevron-right"),
        now=Link(msg("Today"), _href(kept, on=today().isoformat())),
        kept=tuple(kept.items()),
        capped=len(found) >= MOST,
        feed=url_for("ExportsView.ask", key=CALENDAR) if leaving_nouns(nouns) else "",
        says=says,
    )


def moved_value(noun: Noun, record: Any, name: str, day: date) -> date | datetime:
    """The value of the field on another day; a moment keeps its time of day."""
    if noun.fields[name].kind != "moment":
        return day
    present = getattr(record, name)
    time = local(present).time() if present is not None else datetime.min.time()
    return datetime.combine(day, time, SHANGHAI)


def calendar_address(asked: Mapping[str, str]) -> str:
    """The calendar as it was asked for by a form."""
    return _href({name: asked.get(name, "") for name in ("on", "shape", "whose") if asked.get(name)})


def one_of(words: Mapping[str, Message], given: str, usual: str) -> str:
    """One of ``words``, the usual one for nothing; raises :class:`Malformed`."""
    if given and given not in words:
        raise Malformed(msg("The calendar knows no “%(name)s”.", name=given[:40]))
    return given or usual


def day_asked(given: str) -> date:
    """The day that an address names, today for nothing; raises :class:`Malformed`."""
    try:
        day = date.fromisoformat(given) if given else today()
    except ValueError:
        raise Malformed(msg("This day does not exist. Please write it like 2026-03-18.")) from None
    if not 1900 < day.year < 2199:
        raise Malformed(msg("The year must lie between 1900 and 2199. Please check it."))
    return day


def span_of(shape: str, on: date) -> tuple[date, date]:
    """First and last day that are shown; weeks begin on Monday."""
    if shape == "day":
        return on, on
    first, last = (on, on) if shape == "week" else (on.replace(day=1), _next_month(on) - timedelta(days=1))
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def _next_month(on: date) -> date:
    return (on.replace(day=28) + timedelta(days=4)).replace(day=1)


def turned(shape: str, on: date, way: int) -> date:
    """The day one span earlier (``way`` -1) or later (1)."""
    if shape == "month":
        return _next_month(on) if way > 0 else (on.replace(day=1) - timedelta(days=1)).replace(day=1)
    return on + timedelta(days=way * (7 if shape == "week" else 1))


def heading_of(shape: str, on: date, first: date, last: date) -> Message | str:
    """What the span is called."""
    if shape == "month":
        return formats.month_of_year(on)
    if shape == "week":
        return f"{formats.day(first, today())} – {formats.day(last, today())}"
    return f"{formats.day(on, today())} {formats.weekday(on)}"


def _href(kept: Mapping[str, str], **changes: str) -> str:
    return f"{address('CalendarView.calendar')}?{urlencode({**kept, **changes})}"


def day_cell(session: Any, day: date, events: Sequence[Event], on: date, shape: str, href: str) -> EventCell:
    """One day of the span around ``on`` with its ``events``; ``href`` leads to all of them."""
    working, usual = is_working_day(session, day), day.weekday() < 5
    mark = (msg("Off work") if usual else msg("Worked")) if working != usual else ""
    shown = SHOWN[shape]
    return EventCell(
        day=day,
        label=str(day.day),
        weekday=formats.weekday(day),
        events=tuple(events[:shown]),
        href=href,
        off=not working,
        outside=shape == "month" and day.month != on.month,
        today=day == today(),
        mark=mark,
        holiday=holiday_of(day) or "",
        rest=max(len(events) - shown, 0),
    )


def _event(one: Entry) -> Event:
    url, declared = record_url(one.noun, one.record_id), one.noun.fields[one.field]
    kind = msg("%(title)s: %(field)s", title=one.noun.title, field=declared.label)
    foreign = one.owner is not None and one.owner != actor().employee_id
    return Event(
        title=one.note or one.title or one.noun.title,
        about=one.title if one.note else "",
        href=url,
        kind=kind,
        icon=one.noun.icon,
        time=f"{one.at:%H:%M}" if one.at is not None else "",
        person=Person.of(one.owner or 0, one.who) if foreign and one.who else None,
        late=one.late,
        action=f"{url}/day" if one.movable else "",
        field=one.field,
        version=str(one.version),
    )
