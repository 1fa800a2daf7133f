"""One value by the kind of its column, as HTML. Written in Python because a list shows some two hundred values, and a macro for each
would take longer than everything else of the page together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from core.access.field_rights import UNSEEN
from core.kernel.masks import STARS
from core.kernel.words import Message, counted, msg
from core.web import formats
from core.web.pages.parts import Person, Tag, Text
from core.web.pages.tables import CardPlace, Column, ColumnKind, Noted, Row, Settled

DASH = Markup('<span class="kg-3">–</span>')
MONEY = (ColumnKind.MONEY, ColumnKind.EXACT_MONEY)
SPEAKING = (ColumnKind.TAG, ColumnKind.TAGS, ColumnKind.STARS, ColumnKind.PERSON, ColumnKind.PHONE, ColumnKind.LINK)
"""Kinds of which a value says what it is without a label."""
SHOWN_TAGS = 2
FITS = 18
"""Letters of a name that every list has room for; a longer one is told in whole where the pointer rests."""
GAP = "\0"
"""Where a sentence that is said of every row gets the name."""
EXACT_AGE, USUAL_AGE = 99, 14
"""Days up to which an age is told in days: with a limit the exact number matters, else a fortnight is enough."""


class Cells:
    """Shows values; what depends on the present asks ``clock`` (UTC)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._by_kind: Mapping[str, Callable[[Any, Column | None], str]] = {
            "tag": lambda value, _: _tags(value) if isinstance(value, tuple) else tag(value) if isinstance(value, Tag) else escape(value),
            "tags": lambda value, _: _tags(value),
            "stars": lambda value, _: stars(value),
            "money": lambda value, _: formats.shown_amount(formats.money(value)),
            "exact_money": lambda value, _: formats.shown_amount(formats.money(value, exact=True)),
            "date": lambda value, _: self._day(value),
            "due": lambda value, _: self._due(value),
            "due_day": lambda value, _: self._due_day(value),
            "relative": self._relative,
            "time": lambda value, _: self._moment(value),
            "person": lambda value, _: person(value),
            "number": lambda value, _: escape(value if isinstance(value, str) else formats.number(value)),
            "days_late": lambda value, _: _days_late(value),
            "phone": lambda value, _: phone(str(value)),
            "link": lambda value, _: f'<a href="{escape(value.href)}">{escape(value.label)}</a>',
        }

    def shown(self, value: Any, kind: str, column: Column | None = None) -> Markup:
        """``value`` as HTML; nothing is a grey dash, never a blank. No money is a sum like others: a dash says that nobody knows."""
        if value is None or value in ("", ()):
            return Markup("") if kind == ColumnKind.TAGS else DASH
        if value == UNSEEN:
            return Markup('<span class="kg-3">{}</span>').format(value)
        show = self._by_kind.get(kind)
        return escape(value) if show is None else _safe(show(value, column))

    def rows(self, columns: tuple[Column, ...], labelled: bool = False) -> TableCells:
        """What draws the rows of a table with ``columns``; made once per table, because it learns the columns by heart.

        ``labelled`` cells say what column they stand in, for a phone that shows them below each other.
        """
        return TableCells(self, columns, labelled)

    def overdue(self, due: date) -> str:
        """What a phone's card adds to a date when ``due`` has passed."""
        if not self.is_late(due):
            return ""
        return f'<b class="kg-only-phone kg-red"> · {escape(formats.due(due, self._today()))}</b>'

    def is_late(self, due: date) -> bool:
        """Whether the day has passed."""
        return formats.late(due, self._today())

    def _due_day(self, value: date | datetime | Settled | Noted) -> str:
        """On a record's own page the day itself is told, and how late it is beside it."""
        if isinstance(value, Noted):
            return _noted(self._due_day(value.day), value)
        if isinstance(value, Settled | datetime) or not formats.late(value, self._today()):
            return self._due(value) if isinstance(value, Settled | datetime) else self._day(value)
        return f'{self._day(value)} <b class="kg-red">· {escape(formats.due(value, self._today()))}</b>'

    def _day(self, value: date) -> str:
        return f'<time datetime="{value}" title="{value}">{escape(formats.day(value, self._today()))}</time>'

    def _due(self, value: date | datetime | Settled | Noted) -> str:
        if isinstance(value, Noted):
            return _noted(self._due(value.day), value)
        if isinstance(value, Settled):
            return self._moment(value.day) if isinstance(value.day, datetime) else self._day(value.day)
        if isinstance(value, datetime):
            return self._moment(value, due=True)
        today = self._today()
        late = ' class="kg-red kg-b"' if formats.late(value, today) else ""
        return f'<time datetime="{value}" title="{value}"{late}>{escape(formats.due(value, today))}</time>'

    def _moment(self, value: datetime, *, due: bool = False) -> str:
        told, late = formats.day_and_time(value, self._today()), due and formats.local(value) < formats.local(self._clock())
        exact = f'<time datetime="{value.isoformat()}" title="{formats.exact_time(value)}"'
        if not late:
            return f"{exact}>{told}</time>"
        day, today = formats.local(value).date(), self._today()
        said = formats.due(day, today) if formats.late(day, today) else msg("%(time)s, overdue", time=told)
        return f'{exact} class="kg-red kg-b">{escape(said)}</time>'

    def _relative(self, value: datetime, column: Column | None) -> str:
        now, limit = self._clock(), column.late_after if column is not None else None
        aged = ' class="kg-red"' if formats.aged(value, now, limit) else ""
        age = escape(formats.relative(value, now, EXACT_AGE if limit else USUAL_AGE))
        return f'<time datetime="{value.isoformat()}" title="{formats.exact_time(value)}"{aged}>{age}</time>'

    def _today(self) -> date:
        return formats.local(self._clock()).date()


class TableCells:
    """The cells of one table, row by row. A state, a person or a grade is drawn once and then repeated."""

    def __init__(self, cells: Cells, columns: tuple[Column, ...], labelled: bool = False) -> None:
        self._cells = cells
        opening = partial(_opening, labelled=labelled)
        self._columns = [(column, _told(column), opening(column), opening(column, here=column.editable)) for column in columns]
        self._sums = sum(column.kind in MONEY and bool(column.place) for column in columns)
        self._select, self._follow = _around(msg("Select %(name)s", name=GAP)), _around(msg("Follow %(name)s", name=GAP))
        due = (place for place, column in enumerate(columns) if column.kind == ColumnKind.DUE and not column.place)
        self._due = next(due, None)  # one with a place of its own on the card is not told twice
        self._seen: dict[Tag | Person | Message | int, Markup] = {}
        self._reasons: dict[Text, Markup] = {}

    def __call__(self, row: Row, picking: str = "") -> Markup:
        """``row`` as a row of the table, before its end; ``picking`` is the id of the form that takes the picked rows, if there is one."""
        at = f' data-at="{escape(row.href)}"' if row.changeable else ""
        shown = [
            f"{self._opened(row, column, opening, here)}{self._inner(column, told, value, row)}</td>"
            for (column, told, opening, here), value in zip(self._columns, row.cells, strict=True)
        ]
        return _safe(f"<tr{at}>{self._box(row, picking) if picking else ''}{''.join(shown)}</tr>")

    def _opened(self, row: Row, column: Column, opening: str, here: str) -> str:
        """The start of a cell: one that may be changed carries its name, one that is fixed in this row tells why."""
        if not row.changeable or not column.editable:
            return opening
        why = row.fixed.get(column.key)
        return here if why is None else f'{opening[:-1]} title="{self._reason(why)}">'

    def _reason(self, why: Text) -> Markup:
        return self._reasons.get(why) or self._reasons.setdefault(why, escape(why))

    def _inner(self, column: Column, told: str, value: Any, row: Row) -> str:
        if column.kind == ColumnKind.NAME:
            star = "" if row.starred is None else self._star(row)
            return f'<span class="kg-who">{star}{_name(value, row)}</span>'
        if column.place == CardPlace.LAST:
            due = row.cells[self._due] if self._due is not None else None
            due = due.day if isinstance(due, Noted) else due
            late = self._cells.overdue(due) if isinstance(due, date) and not isinstance(due, datetime) else ""
            return f"{self._labelled(column, told, value)}{late}"
        if column.place == CardPlace.CHOSEN or (column.place == CardPlace.SUM and self._needs_label(column, value)):
            return self._labelled(column, told, value)
        if isinstance(value, Tag | Person | Message) or (column.kind is ColumnKind.STARS and isinstance(value, int)):
            return self._seen.get(value) or self._seen.setdefault(value, self._cells.shown(value, column.kind, column))
        return self._cells.shown(value, column.kind, column)

    def _needs_label(self, column: Column, value: Any) -> bool:
        """Whether a value at the end of a phone's card says nothing by itself: an amount does, unless there are several."""
        if column.kind in MONEY:
            return self._sums > 1
        due = value.day if isinstance(value, Noted) else value
        told = column.kind == ColumnKind.DUE and isinstance(due, date) and not isinstance(due, datetime) and self._cells.is_late(due)
        return column.kind not in SPEAKING and not told

    def _labelled(self, column: Column, told: str, value: Any) -> str:
        """The value with its label on a phone's card, where a label with nothing behind it would say nothing."""
        shown = self._cells.shown(value, column.kind, column)
        unit = f'<span class="kg-only-phone">{escape(column.unit)}</span>' if column.unit else ""
        return f'<span class="kg-no-phone">{shown}</span>' if value in (None, "", ()) or shown == DASH else f"{told}{shown}{unit}"

    def _box(self, row: Row, form: str) -> str:
        return (
            f'<td class="pick"><input class="form-check-input" type="checkbox" name="id" value="{row.pick}" form="{form}"'
            f' data-pick aria-label="{_named(self._select, row)}"></td>'
        )

    def _star(self, row: Row) -> str:
        """Its button belongs to the one form of the table, which has no controls of its own."""
        pressed, star, on = ("true", "★", " on") if row.starred else ("false", "☆", "")
        return (
            f'<button type="submit" form="stars" formaction="{escape(row.star_action)}" name="follow" value="{0 if row.starred else 1}"'
            f' class="kg-starb" aria-pressed="{pressed}" aria-label="{_named(self._follow, row)}">'
            f'<span class="kg-star{on}" aria-hidden="true">{star}</span></button>'
        )


def _noted(day: str, value: Noted) -> str:
    return f'{day} <span class="kg-s kg-2">· {escape(value.note)}</span>'


def _told(column: Column) -> str:
    """The label that a phone's card shows before the value."""
    return f'<span class="kg-only-phone">{escape(column.bare or column.label)}{escape(msg(": "))}</span>' if column.place else ""


def _around(sentence: Message) -> tuple[str, str]:
    """What stands before and after the :data:`GAP`: a sentence is looked up and escaped once for all rows."""
    before, _, after = str(escape(sentence)).partition(GAP)
    return before, after


def _named(around: tuple[str, str], row: Row) -> str:
    """The sentence with the row's name in its gap."""
    return f"{around[0]}{escape(row.name or row.id)}{around[1]}"


def _opening(column: Column, *, here: bool = False, labelled: bool = False) -> str:
    # Only a person has a picture beside the name on a phone; anything else in that place is a line below it.
    # Words at the end would leave no room for the name: they get a line of their own.
    place: str = "c-under" if column.place == CardPlace.OWNER and column.kind != ColumnKind.PERSON else column.place
    place = CardPlace.CHOSEN if place == CardPlace.SUM and column.kind == ColumnKind.TEXT else place
    words = ("kg-num" * column.numeric, place, "kg-2" * column.quiet)
    mark = f' data-cell="{escape(column.key)}"' if here else ""
    mark += f' data-label="{escape(column.label)}"' if labelled else ""
    return f'<td class="{" ".join(word for word in words if word)}"{mark}>'


def _days_late(days: int) -> str:
    told = escape(counted("%(count)s day", "%(count)s days", days))
    return f'<span class="kg-red">{told}</span>' if days > 0 else told


def phone(number: str) -> str:
    """A number to call; under its mask it is only shown."""
    shown = escape(number)
    return str(shown) if STARS in number else f'<a href="tel:{escape(number.replace(" ", ""))}">{shown}</a>'


def tag(one: Tag) -> Markup:
    """A word on a coloured ground."""
    return _safe(f'<span class="kg-tag {one.tone}">{escape(one.label)}</span>')


def _tags(several: tuple[Tag, ...]) -> str:
    first = "".join(f"{tag(one)} " for one in several[:SHOWN_TAGS])
    rest = several[SHOWN_TAGS:]
    if not rest:
        return first
    return f'{first}<span class="kg-s kg-3" title="{escape(", ".join(str(one.label) for one in rest))}">+{len(rest)}</span>'


def stars(number: int) -> Markup:
    """A grade from 0 to 5."""
    words = escape(msg("%(number)s of 5 stars", number=number))
    return _safe(f'<span class="kg-grade" role="img" aria-label="{words}">{"★" * number}<i>{"★" * (5 - number)}</i></span>')


def mark(one: Person, size: str = "sm") -> Markup:
    """The round mark of a person; its hue is the only inline style that we allow ourselves."""
    return _safe(f'<span class="kg-av {size}" style="--h:{one.hue}" aria-hidden="true">{escape(one.mark)}</span>')


def person(one: Person, size: str = "sm") -> Markup:
    """A person: mark and name."""
    note = f" · {escape(one.note)}" if one.note else ""
    return _safe(f'<span class="kg-who">{mark(one, size)}<span class="t">{escape(one.name)}{note}</span></span>')


def _name(value: Any, row: Row) -> str:
    whole = f' title="{escape(value)}"' if len(str(value)) > FITS else ""
    if row.href:
        return f'<a class="name kg-cut" href="{escape(row.href)}"{whole}>{escape(value)}</a>'
    return f'<span class="name kg-cut"{whole}>{escape(value)}</span>'


def _safe(html: str) -> Markup:
    """``html`` whose parts its maker has escaped; :meth:`Markup.format` would take ten times as long to do so."""
    return Markup(html)  # noqa: S704 - see above


def even_columns(columns: Sequence[Column], rows: Sequence[Row], totals: Sequence[Any] = ()) -> tuple[Column, ...]:
    """``columns`` in which all amounts have the same number of decimals, their sums too: two where one of them has fen."""

    def exact(place: int, column: Column) -> bool:
        if column.kind is not ColumnKind.MONEY:
            return False
        return formats.any_fen((*(row.cells[place] for row in rows), *totals[place : place + 1]))

    return tuple(replace(one, kind=ColumnKind.EXACT_MONEY) if exact(place, one) else one for place, one in enumerate(columns))


def template_globals(clock: Callable[[], datetime]) -> dict[str, Callable[..., Any]]:
    """What the templates call."""
    cells = Cells(clock)
    return {
        "value_html": cells.shown,
        "rows_html": cells.rows,
        "even_columns": even_columns,
        "tag_html": tag,
        "stars_html": stars,
        "mark_html": mark,
        "person_html": person,
    }
