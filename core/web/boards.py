"""The board of a noun: the records of its list as cards in columns, moved from one to the next by a verb (look.md, Board)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from flask_appbuilder import expose
from sqlalchemy import Select, case, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.access.field_rights import may_query
from core.database.references import load_references
from core.kernel.acting import acting
from core.kernel.errors import NotFound
from core.kernel.words import msg
from core.web.access import needs
from core.web.addresses import address
from core.web.board_cards import CardMaker, cards_called
from core.web.board_moves import moves_of, reached_by_hand, rights_on
from core.web.conditions import Condition, Operator, condition_fields
from core.web.listing import filters_of, statement
from core.web.lists.addresses import OWN_WORDS, offered_pairs
from core.web.lists.cards import cards_door
from core.web.lists.naming import names_of, picked_in
from core.web.lists.opening import Opened, open_list
from core.web.nouns import Board, BoardColumn, Noun, Nouns
from core.web.pages import BoardPage, CardColumn, Link, Say
from core.web.shapes import Shape, has_board, shape_address
from core.web.shaping import around_shape
from core.web.showing import view_name
from core.web.sums import Standing, by_of, key_of, left_out, standing, told_sum
from core.web.usual_board import board_of

CARDS = 20
"""Cards of a column that are shown at first."""
MOST = 100
"""Cards of a column that more were asked of; the rest stands in its list."""
MORE = "more"
"""What the address calls the columns of which more cards are asked for."""


@dataclass(frozen=True)
class Laid:
    """A board laid out: what was asked for, its columns, what stands in each, the first cards, what may be done with which of them, and
    the columns of which ``more`` were asked for."""

    noun: Noun
    board: Board
    opened: Opened
    columns: Sequence[BoardColumn]
    sums: Mapping[str, Standing]
    cards: Sequence[Any]
    maker: CardMaker
    allowed: Mapping[str, frozenset[int]]
    more: frozenset[str]
    create: Link | None

    def stood_in(self, column: BoardColumn) -> Standing:
        """What stands in a column."""
        return self.sums.get(str(column.value), Standing())

    def told(self, stood: Standing) -> str:
        """A sum as it is shown; nothing on a board without amounts, or of amounts that one may not read."""
        return told_sum(self.noun, self.board, stood, self.sums.values())

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The address without the columns of which more is shown."""
        return [pair for pair in self.opened.asked if pair[0] != MORE]

    @property
    def written_out(self) -> list[tuple[str, str]]:
        """The same with the conditions of the saved view that is open: those of an address take the place of a view's own."""
        unchanged = self.opened.current is not None and not self.opened.changed
        return [pair for pair in self.opened.query.asked if pair[0] != MORE] if unchanged else self.asked


class BoardOfRecords:
    """The page of a noun that has a board; mixed into its view."""

    noun: Noun
    nouns: Nouns
    session: Any
    page: Callable[..., Response]

    @expose("/board")
    @needs("read")
    def board(self) -> Response:
        """Cards in columns, due ones first; a noun without a board has a list."""
        if board_of(self.noun) is None:
            return redirect(address(f"{view_name(self.noun)}.list"), 303)
        return self.page(board_page(self.session, self.nouns, self.noun, request.args))


def board_again(noun: Noun, asked: str) -> str:
    """The board as it was asked for by the query string ``asked``."""
    return shape_address(noun, Shape.BOARD, offered_pairs(noun, asked))


def board_page(session: Any, nouns: Nouns, noun: Noun, arguments: Any, says: tuple[Say, ...] = ()) -> BoardPage:
    """The page model of the board that ``arguments`` (a MultiDict) ask for, as they ask for a list.

    Raises :class:`NotFound` where the person finds no board, :class:`Malformed` for what the list does not offer either.
    """
    board = board_of(noun)
    if board is None or not has_board(noun):
        raise NotFound
    opened = open_list(session, noun, _with_own_view(board, arguments), at=shape_address(noun, Shape.BOARD))
    frame = around_shape(nouns, noun, opened, names_of(session, noun, picked_in(noun, opened.query)), Shape.BOARD)
    laid = _laid(session, noun, board, opened, frozenset(arguments.getlist(MORE)), frame["create"])
    asked = [*laid.asked, *((MORE, one) for one in sorted(laid.more))]
    whole = Standing.together(map(laid.stood_in, laid.columns))
    return BoardPage(
        **frame,
        columns=tuple(_column(laid, column) for column in laid.columns),
        asked=urlencode(asked),
        cards_door=cards_door(noun, Shape.BOARD, asked) if opened.current is None or opened.current.mine else None,
        count=whole.count,
        sum=laid.told(whole),
        left_out=left_out(noun, board, whole, opened, laid.written_out, whole=True),
        says=says,
    )


def _with_own_view(board: Board, arguments: Any) -> Any:
    """A board that is asked for nothing shows the view that it declares."""
    if not board.view or any(value for key, value in arguments.items(multi=True) if key not in OWN_WORDS):
        return arguments
    return MultiDict([*arguments.items(multi=True), ("view", board.view)])


def _laid(session: Any, noun: Noun, board: Board, opened: Opened, more: frozenset[str], create: Link | None) -> Laid:
    rows = statement(session, noun, opened.query).order_by(None)
    maker = CardMaker.of(noun, cards_called(opened.seen, opened))
    cards = _cards(session, noun, board, rows, more)
    load_references(session, cards, maker.references)
    sums, allowed = standing(session, noun, board, rows), rights_on(session, noun, board, cards)
    return Laid(noun, board, opened, _columns(session, noun, board, sums, opened), sums, cards, maker.evened(cards), allowed, more, create)


def _columns(session: Any, noun: Noun, board: Board, sums: Mapping[str, Any], opened: Opened) -> Sequence[BoardColumn]:
    """The columns in their order; states that nobody leads a record to are left out while none stands there, and so is what the
    filter leaves out."""
    columns, wanted = board.columns(session), opened.query.filters.get(board.by)
    if wanted:
        columns = [one for one in columns if str(one.value) in wanted]
    if board.cycle is None:
        return columns
    reached = reached_by_hand(noun, board)
    return [one for one in columns if str(one.value) in sums or str(one.value) in reached]


def _cards(session: Any, noun: Noun, board: Board, rows: Select[Any], more: Iterable[str]) -> Sequence[Any]:
    """The first records of each column: what is due next, then what was entered last."""
    model: Any = noun.model
    due = getattr(model, noun.next_step[0]) if noun.next_step and may_query(acting(), model, noun.next_step[0]) else None
    order = (case((due.is_(None), 1), else_=0), due, model.id.desc()) if due is not None else (model.id.desc(),)
    place = func.row_number().over(partition_by=by_of(noun, board), order_by=order)
    ranked = rows.with_only_columns(model.id.label("id"), place.label("place")).subquery()
    shown = case((by_of(noun, board).in_(_values(noun, board, more)), MOST), else_=CARDS) if more else CARDS
    first = select(model).join(ranked, ranked.c.id == model.id).where(ranked.c.place <= shown).order_by(ranked.c.place)
    records: Sequence[Any] = session.scalars(first).all()
    return records


def _values(noun: Noun, board: Board, keys: Iterable[str]) -> list[Any]:
    """What the database holds for the keys of columns; a key of no column is left out."""
    choices = noun.fields[board.by].choices
    if choices is None:
        return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    return [one for one in choices if str(one.value) in keys]


def _column(laid: Laid, column: BoardColumn) -> CardColumn:
    stood, key = laid.stood_in(column), str(column.value)
    adds = _counts(laid.board, key)
    own = [record for record in laid.cards if key_of(_stands(laid.board, record)) == key]
    rest = stood.count - len(own)
    return CardColumn(
        key=key,
        label=column.label,
        note=column.note,
        count=stood.count,
        sum=laid.told(stood) if adds else str(msg("Not in the sum")),
        left_out=left_out(laid.noun, laid.board, stood, laid.opened, _narrowed(laid, key, laid.written_out)) if adds else None,
        href=shape_address(laid.noun, Shape.LIST, _narrowed(laid, key, laid.asked)),
        cards=tuple(laid.maker.card(one, moves_of(laid.noun, laid.board, one, laid.columns, laid.allowed)) for one in own),
        rest=rest,
        more=_more(laid, key) if rest > 0 and key not in laid.more else "",
        add=_add(laid, column),
        tone=column.tone,
    )


def _counts(board: Board, key: str) -> bool:
    """Whether what stands in the column counts: the figures of a cancelled record add nothing to any sum."""
    states = type(board.cycle.initial) if board.cycle is not None and board.amount else ()
    return all(state.counts for state in states if str(state.value) == key)


def _narrowed(laid: Laid, key: str, asked: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a list is ``asked`` for that shows what stands in the column: the filter by it, or one more condition where it is no filter."""
    noun, by = laid.noun, laid.board.by
    if by in filters_of(noun):
        return [*(pair for pair in asked if pair[0] != by), (by, key)]
    if by in condition_fields(noun) and not laid.opened.query.conditions.any_of:
        return [*laid.written_out, ("where", Condition(by, Operator.IS, (key,)).written)]
    return asked


def _stands(board: Board, record: Any) -> Any:
    return getattr(record, board.by if board.cycle is not None else f"{board.by}_id")


def _more(laid: Laid, key: str) -> str:
    """The board with up to a hundred cards of this column."""
    return f"{shape_address(laid.noun, Shape.BOARD, [*laid.asked, *((MORE, one) for one in sorted({*laid.more, key}))])}#at-{key}"


def _add(laid: Laid, column: BoardColumn) -> Link | None:
    """A new record in this column: where records begin, or where the form takes the column."""
    noun, board, link, key = laid.noun, laid.board, laid.create, str(column.value)
    if link is None:
        return None
    if board.cycle is not None:
        return link if key == str(board.cycle.initial.value) else None
    if board.by in noun.written:
        return replace(link, href=f"{link.href}?{urlencode({board.by: key})}")
    return link if column is laid.columns[0] else None
