"""Whose work and which days the figures and charts of the desk tell of: chosen in its address, for all of them together.

What is chosen becomes conditions of the list behind each figure and chart, and the figure is asked of the statement of that list: so the
number and its list cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, type_coerce
from werkzeug.datastructures import MultiDict

from core.database.together import Counted, Summed
from core.database.types import Fen
from core.extension.exchange import DeskFigure, Figure
from core.kernel.acting import Scope, actor
from core.kernel.choices import Choice
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.web.addresses import address
from core.web.charting import COUNT, measures
from core.web.conditions import condition_fields
from core.web.list_values import sum_of
from core.web.listing import read_query, statement, views_of
from core.web.nouns import Noun, Nouns
from core.web.pages import Link
from core.web.showing import view_name
from core.web.spans import Span

WHOSE, PERIOD = "whose", "period"
NARROW = frozenset({Scope.OWN, Scope.OWN_SHARED})


class Whose(Choice):
    """Whose records are counted; all are those that the person sees."""

    MINE = "mine", msg("Myself")
    DEPARTMENT = "department", msg("My department")
    ALL = "all", msg("All I can see")


CONDITION = {Whose.MINE: "me", Whose.DEPARTMENT: "my_department"}
SPANS = {"month": Span.THIS_MONTH, "quarter": Span.THIS_QUARTER, "year": Span.THIS_YEAR}


@dataclass(frozen=True)
class Chosen:
    """What the desk tells of; ``wide`` is whether the person sees the work of others, and can choose whose it is."""

    whose: Whose
    period: str = "month"
    wide: bool = False

    @property
    def span(self) -> Span:
        """The days."""
        return SPANS[self.period]

    def conditions(self, noun: Noun, owner: str, day: str = "") -> Mapping[str, Sequence[str]] | None:
        """Parameters of the list that ask for just that; None where the person may not ask the list by these fields."""
        asked = {owner: f"is.{CONDITION[self.whose]}"} if owner and self.whose in CONDITION else {}
        asked |= {day: f"in.{self.span}"} if day else {}
        if not set(asked) <= set(condition_fields(noun)):
            return None
        return {"where": [f"{name}.{value}" for name, value in asked.items()]} if asked else {}

    def links(self) -> tuple[tuple[Link, ...], ...]:
        """What can be chosen instead, each choice with the other kept."""
        periods = tuple(Link(span.label, self._at(self.whose, key), current=key == self.period) for key, span in SPANS.items())
        whose = tuple(Link(one.label, self._at(one, self.period), current=one is self.whose) for one in Whose)
        return (whose, periods) if self.wide else (periods,)

    def _at(self, whose: Whose, period: str) -> str:
        return f"{address('DeskView.desk')}?{urlencode(({WHOSE: whose.value} if self.wide else {}) | {PERIOD: period})}"


def chosen(arguments: Any, resources: Collection[str]) -> Chosen:
    """What the address asks for. Whoever sees the work of others in none of ``resources`` sees the own; whoever does begins with all.

    Raises :class:`Malformed` for what cannot be chosen.
    """
    wide = any(actor().scopes(one, "read") - NARROW for one in resources)
    whose, period = arguments.get(WHOSE, "") or Whose.ALL.value, arguments.get(PERIOD, "") or "month"
    if whose not in set(Whose) or period not in SPANS:
        raise Malformed(msg("The start page cannot be narrowed to that. Please choose one of those that it offers."))
    return Chosen(Whose(whose) if wide else Whose.MINE, period, wide)


def figure_of(session: Any, nouns: Nouns, one: DeskFigure, asked: Chosen) -> Figure | None:
    """The figure under what is chosen, with the door to the list that it is asked of; None where the person may not know it."""
    noun = nouns.by_path[one.noun]
    if not actor().may(noun.resource, "read"):
        return None
    view = one.views.get(asked.whose.value, "")
    where = asked.conditions(noun, "" if one.views else one.owner, one.day)
    measured = _measured(noun, one)
    if where is None or measured is None or (view and view not in {known.key for known in views_of(noun)}):
        return None
    arguments = {**one.conditions, **({"view": view} if view else {}), **where}
    rows = statement(session, noun, read_query(noun, MultiDict(arguments))).order_by(None)
    value = Counted(rows) if one.measure == COUNT else Summed(rows.with_only_columns(measured, maintain_column_froms=True))
    kind = "number" if one.measure == COUNT else "money"
    return Figure(one.label, value, kind, url=f"{address(f'{view_name(noun)}.list')}?{urlencode(arguments, doseq=True)}")


def _measured(noun: Noun, one: DeskFigure) -> Any:
    """The sum as a column; None where the person may not know it, or nobody does."""
    if one.measure == COUNT or one.measure in measures(noun):
        return sum_of(noun, one.measure) if one.measure != COUNT else ()
    for progress in (due.progress for due in noun.due if due.progress is not None and due.progress.left == one.measure):
        done = progress.asked(noun.model)
        whole = getattr(noun.model, progress.whole)
        return None if done is None else func.coalesce(func.sum(type_coerce(whole - done, Fen())), 0)
    return None
