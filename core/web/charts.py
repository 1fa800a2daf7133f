"""The chart of a list: the same query, drawn as bars, a line, a composition or a funnel; every part of it leads to its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.web import formats
from core.web.access import needs
from core.web.addresses import address
from core.web.charting import COUNT, TIMES, Asked, Grouped, Groups, Kind, folded, groupable, groups_of, measures, read_asked
from core.web.listing import Query
from core.web.lists.addresses import EVERYTHING
from core.web.lists.naming import Names
from core.web.lists.opening import Opened, open_list
from core.web.nouns import Noun, Nouns
from core.web.pages import Chart, ChartPage, ChartRow, Link
from core.web.periods import Each
from core.web.shapes import Shape
from core.web.shaping import around_shape
from core.web.showing import view_name
from core.web.sums import sum_leaves_out

DRAWN = ("by", "measure", "draw", "each", "start")
"""Parameters of the chart alone; all others are the list's."""
PAGED = ("page", "size", "order")


class ChartOfRecords:
    """The chart of a noun's list; mixed into its view."""

    noun: Noun
    nouns: Nouns
    session: Any
    page: Callable[..., Response]
    picked: Callable[[Query], Names]

    @expose("/chart")
    @needs("read")
    def chart(self) -> Response:
        """The list's records in groups; a list that cannot be grouped stays a list."""
        if not groupable(self.noun):
            return redirect(address(f"{view_name(self.noun)}.list"), 303)
        opened, asked = open_list(self.session, self.noun, request.args), read_asked(self.noun, request.args)
        found = groups_of(self.session, self.noun, opened.query, asked)
        return self.page(chart_page(self.nouns, self.noun, opened, asked, found, self.picked(opened.query)))


def chart_address(noun: Noun, **asked: str | Sequence[str]) -> str:
    """Where the chart of ``noun`` is, with what is asked of it."""
    return f"{address(f'{view_name(noun)}.chart')}{f'?{urlencode(asked, doseq=True)}' if asked else ''}"


def chart_page(nouns: Nouns, noun: Noun, opened: Opened, asked: Asked, found: Groups, names: Names) -> ChartPage:
    """The page model; conditions and filters are those of the list."""
    chosen = {"by": asked.by, "measure": asked.measure, "draw": asked.kind.value, "each": asked.each.value}
    kept = [(name, value) for name, value in chosen.items() if request.args.get(name)]
    return ChartPage(
        **around_shape(nouns, noun, opened, names, Shape.CHART, kept),
        chart=_chart(noun, asked, found, opened.query),
        groups=_choices("by", {name: noun.fields[name].label for name in groupable(noun)}, asked.by, without=("draw", "each", "start")),
        measures=_choices("measure", {name: _measure_label(noun, name) for name in (COUNT, *measures(noun))}, asked.measure),
        kinds=_choices("draw", {kind.value: kind.label for kind in Kind}, asked.kind.value, without=()),
        spans=_choices("each", {each.value: each.label for each in Each}, asked.each.value) if _in_time(noun, asked) else (),
    )


def _in_time(noun: Noun, asked: Asked) -> bool:
    return noun.fields[asked.by].kind in TIMES


def _measure_label(noun: Noun, name: str) -> Message:
    return msg("Number of records") if name == COUNT else msg("Sum of “%(field)s”", field=noun.fields[name].label)


def _choices(name: str, offered: Mapping[str, Message], present: str, without: Iterable[str] = ("start",)) -> tuple[Link, ...]:
    """What can be chosen for one parameter of the chart, as links that keep all others."""
    return tuple(Link(label, _here({name: value}, without), current=value == present) for value, label in offered.items())


def _here(changes: Mapping[str, str], without: Iterable[str]) -> str:
    left_out = {*changes, *without, *PAGED}
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in left_out]
    return f"?{urlencode([*kept, *changes.items()])}"


def _list(noun: Noun, changes: Mapping[str, str | Sequence[str]]) -> str:
    """The list of what the chart shows, narrowed by ``changes``."""
    left_out = {*DRAWN, *PAGED, *changes, *(name.removesuffix("_from") for name in changes)}
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in left_out and value]
    asked = [*kept, *((key, value) for key, value in changes.items() if value)]
    return f"{address(f'{view_name(noun)}.list')}?{urlencode(asked or [('view', EVERYTHING)], doseq=True)}"


def _chart(noun: Noun, asked: Asked, found: Groups, query: Query) -> Chart:
    whole = Decimal(found.count) if asked.measure == COUNT else found.value
    return Chart(
        title=msg("%(measure)s by “%(field)s”", measure=_measure_label(noun, asked.measure), field=noun.fields[asked.by].label),
        kind=asked.kind.value,
        rows=tuple(_row(noun, asked, one, whole) for one in found.groups),
        slices=tuple(_row(noun, asked, one, whole) for one in folded(found.groups, asked)),
        none=_row(noun, asked, found.none, whole) if found.none is not None else None,
        grouped=noun.fields[asked.by].label,
        measured=_measure_label(noun, asked.measure),
        total=_told(noun, asked, whole),
        list=Link(msg("List"), _list(noun, {})),
        counted=asked.measure == COUNT,
        part=_part(asked, found),
        left_out=sum_leaves_out(noun, asked.measure, found.left_out, query),
        single=_single(asked, found),
        next=Link(msg("More groups"), _here({"start": str(asked.start + len(found.groups))}, ())) if found.more else None,
    )


def _single(asked: Asked, found: Groups) -> bool:
    """Whether all that has a group is in one and the same: there is nothing to compare."""
    return len(found.groups) == 1 and not found.more and not asked.start


def _part(asked: Asked, found: Groups) -> Message | str:
    """Which of the groups are drawn, where they are not all: the total is that of every record of the list, also of those in no bar.

    Of a single group it is said that there is no other.
    """
    if _single(asked, found):
        return msg("There is only one group, “%(group)s”, so there is nothing to compare.", group=found.groups[0].label)
    if not found.groups or not (found.more or asked.start):
        return ""
    if asked.start:
        first, last = asked.start + 1, asked.start + len(found.groups)
        return msg("Groups %(first)s to %(last)s. The total is that of all groups.", first=first, last=last)
    if found.ranked:
        return msg("The %(count)s largest groups. The total is that of all groups.", count=len(found.groups))
    return msg("The first %(count)s groups. The total is that of all groups.", count=len(found.groups))


def _row(noun: Noun, asked: Asked, one: Grouped, whole: Decimal) -> ChartRow:
    share = f"{one.value / whole:.1%}" if whole > 0 and one.value >= 0 else ""
    return ChartRow(one.label, _list(noun, one.asked), one.count, float(one.value), _told(noun, asked, one.value), share, one.tone)


def _told(noun: Noun, asked: Asked, value: Decimal) -> str:
    if asked.measure != COUNT and noun.fields[asked.measure].kind == "money":
        return formats.money(to_fen(value), exact=True)
    return formats.number(value)
