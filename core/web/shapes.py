"""The shapes in which the records of a list can be looked at: one query, drawn as rows, cards in columns, days, cards or a chart."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from core.access.field_rights import may_query
from core.kernel.acting import acting
from core.kernel.words import Message, msg
from core.web.addresses import address
from core.web.charting import GROUPED, groupable
from core.web.lists.addresses import EVERYTHING, OWN_WORDS
from core.web.lists.opening import Opened
from core.web.nouns import Noun
from core.web.pages import Link
from core.web.showing import view_name
from core.web.usual_board import board_of

BOOKKEEPING = frozenset({"created_at", "changed_at"})
"""Moments that every record has; none of them is a day of the business."""


class Shape(enum.StrEnum):
    """A shape by the word that its address ends with."""

    LIST = "list"
    BOARD = "board"
    CALENDAR = "calendar"
    CARDS = "cards"
    CHART = "chart"

    @property
    def label(self) -> Message:
        """The word for it."""
        return LOOKS[self][0]

    @property
    def icon(self) -> str:
        """Its sign."""
        return LOOKS[self][1]


LOOKS = {
    Shape.LIST: (msg("List"), "layout-list"),
    Shape.BOARD: (msg("Board"), "layout-kanban"),
    Shape.CALENDAR: (msg("Calendar"), "calendar"),
    Shape.CARDS: (msg("Cards"), "layout-dashboard"),
    Shape.CHART: (msg("Chart"), "chart-bar"),
}


def has_board(noun: Noun) -> bool:
    """Whether the person finds a board of ``noun``: there is one, and what its columns tell may be read."""
    board = board_of(noun)
    return board is not None and may_query(acting(), noun.model, board.by)


def days_of(noun: Noun) -> tuple[str, ...]:
    """Fields by which the list can be drawn into days, as far as the person may read them: those of the calendar first."""
    names = (*(one.name for one in noun.on_calendar), *(shown.name for shown in noun.columns), *noun.fields)
    days = (name for name in dict.fromkeys(names) if noun.fields[name].kind in ("date", "moment") and name not in BOOKKEEPING)
    return tuple(name for name in days if may_query(acting(), noun.model, name))


def has_cards(noun: Noun) -> bool:
    """Whether cards tell more than the names: the list has two more columns at least."""
    return len(noun.columns) > 2


def has_calendar(noun: Noun) -> bool:
    """Whether days are what one looks for its records by: one is planned, or the list is filtered by it."""
    wanted = planned_days(noun).union(noun.filters)
    return any(one.kind in ("date", "moment") and name in wanted and name not in BOOKKEEPING for name, one in noun.fields.items())


def has_chart(noun: Noun) -> bool:
    """Whether groups of the list compare anything: by what its records are parts of alone, they tell no more than that record's page."""
    parent = getattr(noun.model, "__parent__", "")
    return any(noun.fields[name].kind in GROUPED and name != parent for name in noun.filters)


def planned_days(noun: Noun) -> frozenset[str]:
    """Fields by which something is planned: the days of the calendar, what is due and the next step. Any other day tells what was done."""
    step = (noun.next_step[0],) if noun.next_step else ()
    return frozenset((*step, *(one.name for one in noun.on_calendar), *(one.name for one in noun.due)))


def shape_address(noun: Noun, shape: Shape, asked: Iterable[tuple[str, str]] = ()) -> str:
    """Where ``noun`` is shown in that shape, ``asked`` for by those parameters."""
    query = urlencode(list(asked))
    return f"{address(f'{view_name(noun)}.{shape}')}{f'?{query}' if query else ''}"


def kept_by_shapes(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What of an address means the records; what says how one shape is drawn is left behind when another is taken."""
    return [(key, value) for key, value in pairs if value and key not in OWN_WORDS]


def shape_links(noun: Noun, opened: Opened, present: Shape) -> tuple[Link, ...]:
    """The shapes that the noun has, each with what is asked for now; the list is asked for everything where nothing else is."""
    asked = kept_by_shapes(opened.asked)
    return tuple(Link(one.label, shape_address(noun, one, _asked(one, asked)), one.icon, current=one is present) for one in _offered(noun))


def _asked(shape: Shape, asked: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """A board that is asked for nothing shows what stands on it by itself; a list so asked might open one's own view."""
    return asked if asked or shape is not Shape.LIST else [("view", EVERYTHING)]


def _offered(noun: Noun) -> list[Shape]:
    offers = {
        Shape.BOARD: has_board(noun),
        Shape.CALENDAR: has_calendar(noun) and bool(days_of(noun)),
        Shape.CARDS: has_cards(noun),
        Shape.CHART: has_chart(noun) and bool(groupable(noun)),
    }
    return [one for one in Shape if offers.get(one, True)]
