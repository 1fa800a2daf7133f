"""What plugins offer to a page: figures, stat buttons, entries and tasks, each sort read in one statement for all plugins together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from core.database.covering import asks_openly, covered_columns
from core.database.together import Counted, Summed, Told, ToldRow, answered, read_together
from core.extension.exchange import Figure as OfferedFigure
from core.extension.exchange import RelatedCount
from core.kernel.acting import acting
from core.kernel.money import to_fen
from core.kernel.words import Message
from core.web import formats
from core.web.pages import Figure, Link


def shown_offers(
    session: Any, figures: Sequence[OfferedFigure] = (), counts: Sequence[RelatedCount] = (), *, exact: bool = True
) -> tuple[tuple[Figure, ...], tuple[Link, ...]]:
    """Figures and stat buttons as the page shows them, after asking once for all that they ask.

    Money is told to the fen if ``exact``, or if one of the sums has fen.
    """
    return offers_beside(session, figures, counts, exact=exact)[:2]


def offers_beside(
    session: Any,
    figures: Sequence[OfferedFigure] = (),
    counts: Sequence[RelatedCount] = (),
    beside: Sequence[Summed] = (),
    *,
    exact: bool = True,
    **given: Any,
) -> tuple[tuple[Figure, ...], tuple[Link, ...], list[Any]]:
    """The same, and the answers to what the house asks ``beside`` in that statement, with ``given`` for its parameters."""
    counts = [one if _openly(one.count) else replace(one, count=0) for one in counts]
    figures = [one if all(map(_openly, one.noted.values())) else replace(one, note=None, noted={}) for one in figures]
    asked: list[Any] = [*(one.value for one in figures), *(one.count for one in counts)]
    asked += [number for one in figures for number in one.noted.values()]
    questions = [*beside, *(one for one in asked if isinstance(one, Counted | Summed))]
    answers = answered(session, questions, **given)
    known = dict(zip(map(id, questions), answers, strict=True))
    exact = exact or formats.any_fen(_fen(one, known) for one in figures)
    return (
        tuple(_figure(one, known, exact=exact) for one in figures),
        tuple(Link(one.label, one.url, one.icon, _number(known.get(id(one.count), one.count), one.more)) for one in counts),
        answers[: len(beside)],
    )


def entries_of(session: Any, offered: Sequence[Any], limit: int) -> list[Any]:
    """Entries or tasks of all plugins, in no order: those at hand, and what rows tell."""
    return entries_by(session, {"": offered}, limit)[""]


def entries_by(session: Any, offered: Mapping[str, Sequence[Any]], limit: int) -> dict[str, list[Any]]:
    """Like :func:`entries_of` for each that offers some, by its name; still in one statement."""
    found = {name: [one for one in several if not isinstance(one, Told)] for name, several in offered.items()}
    kinds = [
        Told(one.rows, partial(_named, name, one.tell)) for name, several in offered.items() for one in several if isinstance(one, Told)
    ]
    for name, entry in read_together(session, kinds, limit):
        found[name].append(entry)
    return found


def _named(name: str, tell: Callable[[ToldRow], Any], row: ToldRow) -> tuple[str, Any]:
    return name, tell(row)


def _figure(one: OfferedFigure, known: Mapping[int, Any], *, exact: bool) -> Figure:
    noted = {name: known[id(number)] for name, number in one.noted.items()}
    note: Message | str = one.note or ""
    if one.note is not None and noted:
        told = any(number for number, _ in noted.values())
        note = Message(one.note.text, {**one.note.params, **{name: _number(number) for name, number in noted.items()}}) if told else ""
    found = known.get(id(one.value), one.value)
    count = found[0] if isinstance(found, tuple) else found
    return Figure(one.label, _value(one, found, exact=exact), one.url, note, nothing=not count and not note)


def _fen(one: OfferedFigure, known: Mapping[int, Any]) -> int | None:
    """The amount of a figure that is money, once it has been asked for."""
    found = known.get(id(one.value), one.value)
    return to_fen(Decimal(found)) if one.kind == "money" and isinstance(found, int | Decimal) else None


def _value(one: OfferedFigure, value: Any, *, exact: bool) -> str:
    if one.value is None or (value is None and (one.unknown or _covered(one.value))):
        return "–"  # nobody counted, or nobody may say; where none was found, that is a count like others
    if one.kind == "money":
        return formats.money(to_fen(Decimal(value or 0)), exact=exact)
    return _number(0 if value is None else value)


def _covered(value: Any) -> bool:
    """Whether a sum is nothing because the person who acts may not read what it sums."""
    return isinstance(value, Summed) and covered_columns(value.value, acting()) is not value.value


def _openly(count: Counted | int) -> bool:
    """Whether a stat button tells nothing that the person who acts may not know."""
    return not isinstance(count, Counted) or asks_openly(count.rows, acting())


def _number(value: Any, more: bool = False) -> str:
    """A plain number, or a count that may have stopped at its cap."""
    number, more = value if isinstance(value, tuple) else (value, more)
    return f"{number}{'+' if more else ''}"
