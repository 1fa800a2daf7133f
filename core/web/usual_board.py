"""The board of a noun: the one that it declares, else the one that follows from its life cycle and its fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from core.web.nouns import Board, Noun, board_of_states
from core.web.pages import CardPlace

HOUSE = "core_"
"""How the tables of the house begin: a colleague or a department is not what a card is about."""


class Marks(NamedTuple):
    """What a card tells beside the name of its record: fields by name, each empty where there is none; ``named`` may be a path."""

    amount: str = ""
    named: str = ""
    on: str = ""


@lru_cache(maxsize=1_000)
def board_of(noun: Noun) -> Board | None:
    """The board of the noun; None for what is neither declared to have one nor has a life cycle.

    Without a declaration its columns are the states, in the order in which they are declared.
    """
    if noun.board is not None or noun.cycle is None:
        return noun.board
    return board_of_states(noun.cycle, **_told(noun)._asdict())


@lru_cache(maxsize=1_000)
def marks_of(noun: Noun) -> Marks:
    """What the cards of the noun tell, as its board says, or as it follows from the fields."""
    return Marks(noun.board.amount, noun.board.named, noun.board.on) if noun.board is not None else _told(noun)


def _told(noun: Noun) -> Marks:
    """The money at the place of the sum, else the first; the first record of the business that it refers to; the first day that is due.

    Where the list says what stands at the place of the sum, no other column is taken for one.
    """
    step = noun.next_step[0] if noun.next_step else ""
    listed = [shown.name for shown in noun.columns]
    sums = [shown.name for shown in noun.columns if shown.place is CardPlace.SUM]
    own = {listed[0], noun.model.__called_by__}  # the card is called by these already
    return Marks(
        _first(name for name in (*sums, *noun.figures, *([] if sums else listed)) if noun.fields[name].kind == "money"),
        noun.about or _first(name for name in (*listed, *noun.fields) if name not in own and _of_business(noun, name)),
        _first(due.name for due in noun.due if due.name != step),
    )


def _of_business(noun: Noun, name: str) -> bool:
    declared = noun.fields[name]
    return declared.kind == "reference" and not declared.target.startswith(HOUSE)


def _first(names: Iterable[str]) -> str:
    return next(iter(names), "")
