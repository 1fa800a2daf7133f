"""Sums over lists and over the columns of boards: how much records come to, and which of them a sum leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, literal

from core.access.field_rights import may_query
from core.kernel.acting import acting
from core.kernel.money import to_fen
from core.kernel.words import counted, msg
from core.web import formats
from core.web.conditions import MOST, Condition, Conditions, Operator, condition_fields
from core.web.list_values import adding, sum_of, uncounted
from core.web.listing import Query
from core.web.lists.addresses import UNKEPT, Pairs
from core.web.lists.opening import Opened
from core.web.nouns import Board, Noun
from core.web.pages import Link
from core.web.shapes import Shape, shape_address

GROUPS = range(1, 10)
"""Numbers that a group of conditions can have."""


@dataclass(frozen=True)
class Standing:
    """What stands in a column: ``count`` records that come to ``amount`` yuan, of which ``left_out`` add nothing to it.

    An amount of nothing adds nothing: a verb may store it for one that was not given.
    """

    count: int = 0
    amount: Decimal = Decimal(0)
    left_out: int = 0

    @property
    def told(self) -> bool:
        """Whether anything adds to the sum; of nothing there is none."""
        return self.left_out < self.count

    @classmethod
    def together(cls, columns: Iterable[Standing]) -> Standing:
        """The whole board."""
        found = list(columns)
        return cls(sum(one.count for one in found), sum((one.amount for one in found), Decimal(0)), sum(one.left_out for one in found))


def is_summed(noun: Noun, board: Board) -> bool:
    """Whether the board has amounts that the person may know the sum of."""
    return bool(board.amount) and may_query(acting(), noun.model, board.amount)


def by_of(noun: Noun, board: Board) -> Any:
    """What makes the columns, as the database holds it."""
    return getattr(noun.model, board.by if board.cycle is not None else f"{board.by}_id")


def key_of(value: Any) -> str:
    """A column's key, from what the database holds."""
    return str(getattr(value, "value", value))


def standing(session: Any, noun: Noun, board: Board, rows: Select[Any]) -> Mapping[str, Standing]:
    """What stands in each column, by its key; one statement."""
    summed = is_summed(noun, board)
    amount: Any = literal(0)
    added: Any = literal(0)
    if summed:
        amount, added = sum_of(noun, board.amount), adding(noun, board.amount)
    by = by_of(noun, board)
    found = session.execute(rows.with_only_columns(by, func.count(noun.model.id), amount, added).group_by(by))
    return {key_of(key): Standing(count, Decimal(total), count - many if summed else 0) for key, count, total, many in found}


def told_sum(noun: Noun, board: Board, stood: Standing, every: Iterable[Standing]) -> str:
    """The sum as it is shown beside that of ``every`` column; nothing on a board without amounts, or of amounts that one may not read."""
    if not is_summed(noun, board):
        return ""
    exact = formats.any_fen(to_fen(one.amount) for one in every)
    return formats.money(to_fen(stood.amount), exact=exact) if stood.told else "–"


def left_out(noun: Noun, board: Board, stood: Standing, opened: Opened, asked: Pairs, *, whole: bool = False) -> Link | None:
    """What stands beside a sum that leaves records out: how many, and the list of exactly these. None where it leaves out none.

    ``asked`` is what the list of all that ``stood`` there is asked for, with the conditions of a saved view written out. The columns of a
    board of states tell by themselves which states do not count; the sum of the ``whole`` board leaves those out too.
    """
    if not stood.left_out or not is_summed(noun, board):
        return None
    states = tuple(str(one.value) for one in uncounted(noun)) if whole or board.cycle is None else ()
    words = msg("%(count)s not in the sum", count=stood.left_out) if states else msg("%(count)s without an amount", count=stood.left_out)
    where = asked_left_out(noun, board.amount, states, opened.query.conditions)
    return Link(words, shape_address(noun, Shape.LIST, [*asked, *where]) if where else "")


def sum_leaves_out(noun: Noun, amount: str, count: int, query: Query) -> Link | None:
    """One line beside the sum of ``amount`` over a list: how many of its records add nothing to it, and the list of these.

    None where all of them add something. Without an address where the list cannot be asked for them.
    """
    if not count:
        return None
    states, field = tuple(str(one.value) for one in uncounted(noun)), noun.fields[amount].label
    words = counted(
        "%(count)s record adds nothing to the sum of “%(field)s”",
        "%(count)s records add nothing to the sum of “%(field)s”",
        count,
        field=field,
    )
    where = asked_left_out(noun, amount, states, query.conditions)
    kept = [pair for pair in query.asked if pair[0] not in {*UNKEPT, "group"}]
    return Link(words, shape_address(noun, Shape.LIST, [*kept, *where]) if where else "")


def asked_left_out(noun: Noun, amount: str, states: tuple[str, ...], conditions: Conditions) -> Pairs:
    """Conditions for what has no amount or stands in one of the states; none where the list cannot be asked so.

    There is room for one more, by which the list of a column may be asked for.
    """
    used = {one.group for one in conditions.all}
    group = next((number for number in GROUPS if number not in used), 0)
    asked = [Condition(amount, Operator.IS, ("0",), group)]
    asked += [] if noun.fields[amount].required else [Condition(amount, Operator.EMPTY, (), group)]
    asked += [Condition("state", Operator.IS, states, group)] if states else []
    known = condition_fields(noun)
    if not group or conditions.any_of or len(conditions.all) + len(asked) >= MOST or any(one.name not in known for one in asked):
        return ()
    return [("where", one.written) for one in asked]
