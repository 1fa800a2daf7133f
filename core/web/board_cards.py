"""One record as a card: in the lines that its noun has for cards, or with the fields that a person has chosen for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core.database.references import head_of
from core.kernel.clock import local, today
from core.lists.queries import SeenList
from core.web import formats
from core.web.lists.cards import card_column, fields_by_themselves, fields_on_cards
from core.web.lists.opening import Opened
from core.web.nouns import Noun
from core.web.pages import Card, Cell, Column, ColumnKind, Move, Person, Tag
from core.web.showing import about_of, cell, due_teller, record_url, teller, title_of
from core.web.standing import askers, standing
from core.web.usual_board import marks_of


def cards_called(seen: SeenList, opened: Opened) -> str:
    """The fields (names, by commas) that cards show: those that the open view keeps, else the person's own; none for the usual ones."""
    return dict(opened.query.asked).get("cards", "") or seen.cards


@dataclass(frozen=True)
class CardMaker:
    """Makes the cards of one page; ``chosen`` are the fields in place of the usual lines, each with what tells it of a record."""

    noun: Noun
    fields: Sequence[str]
    chosen: Sequence[tuple[Column, Callable[[Any], Cell]]] | None
    stated: bool = False
    """Whether a card tells its state, which a board tells by its column."""
    beside: Callable[[Any], Sequence[Tag]] = lambda record: ()
    """The marks beside the state."""
    exact: bool = False
    """Whether the amounts of all cards show two decimals."""
    further: Sequence[tuple[Column, Callable[[Any], Cell]]] = ()
    """What the usual lines leave untold of the list's first columns, where they are few."""

    def evened(self, records: Sequence[Any]) -> CardMaker:
        """The same maker for the cards of ``records``, whose amounts have the same number of decimals: two where one has fen."""
        if self.chosen is None:
            return replace(self, exact=formats.any_fen(map(self._amount, records)), further=_evened(self.further, records))
        return replace(self, chosen=_evened(self.chosen, records))

    def _amount(self, record: Any) -> Cell:
        name = marks_of(self.noun).amount
        return cell(record, name, ColumnKind.MONEY) if name else None

    @classmethod
    def of(cls, noun: Noun, written: str, *, stated: bool = False) -> CardMaker:
        """The maker for the choice ``written`` (names, by commas); empty for the usual cards."""
        usual = fields_on_cards(noun, written)
        lines = bool(written) or not any(marks_of(noun))  # what has no lines of its own shows its fields by their names
        fields = usual if lines else fields_by_themselves(noun, stated=stated)
        chosen = _tellers(noun, usual) if lines else None
        further = _tellers(noun, fields[len(usual) :])
        return cls(noun, fields, chosen, stated, standing(noun, askers(noun)), further=further)

    @property
    def references(self) -> list[str]:
        """References that the cards are told through, so that they are loaded together."""
        names = (marks_of(self.noun).named, "owner", *self.fields, *(name for one in self.noun.due for name in one.references))
        known = self.noun.fields
        return [name for name in dict.fromkeys(names) if (head := head_of(name)) in known and known[head].kind == "reference"]

    def card(self, record: Any, moves: tuple[Move, ...] = ()) -> Card:
        """The card of ``record``, with the ways to other columns where it stands on a board."""
        if self.chosen is not None:
            return Card(
                title=title_of(self.noun, record),
                href=record_url(self.noun, record.id),
                version=str(record.version),
                lines=_lines(self.chosen, record),
                moves=moves,
            )
        return self._usual(record, moves)

    def _usual(self, record: Any, moves: tuple[Move, ...]) -> Card:
        noun, marks = self.noun, marks_of(self.noun)
        owner = cell(record, "owner") if "owner" in noun.fields else None
        due, step = (cell(record, name) for name in noun.next_step) if noun.next_step else (None, "")
        amount = self._amount(record)
        expected = noun.due_by(noun.next_step[0]) if noun.next_step else None
        on = _day(cell(record, marks.on)) if marks.on else None
        declared = noun.due_by(marks.on)
        on_due = declared is not None and on is not None and declared.counts(record)
        same = declared.mark if declared is not None and on_due and on is not None and formats.late(on, today()) else None
        due = due_teller(noun, noun.next_step[0], lambda _: due)(record) if noun.next_step else None
        state = ["state"] if self.stated and "state" in noun.fields else []
        names = (name for name in (*state, *noun.tags) if name != "state" or self.stated)
        tags = (cell(record, name) for name in names if getattr(record, name) is not same)
        return Card(
            title=title_of(noun, record),
            href=record_url(noun, record.id),
            detail=about_of(noun, record, marks.named),
            value=(formats.money(amount, exact=self.exact) if amount and isinstance(amount, int) else "–") if marks.amount else "",
            on=on,
            on_due=on_due,
            due=_day(due),
            step=str(step or ""),
            stepped=noun.next_step is not None and (expected is None or expected.counts(record)),
            owner=owner if isinstance(owner, Person) else None,
            tag=next((tag for tag in tags if isinstance(tag, Tag)), next(iter(self.beside(record)), None)),
            version=str(record.version),
            further=_lines(self.further, record),
            moves=moves,
        )


def _lines(told: Sequence[tuple[Column, Callable[[Any], Cell]]], record: Any) -> tuple[tuple[Column, Cell], ...]:
    """What is told of ``record``; a field that it has nothing in takes no line."""
    return tuple((column, value) for column, tell in told if (value := tell(record)) not in (None, "", ()))


def _evened(told: Sequence[tuple[Column, Callable[[Any], Cell]]], records: Sequence[Any]) -> list[tuple[Column, Callable[[Any], Cell]]]:
    """The same, with amounts that have fen in one of the ``records`` in fen throughout."""
    money = [column.kind is ColumnKind.MONEY and formats.any_fen(map(tell, records)) for column, tell in told]
    return [(replace(one, kind=ColumnKind.EXACT_MONEY) if fen else one, tell) for (one, tell), fen in zip(told, money, strict=True)]


def _day(value: Any) -> date | None:
    """The day of a day or moment; what is masked or not given is none."""
    if isinstance(value, datetime):
        return local(value).date()
    return value if isinstance(value, date) else None


def _tellers(noun: Noun, names: Sequence[str]) -> list[tuple[Column, Callable[[Any], Cell]]]:
    columns = [card_column(noun, name) for name in names]
    return [(column, due_teller(noun, column.key, teller(noun, column.key, column.kind))) for column in columns]
