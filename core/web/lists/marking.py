"""What a list tells of its records beside their fields: the reader's star, tags, and that they are in approval.

All of it is asked in the statement that counts the records, so it costs a list no statement of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g

from core.approvals.chains import kinds_of
from core.approvals.models import CaseState
from core.approvals.queries import running_on_page
from core.database.together import Summed, read_ids
from core.web.addresses import address
from core.web.lists.opening import Opened
from core.web.marks import can_be_marked
from core.web.nouns import Noun
from core.web.pages import Cell, Column, ColumnKind, ListPage, Row, Tag, Tone
from core.web.showing import view_name
from core.web.tagging import LABEL, has_tags, tag_chips
from core.work.marks import starred_of
from core.work.tags import read_tags, tags_of_page

IN_APPROVAL = Tag(CaseState.RUNNING.label, Tone(CaseState.RUNNING.tone))


def asked_of_marks(noun: Noun, opened: Opened) -> tuple[Summed, ...]:
    """Stars, tags and running cases of a page of records, to be asked beside others; :func:`marked_list` reads the answers."""
    model: Any = noun.model
    asked = [starred_of(model)] if can_be_marked(noun) else []
    if has_tags(noun):
        asked.append(tags_of_page(model))
    if _tells_cases(noun, opened):
        asked.append(running_on_page(model))
    return tuple(map(Summed, asked))


def marked_list(session: Any, noun: Noun, opened: Opened, page: ListPage, told: Sequence[str | None]) -> ListPage:
    """``page`` with what was ``told`` by :func:`asked_of_marks`; a column of tags stands there once a record on the page has one."""
    answers = iter(told)
    starred = read_ids(next(answers)) if can_be_marked(noun) else None
    tags = read_tags(next(answers)) if has_tags(noun) else {}
    state = next((place for place, one in enumerate(page.columns) if one.key == "state"), None) if _tells_cases(noun, opened) else None
    running = read_ids(next(answers)) if state is not None else ()
    below = address(f"{view_name(noun)}.list")

    def marked(row: Row) -> Row:
        number, cells = int(row.id), row.cells
        if state is not None and number in running:
            cells = _in_approval(cells, state)
        if tags:
            cells = (*cells, tag_chips(session, tags.get(number, ())))
        if starred is None:
            return replace(row, cells=cells)
        return replace(row, cells=cells, starred=number in starred, star_action=f"{below}{row.id}/star")

    columns = (*page.columns, Column("tags", LABEL, ColumnKind.TAGS)) if tags else page.columns
    return replace(page, columns=columns, rows=tuple(map(marked, page.rows)))


def _tells_cases(noun: Noun, opened: Opened) -> bool:
    """Whether running cases are told, beside the state; not of records that no approval is about."""
    return bool(kinds_of(noun.model, g.actor.modules)) and any(shown.name == "state" for shown in opened.columns)


def _in_approval(cells: tuple[Cell, ...], place: int) -> tuple[Cell, ...]:
    """The cells, with one more tag beside the state."""
    state = cells[place]
    tags = (state,) if isinstance(state, Tag) else state
    return (*cells[:place], (*tags, IN_APPROVAL), *cells[place + 1 :]) if isinstance(tags, tuple) else cells
