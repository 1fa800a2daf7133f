"""From the parameters of an address to what is asked: a saved view is opened by its number, and stands for what it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from core.access.field_rights import may_query
from core.kernel.acting import acting
from core.kernel.errors import Malformed
from core.kernel.words import msg
from core.lists.queries import SeenList, SeenView, seen_list
from core.web.listing import Query, read_query, statement, views_of
from core.web.lists.addresses import EVERYTHING, Pairs, conditions_of, read_conditions
from core.web.lists.columns import columns_called
from core.web.nouns import Noun, Shown

NOTHING = SeenList()


@dataclass(frozen=True)
class Opened:
    """A list that is asked for: the query, the saved views that the person sees there, and the one that was opened, if any.

    ``changed`` when the address asks for something else than that view keeps.
    """

    query: Query
    seen: SeenList = NOTHING
    current: SeenView | None = None
    changed: bool = False
    columns: tuple[Shown, ...] = ()
    everything: bool = False
    """Whether the whole list is asked for by ``view=all``."""
    first: bool = False
    """Whether the view that is open is the one that the list opens with, and nothing else is asked for."""

    @property
    def views(self) -> Sequence[SeenView]:
        """Saved views of the list that the person sees."""
        return self.seen.views

    @property
    def asked(self) -> Pairs:
        """What an address says that asks for the same records: the saved view by its number, as long as nothing else is asked for."""
        if self.current is not None and not self.changed:
            return (("view", str(self.current.id)),)
        return (*((("view", EVERYTHING),) if self.everything else ()), *self.query.asked)


def open_list(session: Session, noun: Noun, arguments: Any, seen: SeenList | None = None, at: str = "") -> Opened:
    """What ``arguments`` (a MultiDict) ask for. ``view=12`` opens a saved view; ``of=12`` says from which one the conditions came.

    Whoever has asked for what is ``seen`` of the list already hands it in. ``at`` is the page that shows it, where it is not the one
    that this request asks for.

    Raises :class:`Malformed` for a view that the person does not see: the same answer as for none at all.
    """
    if seen is None:
        seen = seen_list(session, noun.path)
    views = seen.views
    asked: MultiDict[str, str] = MultiDict(arguments)
    number = asked.get("view", "")
    current = _numbered(views, asked.get("of", ""))
    if number.isascii() and number.isdigit():
        current = _numbered(views, number)
        if current is None:
            raise Malformed(msg("The list has no view “%(name)s”.", name=number[:40]))
        asked = _standing_for(current, asked)
    elif number == EVERYTHING:
        asked.poplist("view")
    query = _in_its_order(noun, replace(read_query(noun, asked), at=at), asked)
    changed = current is not None and sorted(read_conditions(current.conditions).items(multi=True)) != sorted(
        read_conditions(conditions_of(query.asked)).items(multi=True)
    )
    columns = columns_called(noun, asked.get("columns", "") or seen.columns)
    first = current is not None and not changed and current is first_view(session, noun, seen)
    return Opened(query, seen, current, changed, columns, number == EVERYTHING, first)


def _in_its_order(noun: Noun, query: Query, asked: MultiDict[str, str]) -> Query:
    """The query in the order that its declared view has, where the address asks for none."""
    view = next((one for one in views_of(noun) if one.key == query.view and one.order), None)
    if view is None or asked.get("order") or not may_query(acting(), noun.model, view.order.lstrip("-")):
        return query
    return replace(query, order=view.order)


def _numbered(views: Sequence[SeenView], number: str) -> SeenView | None:
    return next((view for view in views if str(view.id) == number), None)


def _standing_for(view: SeenView, asked: MultiDict[str, str]) -> MultiDict[str, str]:
    """The parameters that ``view`` keeps; what the address says besides takes their place."""
    found = read_conditions(view.conditions)
    for name, values in asked.lists():
        if name != "view":
            found.setlist(name, values)
    found["of"] = str(view.id)
    return found


def first_view(session: Session, noun: Noun, seen: SeenList) -> SeenView | None:
    """The view that the list opens with: the first of :attr:`SeenList.first` that asks for nothing but what the person is still offered."""
    return next((view for view in seen.first if _still_offered(session, noun, view)), None)


def usual_view(session: Session, noun: Noun, seen: SeenList) -> str:
    """What an address says of the view that the list opens with: :func:`first_view`, else the one that the noun declares; empty for all."""
    if (saved := first_view(session, noun, seen)) is not None:
        return str(saved.id)
    return next((view.key for view in views_of(noun) if view.key == noun.opens_with), "")


def _still_offered(session: Session, noun: Noun, view: SeenView) -> bool:
    try:
        statement(session, noun, read_query(noun, read_conditions(view.conditions)))
    except Malformed:
        return False
    return True
