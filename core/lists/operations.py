"""Verbs on what people make of lists. A saved view is changed by its author alone; everybody marks for himself or herself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.audit.trail import name_action
from core.kernel.acting import actor
from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.words import Message, msg
from core.lists.models import LONGEST_COLUMNS, LONGEST_CONDITIONS, LONGEST_NAME, ListHabit, ListView, ViewMark
from core.lists.queries import SHARED_BY_DEPARTMENT, SHARED_BY_ROLE, circles, governed, habit_of
from core.lists.widths import LEAST_WIDTH, MOST_WIDTH, written_widths

MOST = 50
"""Saved views of one person on one list."""
TOO_MANY = msg("There are too many conditions to keep. Please leave some out.")


@dataclass(frozen=True)
class ViewWish:
    """What a person wants a view to be; ``shared`` is a key of :func:`core.lists.queries.circles`, or empty for oneself alone.

    ``first`` makes it the default view of that circle, or ends that; None leaves it as it is.
    """

    name: str
    shared: str = ""
    pinned: bool = False
    usual: bool = False
    first: bool | None = None


def save_view(session: Session, path: str, conditions: str, wish: ViewWish) -> ListView:
    """Keep ``conditions``, a query string, as a view of the list ``path``. Raises :class:`BadInput` and :class:`Conflict`."""
    who = actor()
    _check_room(session, path)
    view = ListView(company_id=who.company_id, employee_id=who.employee_id, path=path)
    _write(session, view, wish, conditions)
    session.add(view)
    session.flush()
    _set_first(session, view, wish.first)
    mark_view(session, view.id, pinned=wish.pinned, usual=wish.usual)
    return view


def change_view(session: Session, view_id: int, wish: ViewWish, conditions: str | None = None) -> ListView:
    """Rename, share, pin; with ``conditions`` also what it shows. Somebody else's view is only pinned and opened first.

    Shared with somebody else, or with nobody, it is nobody's default view any more.
    """
    view = seen_view(session, view_id)
    if view.employee_id == actor().employee_id:
        before = circle_of(view)
        _write(session, view, wish, view.conditions if conditions is None else conditions)
        if circle_of(view) != before:
            view.usual_since = None
        session.flush()
    _set_first(session, view, wish.first)
    mark_view(session, view_id, pinned=wish.pinned, usual=wish.usual)
    return view


def delete_view(session: Session, view_id: int) -> ListView:
    """Give up an own view, and whatever others have marked on it. :class:`NotFound` for somebody else's."""
    view = seen_view(session, view_id)
    if view.employee_id != actor().employee_id:
        raise NotFound
    with as_system(session, "what others have marked on a view that is given up"):
        for mark in session.scalars(select(ViewMark).where(ViewMark.view_id == view_id)).all():
            session.delete(mark)
    session.delete(view)
    session.flush()
    return view


def mark_view(session: Session, view_id: int, *, pinned: bool, usual: bool) -> None:
    """Pin a view that one sees, or open its list with it; one view of a list is opened first, so the others are not."""
    view, me = seen_view(session, view_id), actor()
    mark = session.scalar(select(ViewMark).where(ViewMark.view_id == view_id, ViewMark.employee_id == me.employee_id))
    if mark is None:
        if not pinned and not usual:
            return
        mark = ViewMark(company_id=me.company_id, employee_id=me.employee_id, view_id=view_id)
        session.add(mark)
    if usual:
        others = select(ViewMark).join(ListView, ListView.id == ViewMark.view_id).where(ListView.path == view.path, ViewMark.usual)
        for other in session.scalars(others.where(ViewMark.employee_id == me.employee_id, ViewMark.view_id != view_id)).all():
            other.usual = False
    mark.pinned, mark.usual = pinned, usual
    name_action(session, mark, "mark")
    session.flush()


def choose_columns(session: Session, path: str, columns: str, *, dense: bool) -> None:
    """Remember which columns of the list the person wants (names, by commas); none for those that the list has by itself."""
    habit = _habit(session, path)
    habit.columns, habit.dense = columns[:LONGEST_COLUMNS], dense
    session.flush()


def choose_card_fields(session: Session, path: str, names: str) -> None:
    """Remember which fields the cards of the board show (names, by commas); none for the cards that the board has by itself."""
    _habit(session, path).cards = names[:LONGEST_COLUMNS]
    session.flush()


def choose_view_cards(session: Session, view_id: int, names: str) -> None:
    """Let an own view keep which fields the cards of its board show (names, by commas; none for the usual ones).

    Raises :class:`NotFound` for somebody else's view, :class:`Conflict` when the view would keep too much.
    """
    view = seen_view(session, view_id)
    if view.employee_id != actor().employee_id:
        raise NotFound
    kept = [(key, value) for key, value in parse_qsl(view.conditions) if key != "cards"]
    conditions = urlencode([*kept, *([("cards", names)] if names else [])])
    if len(conditions) > LONGEST_CONDITIONS:
        raise Conflict(TOO_MANY)
    view.conditions = conditions
    session.flush()


def draw_widths(session: Session, path: str, widths: Mapping[str, int]) -> None:
    """Remember how wide the person has drawn columns of the list, in pixels; none for the widths that it has by itself.

    Raises :class:`BadInput` for a width that is too small to be read or too large for a screen.
    """
    if any(not LEAST_WIDTH <= width <= MOST_WIDTH for width in widths.values()):
        raise BadInput(msg("A column is %(least)s to %(most)s pixels wide.", least=LEAST_WIDTH, most=MOST_WIDTH))
    _habit(session, path).widths = written_widths(widths)
    session.flush()


def _habit(session: Session, path: str) -> ListHabit:
    habit = habit_of(session, path)
    if habit is None:
        habit = ListHabit(company_id=actor().company_id, employee_id=actor().employee_id, path=path)
        session.add(habit)
    return habit


def seen_view(session: Session, view_id: int) -> ListView:
    """A view that the person sees; :class:`NotFound` else."""
    view: ListView | None = session.get(ListView, view_id)
    if view is None:
        raise NotFound
    return view


def _check_room(session: Session, path: str) -> None:
    own = select(func.count(ListView.id)).where(ListView.path == path, ListView.employee_id == actor().employee_id)
    if (session.scalar(own) or 0) >= MOST:
        raise Conflict(msg("You already have %(most)s views of this list. Please delete one that you no longer need.", most=MOST))


def _write(session: Session, view: ListView, wish: ViewWish, conditions: str) -> None:
    """Write what the author wants; raises :class:`BadInput` for each wrong answer at once."""
    name, wrong = " ".join(wish.name.split()), {}
    if sentence := _about_name(session, view, name):
        wrong["name"] = sentence
    if len(conditions) > LONGEST_CONDITIONS:
        wrong["name"] = TOO_MANY
    kind, _, number = wish.shared.partition("-")
    if wish.shared and wish.shared != circle_of(view) and wish.shared not in circles(session):
        wrong["shared"] = msg("You may share with your own department, those that you lead, and your own roles.")
    elif wish.first and not wish.shared:
        wrong["first"] = msg("Please choose above whose default view this is to be.")
    if wrong:
        raise BadInput(fields=wrong)
    view.name, view.conditions = name, conditions
    view.department_id = int(number) if kind == SHARED_BY_DEPARTMENT else None
    view.role_id = int(number) if wish.shared and kind != SHARED_BY_DEPARTMENT else None


def circle_of(view: ListView) -> str:
    """Whom the view is shared with, as a key of :func:`core.lists.queries.circles`; empty for nobody."""
    if view.department_id:
        return f"{SHARED_BY_DEPARTMENT}-{view.department_id}"
    return f"{SHARED_BY_ROLE}-{view.role_id}" if view.role_id else ""


def _set_first(session: Session, view: ListView, first: bool | None) -> None:
    """Make the view the only default one of its circle on its list, or end that; raises :class:`BadInput` for a circle of others."""
    if first is None or first == (view.usual_since is not None):
        return
    if circle_of(view) not in governed(session):
        raise BadInput(fields={"first": msg("You may not set the default view of this department or role. Please ask its head.")})
    if first:
        circle = (ListView.department_id == view.department_id) if view.department_id else (ListView.role_id == view.role_id)
        with as_system(session, "the default view that another one takes the place of"):
            others = select(ListView).where(ListView.company_id == view.company_id, ListView.path == view.path, circle)
            for other in session.scalars(others.where(ListView.usual_since.is_not(None), ListView.id != view.id)).all():
                other.usual_since = None
                name_action(session, other, "end_default")
    view.usual_since = now() if first else None
    name_action(session, view, "set_default" if first else "end_default")
    session.flush()


def _about_name(session: Session, view: ListView, name: str) -> Message | None:
    if not name or len(name) > LONGEST_NAME:
        return msg("Please give the view a name of up to %(most)s characters.", most=LONGEST_NAME)
    same = select(ListView.id).where(ListView.path == view.path, ListView.employee_id == actor().employee_id, ListView.name == name)
    with session.no_autoflush:
        found = session.scalars(same).first()
    return msg("You have a view of this name already. Please choose another.") if found not in (None, view.id) else None
