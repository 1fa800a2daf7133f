"""Entries of the calendar as iCalendar (RFC 5545): kind, name and time of each, and nothing by which anybody could be called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event

from core.kernel.acting import Actor
from core.kernel.clock import SHANGHAI, now
from core.kernel.words import Message, msg
from core.web.agenda import Entry

LASTS = timedelta(minutes=30)
"""How long an entry with a time of day is drawn."""
REFRESH = timedelta(hours=1)
NUMBER = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8}|400[ -]?\d{3}[ -]?\d{4})(?!\d)")
"""Telephone numbers that somebody has written into a title."""


def calendar_of(entries: Iterable[Entry], who: Actor, mark: Message) -> bytes:
    """The feed: days as days, moments in the time of the company, each under an identifier that stays when the record changes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Keguan//Calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", str(msg("Keguan calendar of %(who)s", who=who.name)))
    calendar.add("x-wr-caldesc", str(mark))
    calendar.add("x-wr-timezone", SHANGHAI.key)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, who.company_id))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, company_id: int) -> Event:
    event = Event()
    event.add("uid", f"{entry.noun.path}-{entry.record_id}-{entry.field}@{company_id}.keguan")
    event.add("dtstamp", now())
    event.add("sequence", entry.version)
    if entry.at is not None:
        event.add("dtstart", entry.at.astimezone(SHANGHAI))
        event.add("duration", LASTS)
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("summary", summary_of(entry))
    event.add("class", "PRIVATE")
    return event


def summary_of(entry: Entry) -> str:
    """What the entry is called, without telephone numbers and without lines."""
    named = " ".join(NUMBER.sub("•••", entry.title).split())
    return f"{entry.noun.title}: {named}" if named else str(entry.noun.title)
