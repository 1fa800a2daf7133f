"""The records of a list on their days: the same query, drawn by a day of theirs, month by month or week by week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.database.references import head_of, load_references
from core.kernel.clock import local, now, today
from core.kernel.errors import Malformed
from core.kernel.words import Message, msg
from core.web import formats
from core.web.access import needs
from core.web.addresses import address
from core.web.agenda import MOST
from core.web.changing import changeable, fields_in_place
from core.web.events import SHAPES, day_asked, day_cell, heading_of, one_of, span_of, turned
from core.web.list_values import first_value
from core.web.listing import statement
from core.web.lists.addresses import offered_pairs
from core.web.lists.naming import names_of, picked_in
from core.web.lists.opening import open_list
from core.web.nouns import Noun, Nouns
from core.web.pages import ColumnKind, DaysPage, Event, Link, Noted, Person, Say
from core.web.shapes import Shape, days_of, kept_by_shapes, planned_days, shape_address
from core.web.shaping import around_shape
from core.web.showing import about_of, cell, record_url, title_of, view_name
from core.web.usual_board import marks_of

SPANS = {key: label for key, label in SHAPES.items() if key != "day"}
SENT = "calendar"
"""What a form says in ``next`` that moves a record on the calendar of its list; ``asked`` is what the address there said."""
Words = tuple[Message | str, str]
"""What an entry is called, and what stands below."""


class DaysOfRecords:
    """The calendar of a noun's list; mixed into its view."""

    noun: Noun
    nouns: Nouns
    session: Any
    page: Callable[..., Response]

    @expose("/calendar")
    @needs("read")
    def calendar(self) -> Response:
        """The list's records on their days; what has no days stays a list."""
        if not days_of(self.noun):
            return redirect(address(f"{view_name(self.noun)}.list"), 303)
        return self.page(days_page(self.session, self.nouns, self.noun, request.args))


def days_again(noun: Noun, asked: str) -> str:
    """The calendar of the list as it was asked for by the query string ``asked``."""
    return shape_address(noun, Shape.CALENDAR, offered_pairs(noun, asked))


def days_page(session: Any, nouns: Nouns, noun: Noun, arguments: Any, says: tuple[Say, ...] = ()) -> DaysPage:
    """The page model of what ``arguments`` (a MultiDict) ask for: a list, ``by`` which of its days, ``on`` a day, in which ``shape``.

    Raises :class:`Malformed` for what neither the list nor a calendar offers.
    """
    names, shape, on = days_of(noun), one_of(SPANS, arguments.get("shape", ""), "month"), day_asked(arguments.get("on", ""))
    by = arguments.get("by", "") or names[0]
    if by not in names:
        raise Malformed(msg("The list cannot be shown by “%(name)s”.", name=by[:40]))
    opened = open_list(session, noun, arguments, at=shape_address(noun, Shape.CALENDAR))
    drawn = {"by": by, "on": on.isoformat(), "shape": shape}
    asked = kept_by_shapes(opened.asked)

    def there(**changes: str) -> str:
        return shape_address(noun, Shape.CALENDAR, [*asked, *{**drawn, **changes}.items()])

    first, last = span_of(shape, on)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = _found(session, noun, opened.query, by, first, last)
    events = _events(session, noun, by, found)
    cells = [day_cell(session, day, events.get(day, ()), on, shape, there(on=day.isoformat(), shape="week")) for day in days]
    return DaysPage(
        **around_shape(nouns, noun, opened, names_of(session, noun, picked_in(noun, opened.query)), Shape.CALENDAR, drawn.items()),
        shape=shape,
        heading=heading_of(shape, on, first, last),
        weeks=tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7)),
        weekdays=tuple(formats.weekday(day) for day in days[:7]),
        spans=tuple(Link(label, there(shape=key), current=key == shape) for key, label in SPANS.items()),
        fields=tuple(Link(noun.fields[name].label, there(by=name), current=name == by) for name in names),
        before=Link(msg("Earlier days"), there(on=turned(shape, on, -1).isoformat()), "chevron-left"),
        after=Link(msg("Later days"), there(on=turned(shape, on, 1).isoformat()), "chevron-right"),
        now=Link(msg("Today"), there(on=today().isoformat())),
        sent=(("next", SENT), ("asked", urlencode([*asked, *drawn.items()]))),
        capped=len(found) >= MOST,
        says=says,
    )


def _found(session: Any, noun: Noun, query: Any, by: str, first: date, last: date) -> Sequence[Any]:
    """The list's records whose day lies in the span; what their lines are told by is loaded along.

    Of what has happened the newest come first, as in its list, so that it is the oldest that a full span leaves out.
    """
    column, declared = getattr(noun.model, by), noun.fields[by]
    rows = statement(session, noun, query).order_by(None)
    rows = rows.where(column >= first_value(declared, first), column < first_value(declared, last + timedelta(days=1)))
    newest = noun.order == f"-{by}" or (noun.order == "-id" and (noun.change is None or not declared.editable))
    order = (column.desc(), noun.model.id.desc()) if newest else (column, noun.model.id)
    records: Sequence[Any] = session.scalars(rows.order_by(*order).limit(MOST)).all()
    through = [name for due in noun.due for name in due.references]
    called = [name for name in (noun.model.__called_by__, getattr(noun.model, "__parent__", ""), noun.about) if name]
    names = dict.fromkeys([*(["owner"] if "owner" in noun.fields else []), *through, *called])
    load_references(session, records, [name for name in names if noun.fields[head_of(name)].kind == "reference"])
    return records


def _events(session: Any, noun: Noun, by: str, records: Sequence[Any]) -> Mapping[date, list[Event]]:
    """The records as entries, by day."""
    late, called, still = _late_teller(noun, by), _caller(noun, by, records), _still_planned(noun, by)
    moved = changeable(session, noun, records) if by in planned_days(noun) and by in fields_in_place(noun) else {}
    events: dict[date, list[Event]] = {}
    for record in records:
        value = getattr(record, by)
        moment = local(value) if isinstance(value, datetime) else None
        movable = record.id in moved and by not in moved[record.id] and still(record)
        event = _event(noun, by, record, moment, called(record), late=late(record), movable=movable)
        events.setdefault(moment.date() if moment is not None else value, []).append(event)
    return events


def _still_planned(noun: Noun, by: str) -> Callable[[Any], bool]:
    """What says whether the day of a record is still ahead of its work; one that something else has settled is a part of the log."""
    due = noun.due_by(by)
    if due is None or not due.may_be_known(noun.model):
        return lambda record: True
    return due.waited_for


def _caller(noun: Noun, by: str, records: Sequence[Any]) -> Callable[[Any], Words]:
    """What an entry is called, and what stands below: the next step where its day is shown, and the amount wherever there is one."""
    step = noun.next_step[1] if noun.next_step and noun.next_step[0] == by else ""
    amount, spoken = marks_of(noun).amount, noun.model.__called_by__ == noun.columns[0].name
    exact = bool(amount) and formats.any_fen(cell(record, amount, ColumnKind.MONEY) for record in records)

    def called(record: Any) -> Words:
        title, about = title_of(noun, record), about_of(noun, record, noun.about)
        fen = cell(record, amount, ColumnKind.MONEY) if amount else None
        below = [formats.money(fen, exact=exact)] if isinstance(fen, int) else []
        if planned := str(cell(record, step) or "") if step else "":
            return planned, " · ".join(filter(None, [*below, "" if spoken else title, about]))
        if noun.on_day is not None:
            return noun.on_day(record), title
        return title, " · ".join(filter(None, [*below, about]))

    return called


def _late_teller(noun: Noun, by: str) -> Callable[[Any], bool]:
    """What says of many records whether something still has to be done whose day has passed."""
    due = noun.late_at(by)
    if due is None or not due.may_be_asked(noun.model):
        return lambda record: False
    tell = due.teller(noun.model, lambda record: getattr(record, due.name))

    def late(record: Any) -> bool:
        told = tell(record)
        day = told.day if isinstance(told, Noted) else told
        return isinstance(day, date) and day < (now() if isinstance(day, datetime) else today())

    return late


def _event(noun: Noun, by: str, record: Any, moment: datetime | None, words: Words, *, late: bool, movable: bool) -> Event:
    title, about = words
    url, owner = record_url(noun, record.id), cell(record, "owner") if "owner" in noun.fields else None
    return Event(
        title=title,
        href=url,
        kind=msg("%(title)s: %(field)s", title=noun.title, field=noun.fields[by].label),
        icon=noun.icon,
        about=about,
        time=f"{moment:%H:%M}" if moment is not None else "",
        person=owner if isinstance(owner, Person) else None,
        late=late,
        action=f"{url}/day" if movable else "",
        field=by,
        version=str(record.version),
    )
