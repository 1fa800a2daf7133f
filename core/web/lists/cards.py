"""What the cards of a board tell: the lines that the board declares, or the fields that a person has chosen as one chooses columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import url_for

from core.database.references import head_of
from core.kernel.words import msg
from core.lists.models import LONGEST_CONDITIONS
from core.web.addresses import address
from core.web.lists.addresses import offered_pairs
from core.web.lists.columns import choosable, chooser_page, naming_column
from core.web.nouns import Noun, Shown
from core.web.pages import Column, ColumnKind, ColumnsPage, Link
from core.web.showing import kind_of, label_with_unit, view_name
from core.web.usual_board import board_of, marks_of

FEW = 4
"""Lines of a card below its name, as far as its list has so many columns."""


def offered_on_cards(noun: Noun) -> tuple[str, ...]:
    """Fields that a card may show: what it shows by itself first, then whatever may become a column; not what makes a board's columns."""
    board = board_of(noun)
    offered = [name for name in choosable(noun) if board is None or name != board.by]
    return tuple(dict.fromkeys([*_declared(noun, offered), *offered]))


def fields_on_cards(noun: Noun, written: str) -> tuple[str, ...]:
    """The fields that ``written`` (names, by commas) asks for, without what is no longer offered; those of the usual card else."""
    offered = offered_on_cards(noun)
    if not written:
        return tuple(_declared(noun, offered))
    return tuple(name for name in dict.fromkeys(written.split(",")) if name in offered)


def written_fields(noun: Noun, names: Sequence[str]) -> str:
    """How the choice is kept: behind the name, which is always there, so that a card of the name alone is a choice too."""
    return ",".join((naming_column(noun).name, *names))


def _declared(noun: Noun, offered: Sequence[str]) -> list[str]:
    marks = marks_of(noun)
    if not any(marks):
        return [shown.name for shown in noun.columns if shown.name in offered][:FEW]
    tag = [name for name in noun.tags if name != "state"][:1]
    names = (head_of(marks.named), marks.amount, marks.on, *(noun.next_step or ()), "owner", *tag)
    return [name for name in dict.fromkeys(names) if name in offered]


def further_fields(noun: Noun) -> tuple[str, ...]:
    """The first columns of the list that the usual lines of a card among others, which tells its state too, leave untold; few or none."""
    offered, marks = offered_on_cards(noun), marks_of(noun)
    told = {*_declared(noun, offered), "state", *noun.tags}
    shown = {one.name for one in noun.columns}
    lines = (head_of(marks.named) in shown, marks.amount or marks.on, noun.next_step, noun.tags or "state" in noun.fields)
    return tuple(name for name in offered if name in shown and name not in told)[: max(0, FEW - sum(map(bool, lines)))]


def fields_by_themselves(noun: Noun, *, stated: bool) -> tuple[str, ...]:
    """What cards show while nobody has chosen: their usual lines, and further ones where each card tells its state (``stated``)."""
    lines = fields_on_cards(noun, "")
    return (*lines, *further_fields(noun)) if stated and any(marks_of(noun)) else lines


def card_column(noun: Noun, name: str) -> Column:
    """How the field stands on a card: as in the list, and a next step turns red when its day has passed."""
    shown = next((one for one in noun.columns if one.name == name), Shown(name))
    if noun.next_step is not None and name == noun.next_step[0]:
        shown = replace(shown, kind=ColumnKind.DUE)
    kind = kind_of(noun, shown)
    return Column(name, label_with_unit(noun.fields[name], kind), kind, late_after=shown.late_after)


def cards_door(noun: Noun, on: str, asked: Sequence[tuple[str, str]]) -> Link:
    """Choosing what the cards show ``on`` a board or elsewhere; ``asked`` is what the address there says."""
    kept = urlencode([("on", on), ("asked", urlencode(asked))])
    return Link(msg("Card fields"), f"{url_for('ListsView.columns', name=noun.path)}?{kept}", "columns-3", drawer=True)


def card_chooser_page(noun: Noun, on: str, asked: str, order: Sequence[str], shown: Sequence[str]) -> ColumnsPage:
    """The form of the chooser, for cards; ``asked`` is what the address said of the page that they are ``on``."""
    back = Link(noun.plural, cards_again(noun, on, asked))
    page = chooser_page(noun, asked, order, shown, dense=False)
    title, reset = msg("Card fields: %(list)s", list=noun.plural), msg("Default fields")
    return replace(page, title=title, crumbs=(back,), back=back, on=on, reset=reset, cancel_href=back.href)


def cards_again(noun: Noun, on: str, asked: str) -> str:
    """The page with cards that one came from."""
    kept = urlencode(offered_pairs(noun, asked[:LONGEST_CONDITIONS]))
    return f"{address(f'{view_name(noun)}.{on}')}{f'?{kept}' if kept else ''}"
