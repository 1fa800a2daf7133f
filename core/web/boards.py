"""The board of a noun: its records as cards in columns, moved from one to the next by a verb (look.md, Board)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import g, redirect, request
from flask_appbuilder import expose
from sqlalchemy import case, func, literal, select, true
from werkzeug.wrappers import Response

from core.access.field_rights import may_query
from core.database.references import load_references
from core.kernel.acting import acting
from core.kernel.errors import Malformed, NotFound
from core.kernel.money import to_fen
from core.kernel.words import msg
from core.lists.queries import SeenList, SeenView, seen_list
from core.web import formats
from core.web.access import needs
from core.web.addresses import address
from core.web.board_moves import moves_of, reached_by_hand, rights_on
from core.web.listing import condition_of, read_query, statement, views_of
from core.web.lists.addresses import read_conditions
from core.web.lists.cards import card_column, cards_door, fields_on_cards
from core.web.nouns import Board, BoardColumn, Noun, SavedView
from core.web.pages import BoardPage, Card, CardColumn, Cell, Column, ColumnKind, Link, Person, Say, Tag
from core.web.showing import cell, due_teller, record_url, teller, told, view_name

CARDS = 20
"""Cards of a column that are shown at first."""
MOST = 100
"""Cards of a column that more were asked of; the rest stands in its list."""


@dataclass(frozen=True)
class Laid:
    """A board laid out: its columns, how many and how much (yuan) stands in each, the first cards, what may be done with
    which of them, the columns of which ``more`` were asked for, and what tells the fields that were ``chosen`` for them, if any were."""

    noun: Noun
    board: Board
    view: str
    columns: Sequence[BoardColumn]
    sums: Mapping[str, tuple[int, Decimal]]
    cards: Sequence[Any]
    allowed: Mapping[str, frozenset[int]]
    more: frozenset[str]
    chosen: Sequence[tuple[Column, Callable[[Any], Cell]]] | None = None

    def sum_of(self, column: BoardColumn) -> tuple[int, Decimal]:
        """Count and sum of a column."""
        return self.sums.get(str(column.value), (0, Decimal(0)))


class BoardOfRecords:
    """The page of a noun that declares a board; mixed into its view."""

    noun: Noun
    session: Any
    page: Callable[..., Response]

    @expose("/board")
    @needs("read")
    def board(self) -> Response:
        """Cards in columns, due ones first; a noun without a board has a list."""
        if self.noun.board is None:
            return redirect(address(f"{view_name(self.noun)}.list"), 303)
        if not has_board(self.noun):
            raise NotFound
        asked = request.args
        return self.page(board_page(self.session, self.noun, self.noun.board, asked.get("view", ""), asked.getlist("more")))


def has_board(noun: Noun) -> bool:
    """Whether the person finds a board of ``noun``: there is one, and what its columns tell may be read."""
    return noun.board is not None and may_query(acting(), noun.model, noun.board.by)


def board_address(noun: Noun, view: str = "") -> str:
    """Where the board of ``noun`` is, with a saved view if one is named."""
    return f"{address(f'{view_name(noun)}.board')}{f'?view={view}' if view else ''}"


def board_page(session: Any, noun: Noun, board: Board, view: str, more: Sequence[str] = (), says: tuple[Say, ...] = ()) -> BoardPage:
    """The page model of the board; ``view`` names one of its views or the number of one that people have saved, ``more`` the columns of
    which more cards are shown.

    Raises :class:`Malformed` for another view.
    """
    offered, seen = _offered(noun, board), seen_list(session, noun.path)
    saved = next((one for one in seen.views if str(one.id) == view), None)
    key = view or board.view
    if saved is None and key not in offered:
        raise Malformed(msg("The list has no view “%(name)s”.", name=view[:40]))
    condition = condition_of(session, offered[key]) if saved is None else _kept_in(session, noun, saved)
    written = cards_called(seen, saved)
    fields = fields_on_cards(noun, written)
    cards = _cards(session, noun, board, condition, more)
    load_references(
        session, cards, _referred(noun, (board.named, "owner", *fields, *(name for one in noun.due for name in one.references)))
    )
    sums = _sums(session, noun, board, condition)
    allowed = rights_on(session, noun, board, cards)
    laid = Laid(
        noun,
        board,
        key,
        _columns(session, noun, board, sums),
        sums,
        cards,
        allowed,
        frozenset(more),
        _chosen(noun, fields) if written else None,
    )
    asked = [*([("view", view)] if view else []), *(("more", one) for one in more)]
    found = [laid.sum_of(column) for column in laid.columns]
    return BoardPage(
        title=noun.plural,
        columns=tuple(_column(laid, column, view) for column in laid.columns),
        views=(*(_view_link(noun, board, offered[one], key) for one in offered), *(_saved_link(noun, one, saved) for one in seen.views)),
        list=Link(msg("List"), address(f"{view_name(noun)}.list"), "layout-list"),
        create=_create_link(noun),
        cards_door=cards_door(noun, asked) if saved is None or saved.mine else None,
        count=sum(count for count, _ in found),
        sum=formats.money(sum(to_fen(amount) for _, amount in found)) if board.amount else "",
        view=view,
        stepped=noun.next_step is not None,
        says=says,
    )


def _offered(noun: Noun, board: Board) -> dict[str, SavedView]:
    """Saved views of the board by key, its own first; without one of its own everything stands on it."""
    known = {one.key: one for one in views_of(noun)} | ({} if board.view else {"": SavedView("", msg("All"), true)})
    return {key: known[key] for key in (board.view, *board.views) if key in known}


def _columns(session: Any, noun: Noun, board: Board, sums: Mapping[str, Any]) -> Sequence[BoardColumn]:
    """The columns in their order; states that nobody leads a record to are left out while none stands there."""
    columns = board.columns(session)
    if board.cycle is None:
        return columns
    reached = reached_by_hand(noun, board)
    return [one for one in columns if str(one.value) in sums or str(one.value) in reached]


def _view_link(noun: Noun, board: Board, one: SavedView, present: str) -> Link:
    return Link(one.label, board_address(noun, "" if one.key == board.view else one.key), current=one.key == present)


def _kept_in(session: Any, noun: Noun, view: SeenView) -> Any:
    """What a saved view asks for, as a condition on the records of its list."""
    asked = statement(session, noun, read_query(noun, read_conditions(view.conditions)))
    return noun.model.id.in_(asked.with_only_columns(noun.model.id).order_by(None))


def _saved_link(noun: Noun, view: SeenView, present: SeenView | None) -> Link:
    hint = "" if view.mine else msg("Shared by a colleague")
    return Link(view.name, board_address(noun, str(view.id)), "" if view.mine else "users", hint=hint, current=view is present)


def cards_called(seen: SeenList, view: SeenView | None) -> str:
    """The fields (names, by commas) that cards show: those that the open view keeps, else the person's own; none for the usual ones."""
    return (read_conditions(view.conditions).get("cards", "") if view is not None else "") or seen.cards


def _create_link(noun: Noun) -> Link | None:
    if noun.create is None or not g.actor.may(noun.resource, "create"):
        return None
    label = noun.create_label or msg("New: %(title)s", title=noun.title)
    return Link(label, address(f"{view_name(noun)}.add"), "plus", drawer=True)


def _by(noun: Noun, board: Board) -> Any:
    return getattr(noun.model, board.by if board.cycle is not None else f"{board.by}_id")


def _key(value: Any) -> str:
    """A column's key, from what the database holds."""
    return str(getattr(value, "value", value))


def _sums(session: Any, noun: Noun, board: Board, condition: Any) -> Mapping[str, tuple[int, Decimal]]:
    """How many and how much (yuan) stands in each column; no sum of amounts that one may not read."""
    known = board.amount and may_query(acting(), noun.model, board.amount)
    amount = func.coalesce(func.sum(getattr(noun.model, board.amount)), 0) if known else literal(0)
    asked = select(_by(noun, board), func.count(noun.model.id), amount).where(condition).group_by(_by(noun, board))
    return {_key(column): (count, Decimal(found)) for column, count, found in session.execute(asked)}


def _cards(session: Any, noun: Noun, board: Board, condition: Any, more: Sequence[str]) -> Sequence[Any]:
    """The first records of each column: what is due next, then what was entered last."""
    model: Any = noun.model
    known = noun.next_step is not None and may_query(acting(), model, noun.next_step[0])
    due = getattr(model, noun.next_step[0]) if noun.next_step and known else model.id
    order = (case((due.is_(None), 1), else_=0), due, model.id.desc())
    place = func.row_number().over(partition_by=_by(noun, board), order_by=order)
    ranked = select(model.id.label("id"), place.label("place")).where(condition).subquery()
    shown = case((_by(noun, board).in_(_values(noun, board, more)), MOST), else_=CARDS) if more else CARDS
    first = select(model).join(ranked, ranked.c.id == model.id).where(ranked.c.place <= shown).order_by(ranked.c.place)
    records: Sequence[Any] = session.scalars(first).all()
    return records


def _referred(noun: Noun, names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name in noun.fields and noun.fields[name].kind == "reference"]


def _chosen(noun: Noun, names: Sequence[str]) -> list[tuple[Column, Callable[[Any], Cell]]]:
    """The chosen fields, each with what tells it of a record."""
    columns = [card_column(noun, name) for name in names]
    return [(column, due_teller(noun, column.key, teller(noun, column.key, column.kind))) for column in columns]


def _values(noun: Noun, board: Board, keys: Sequence[str]) -> list[Any]:
    """What the database holds for the keys of columns; a key of no column is left out."""
    choices = noun.fields[board.by].choices
    if choices is None:
        return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    return [one for one in choices if str(one.value) in keys]


def _column(laid: Laid, column: BoardColumn, view: str) -> CardColumn:
    (count, amount), key = laid.sum_of(column), str(column.value)
    own = [record for record in laid.cards if _key(_stands(laid.board, record)) == key]
    asked = [("view", laid.view), (laid.board.by, key)]
    rest = count - len(own)
    return CardColumn(
        key=key,
        label=column.label,
        note=column.note,
        count=count,
        sum=(formats.money(to_fen(amount)) if amount else "–") if laid.board.amount else "",
        href=f"{address(f'{view_name(laid.noun)}.list')}?{urlencode([one for one in asked if one[1]])}",
        cards=tuple(_card(laid, record) for record in own),
        rest=rest,
        more=_more(laid, key, view) if rest > 0 and key not in laid.more else "",
        add=_add(laid, column),
    )


def _stands(board: Board, record: Any) -> Any:
    return getattr(record, board.by if board.cycle is not None else f"{board.by}_id")


def _more(laid: Laid, key: str, view: str) -> str:
    """The board with up to a hundred cards of this column."""
    asked = [*([("view", view)] if view else []), *(("more", one) for one in sorted({*laid.more, key}))]
    return f"{board_address(laid.noun)}?{urlencode(asked)}#at-{key}"


def _add(laid: Laid, column: BoardColumn) -> Link | None:
    """A new record in this column: where records begin, or where the form takes the column."""
    noun, board = laid.noun, laid.board
    link, key = _create_link(noun), str(column.value)
    if link is None:
        return None
    if board.cycle is not None:
        return link if key == str(board.cycle.initial.value) else None
    if board.by in noun.written:
        return replace(link, href=f"{link.href}?{urlencode({board.by: key})}")
    return link if column is laid.columns[0] else None


def _card(laid: Laid, record: Any) -> Card:
    noun, board = laid.noun, laid.board
    moves = moves_of(noun, board, record, laid.columns, laid.allowed)
    if laid.chosen is not None:
        return Card(
            title=str(record),
            href=record_url(noun, record.id),
            version=str(record.version),
            lines=tuple((column, value) for column, tell in laid.chosen if (value := tell(record)) not in (None, "", ())),
            moves=moves,
        )
    owner = cell(record, "owner") if "owner" in noun.fields else None
    due, step = (cell(record, name) for name in noun.next_step) if noun.next_step else (None, "")
    amount = cell(record, board.amount, ColumnKind.MONEY) if board.amount else None
    on = cell(record, board.on) if board.on else None
    declared = noun.due_by(board.on)
    due = due_teller(noun, noun.next_step[0], lambda _: due)(record) if noun.next_step else None
    tags = (cell(record, name) for name in noun.tags if name != "state")
    return Card(
        title=str(record),
        href=record_url(noun, record.id),
        detail=str(told(noun, record, board.named) or "") if board.named else "",
        value=(formats.money(amount) if isinstance(amount, int) and amount else "–") if board.amount else "",
        on=on if isinstance(on, date) else None,
        on_due=declared is not None and on is not None and declared.counts(record),
        due=due if isinstance(due, date) else None,
        step=str(step or ""),
        owner=owner if isinstance(owner, Person) else None,
        tag=next((tag for tag in tags if isinstance(tag, Tag)), None),
        version=str(record.version),
        moves=moves,
    )
