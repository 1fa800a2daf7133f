"""The board of a noun: its records as cards in columns, moved from one to the next by a verb (look.md, Board)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, request
from flask_appbuilder import expose
from sqlalchemy import case, func, literal, select
from werkzeug.wrappers import Response

from core.access.field_rights import may_query
from core.access.offering import allowed_among
from core.database.references import load_references
from core.kernel.acting import acting
from core.kernel.errors import Malformed, NotFound
from core.kernel.money import to_fen
from core.kernel.words import msg
from core.web import formats
from core.web.access import needs
from core.web.addresses import address
from core.web.listing import views_of
from core.web.nouns import Board, BoardColumn, Noun, SavedView
from core.web.pages import BoardPage, Card, CardColumn, ColumnKind, Link, Person, Tag
from core.web.showing import cell, record_url, told, view_name

CARDS = 20
"""Cards of a column that are shown; the rest stands in its list."""


@dataclass(frozen=True)
class Laid:
    """A board laid out: its columns, how many and how much (yuan) stands in each, the first cards, and which of them may be moved."""

    noun: Noun
    board: Board
    view: str
    columns: Sequence[BoardColumn]
    sums: Mapping[int, tuple[int, Decimal]]
    cards: Sequence[Any]
    movable: frozenset[int]

    def sum_of(self, column: BoardColumn) -> tuple[int, Decimal]:
        """Count and sum of a column."""
        return self.sums.get(column.value, (0, Decimal(0)))


class BoardOfRecords:
    """The page of a noun that declares a board; mixed into its view."""

    noun: Noun
    session: Any
    page: Any

    @expose("/board")
    @needs("read")
    def board(self) -> Response:
        """Cards in columns, due ones first."""
        if self.noun.board is None or not has_board(self.noun):
            raise NotFound
        answer: Response = self.page(board_page(self.session, self.noun, self.noun.board, request.args.get("view", "")))
        return answer


def has_board(noun: Noun) -> bool:
    """Whether the person finds a board of ``noun``: there is one, and what its columns tell may be read."""
    return noun.board is not None and may_query(acting(), noun.model, noun.board.by)


def board_address(noun: Noun, view: str = "") -> str:
    """Where the board of ``noun`` is, with a saved view if one is named."""
    return f"{address(f'{view_name(noun)}.board')}{f'?view={view}' if view else ''}"


def board_page(session: Any, noun: Noun, board: Board, view: str) -> BoardPage:
    """The page model of the board; ``view`` names one of its saved views. Raises :class:`Malformed` for another."""
    offered = {one.key: one for one in views_of(noun) if one.key in (board.view, *board.views)}
    key = view or board.view
    if key not in offered:
        raise Malformed(msg("The list has no view “%(name)s”.", name=view[:40]))
    condition = offered[key].condition()
    cards = _cards(session, noun, board, condition)
    laid = Laid(
        noun,
        board,
        key,
        board.columns(session),
        _sums(session, noun, board, condition),
        cards,
        allowed_among(session, cards, _right(noun, board)),
    )
    found = [laid.sum_of(column) for column in laid.columns]
    return BoardPage(
        title=noun.plural,
        columns=tuple(_column(laid, column) for column in laid.columns),
        views=tuple(_view_link(noun, board, offered[one], key) for one in (board.view, *board.views) if one in offered),
        list=Link(msg("List"), address(f"{view_name(noun)}.list"), "layout-list"),
        create=_create_link(noun),
        count=sum(count for count, _ in found),
        sum=formats.money(sum(to_fen(amount) for _, amount in found)),
        view=view,
        asked=board.by,
    )


def _right(noun: Noun, board: Board) -> str:
    act = noun.act(board.verb)
    assert act is not None, f"{noun.path} has no verb {board.verb}"
    return act.right


def _view_link(noun: Noun, board: Board, one: SavedView, present: str) -> Link:
    return Link(one.label, board_address(noun, "" if one.key == board.view else one.key), current=one.key == present)


def _create_link(noun: Noun) -> Link | None:
    if noun.create is None or not g.actor.may(noun.resource, "create"):
        return None
    label = noun.create_label or msg("New: %(title)s", title=noun.title)
    return Link(label, address(f"{view_name(noun)}.add"), "plus", drawer=True)


def _by(noun: Noun, board: Board) -> Any:
    return getattr(noun.model, f"{board.by}_id")


def _sums(session: Any, noun: Noun, board: Board, condition: Any) -> Mapping[int, tuple[int, Decimal]]:
    """How many and how much (yuan) stands in each column; no sum of amounts that one may not read."""
    known = may_query(acting(), noun.model, board.amount)
    amount = func.coalesce(func.sum(getattr(noun.model, board.amount)), 0) if known else literal(0)
    asked = select(_by(noun, board), func.count(noun.model.id), amount).where(condition).group_by(_by(noun, board))
    return {column: (count, Decimal(found)) for column, count, found in session.execute(asked)}


def _cards(session: Any, noun: Noun, board: Board, condition: Any) -> Sequence[Any]:
    """The first records of each column: what is due next, then what was entered last."""
    model: Any = noun.model
    known = noun.next_step is not None and may_query(acting(), model, noun.next_step[0])
    due = getattr(model, noun.next_step[0]) if noun.next_step and known else model.id
    order = (case((due.is_(None), 1), else_=0), due, model.id.desc())
    place = func.row_number().over(partition_by=_by(noun, board), order_by=order)
    ranked = select(model.id.label("id"), place.label("place")).where(condition).subquery()
    first = select(model).join(ranked, ranked.c.id == model.id).where(ranked.c.place <= CARDS).order_by(ranked.c.place)
    records: Sequence[Any] = session.scalars(first).all()
    load_references(session, records, [name for name in (board.named, "owner") if name in noun.fields])
    return records


def _column(laid: Laid, column: BoardColumn) -> CardColumn:
    (count, amount), by = laid.sum_of(column), laid.board.by
    own = [record for record in laid.cards if getattr(record, f"{by}_id") == column.value]
    places = tuple((str(one.value), one.label) for one in laid.columns if one.group == column.group and one is not column)
    return CardColumn(
        key=str(column.value),
        label=column.label,
        note=column.note,
        count=count,
        sum=formats.money(to_fen(amount)) if amount else "–",
        href=f"{address(f'{view_name(laid.noun)}.list')}?view={laid.view}&{by}={column.value}",
        cards=tuple(_card(laid.noun, laid.board, record, places if record.id in laid.movable else ()) for record in own),
        rest=count - len(own),
    )


def _card(noun: Noun, board: Board, record: Any, places: tuple[tuple[str, Any], ...]) -> Card:
    owner = cell(record, "owner") if "owner" in noun.fields else None
    due, step = (cell(record, name) for name in noun.next_step) if noun.next_step else (None, "")
    amount, on = cell(record, board.amount, ColumnKind.MONEY), cell(record, board.on)
    tags = (cell(record, name) for name in noun.tags if name != "state")
    return Card(
        title=str(record),
        href=record_url(noun, record.id),
        detail=str(told(noun, record, board.named) or ""),
        value=formats.money(amount) if isinstance(amount, int) and amount else "–",
        on=on if isinstance(on, date) else None,
        due=due if isinstance(due, date) else None,
        step=str(step or ""),
        owner=owner if isinstance(owner, Person) else None,
        tag=next((tag for tag in tags if isinstance(tag, Tag)), None),
        action=f"{record_url(noun, record.id)}/{board.verb}",
        version=str(record.version),
        places=places,
    )
