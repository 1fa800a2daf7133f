"""What plugins offer to a page: figures, stat buttons, entries and tasks, each sort read in one statement for all plugins together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.database.together import Counted, Summed, Told, answered, read_together
from core.extension.exchange import Figure as OfferedFigure
from core.extension.exchange import RelatedCount
from core.kernel.money import to_fen
from core.kernel.words import Message
from core.web import formats
from core.web.pages import Figure, Link


def shown_offers(
    session: Any, figures: Sequence[OfferedFigure] = (), counts: Sequence[RelatedCount] = (), *, exact: bool = True
) -> tuple[tuple[Figure, ...], tuple[Link, ...]]:
    """Figures and stat buttons as the page shows them, after asking once for all that they ask; money to the fen if ``exact``."""
    questions: list[Any] = [*(one.value for one in figures), *(one.noted for one in figures), *(one.count for one in counts)]
    open_ones = [one for one in questions if isinstance(one, Counted | Summed)]
    answers = iter(answered(session, open_ones))
    known = [next(answers) if isinstance(one, Counted | Summed) else one for one in questions]
    values, notes, totals = known[: len(figures)], known[len(figures) : 2 * len(figures)], known[2 * len(figures) :]
    return (
        tuple(_figure(one, value, note, exact=exact) for one, value, note in zip(figures, values, notes, strict=True)),
        tuple(Link(one.label, one.url, one.icon, _number(total, one.more)) for one, total in zip(counts, totals, strict=True)),
    )


def entries_of(session: Any, offered: Sequence[Any], limit: int) -> list[Any]:
    """Entries or tasks of all plugins, in no order: those at hand, and what rows tell."""
    told = [one for one in offered if isinstance(one, Told)]
    return [*(one for one in offered if not isinstance(one, Told)), *read_together(session, told, limit)]


def _figure(one: OfferedFigure, value: Any, noted: Any, *, exact: bool) -> Figure:
    note: Message | str = one.note or ""
    if one.note is not None and noted is not None:
        note = Message(one.note.text, {**one.note.params, "count": _number(noted)})
    return Figure(one.label, _value(one, value, exact=exact), one.url, note)


def _value(one: OfferedFigure, value: Any, *, exact: bool) -> str:
    if not (value[0] if isinstance(value, tuple) else value):
        return "–"  # nothing is a dash, whether nobody counted or nothing was found
    return formats.money(to_fen(Decimal(value)), exact=exact) if one.kind == "money" else _number(value)


def _number(value: Any, more: bool = False) -> str:
    """A plain number, or a count that may have stopped at its cap."""
    number, more = value if isinstance(value, tuple) else (value, more)
    return f"{number}{'+' if more else ''}"
