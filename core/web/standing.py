"""How a record stands beside its state: that it was put into the archive, and how much of what is due has been done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.access.field_rights import access_to
from core.database.covering import OPEN
from core.kernel.acting import acting
from core.kernel.words import msg
from core.web.dues import Ask, Due, is_done
from core.web.nouns import Noun, Shown
from core.web.pages import CardPlace, Cell, Column, Row, Tag, Tone
from core.web.showing import as_cell, kind_of

ARCHIVED = Tag(msg("Archived"))
Asks = Mapping[str, Ask]
"""What tells how much is done of what is due by a field; only fields of which somebody knows it."""

NO_ASKS: Asks = {}


def askers(noun: Noun) -> Asks:
    """Those of ``noun``, to be asked about the records of one page: what one part of the page has asked, no other asks again."""
    known = ((due.name, due.progress) for due in noun.due)
    return {name: progress.asker(noun.model) for name, progress in known if progress is not None and progress.asked(noun.model) is not None}


def standing(noun: Noun, asks: Asks) -> Callable[[Any], tuple[Tag, ...]]:
    """The marks beside the state of many records, as far as the person may know them."""
    archived = noun.archived if noun.archived and access_to(acting(), noun.model, noun.archived) in OPEN else ""
    progress = [(due.progress, asks[due.name]) for due in noun.due if due.progress is not None and due.name in asks]

    def tags(record: Any) -> tuple[Tag, ...]:
        own = noun.stands(record) if noun.stands is not None else None
        done = (*((own,) if own else ()), *(Tag(one.finished, Tone.GOOD) for one, ask in progress if is_done(ask(record))))
        return (*done, ARCHIVED) if archived and getattr(record, archived) is not None else done

    return tags


def state_teller(noun: Noun, name: str, tell: Callable[[Any], Cell], asks: Asks) -> Callable[[Any], Cell]:
    """``tell``, where the field is the state: with what stands beside it."""
    if name != "state" or not (noun.archived or asks):
        return tell
    beside = standing(noun, asks)

    def told(record: Any) -> Cell:
        state = tell(record)
        return (state, *tags) if isinstance(state, Tag) and (tags := beside(record)) else state

    return told


def progress_columns(noun: Noun) -> tuple[str, ...]:
    """The keys of all columns that :func:`with_progress` may add."""
    return tuple(key for due in noun.due if due.progress is not None for key in (due.progress.name, due.progress.left))


def with_progress(
    noun: Noun, columns: tuple[Column, ...], rows: tuple[Row, ...], records: Sequence[Any], asks: Asks
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """A table with columns for what is done and what is left of what is due, where its day is among the columns."""
    for due in noun.due:
        keys = [column.key for column in columns]
        if due.progress is None or due.name not in asks or due.name not in keys:
            continue
        place = keys.index(due.progress.whole) + 1 if due.progress.whole in keys else keys.index(due.name)
        kind = kind_of(noun, Shown(due.progress.whole))
        added = (
            Column(due.progress.name, due.progress.label, kind, place=CardPlace.CHOSEN),
            Column(due.progress.left, due.progress.left_label, kind, place=CardPlace.CHOSEN),
        )
        columns = (*columns[:place], *added, *columns[place:])
        cells = [_done_and_left(noun, due, asks[due.name], record) for record in records]
        rows = tuple(replace(row, cells=(*row.cells[:place], *more, *row.cells[place:])) for row, more in zip(rows, cells, strict=True))
    return columns, rows


def _done_and_left(noun: Noun, due: Due, ask: Ask, record: Any) -> tuple[Cell, Cell]:
    """What is done of the record and what is left of it; of one that does not count only what has been done."""
    found, progress = ask(record), due.progress
    if found is None or progress is None or found[1] is None:
        return None, None
    done, whole = found[0] or 0, found[1]
    declared, kind = noun.fields[progress.whole], kind_of(noun, Shown(progress.whole))
    counts = getattr(getattr(record, "state", None), "counts", True)
    left = as_cell(declared, whole - done, kind) if counts else None
    return as_cell(declared, done, kind) if counts or done else None, left
