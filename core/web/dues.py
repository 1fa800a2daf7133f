"""Days by which something has to be done: stated once beside a noun, told by its lists, pages, board and calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import object_session

from core.access.field_rights import access_to, may_query
from core.database.covering import OPEN
from core.kernel.acting import acting
from core.kernel.choices import Choice
from core.kernel.clock import now, today
from core.kernel.words import Message
from core.web.pages import Noted, Settled

Done = tuple[Any, Any]
"""How much is done, of how much."""
Ask = Callable[[Any], Done | None]
"""What tells it of a record; None where nobody knows."""


@dataclass(frozen=True, eq=False)
class Progress:
    """How much of what is due has been done, where no field of the record says so but somebody else knows.

    ``done()`` is that much of the field ``whole``, as an expression over the model; None where nobody who is on knows. REST calls it
    ``name``, and what is left of it ``left``; ``told(done, whole)`` are the words beside the day on a record's own page, once something
    is done. Lists have columns of their own for both, ``label`` and ``left_label``, and mark by ``finished`` what is done altogether.
    """

    name: str
    left: str
    whole: str
    done: Callable[[], ColumnElement[Any] | None]
    told: Callable[[Any, Any], Message]
    label: Message
    left_label: Message
    finished: Message

    def asked(self, model: Any) -> ColumnElement[Any] | None:
        """The expression, as far as the person may know the whole."""
        return self.done() if access_to(acting(), model, self.whole) in OPEN else None

    def asker(self, model: Any) -> Ask:
        """What tells it of many records of ``model``: all that their session has loaded are asked for by one statement."""
        asked = self.asked(model)
        known: dict[int, Done] = {}

        def ask(record: Any) -> Done | None:
            session = object_session(record)
            if asked is None or session is None:
                return None
            if record.id not in known:
                loaded = (state.key[1][0] for state in session.identity_map.all_states() if state.key and state.class_ is model)
                rows = session.execute(
                    select(model.id, asked, getattr(model, self.whole)).where(model.id.in_(sorted({record.id, *loaded})))
                )
                known.update({one: (done, whole) for one, done, whole in rows})
            return known.get(record.id)

        return ask


@dataclass(frozen=True, eq=False)
class Due:
    """A day or moment by which something has to be done: the field ``name``, for as long as everything in ``waits`` holds.

    ``waits`` leads from a field to the values with which the day still matters, None among them where it may be empty:
    ``{"state": UNDONE}``. The field may lie behind a reference (``contract.state``); a text instead of the values names another
    field that has to hold the same. Without ``waits`` the day matters as long as it is given. What ``progress`` knows to be done
    altogether does not matter any more either. ``mark`` is the tag that says the same once the day has passed: a card tells it once.
    A ``passing`` day means nothing once it does not matter, and is not shown then; any other stays, told as a day like others.
    """

    name: str
    waits: Mapping[str, Sequence[Any] | str] = field(default_factory=dict)
    progress: Progress | None = None
    mark: Choice | None = None
    passing: bool = False

    @property
    def references(self) -> tuple[str, ...]:
        """References that a record is asked through, so that a list loads them together."""
        return tuple(dict.fromkeys(path.split(".")[0] for path in self._paths() if "." in path))

    def matters(self, record: Any) -> bool:
        """Whether the day still counts for ``record``; what lies behind a record that nobody sees does not."""
        return self.waited_for(record) and not is_done(self._asker(type(record))(record))

    def condition(self, model: Any) -> ColumnElement[bool]:
        """The same as :meth:`matters`, for a statement over ``model``."""
        return and_(self.undone(model), *(_asked(model, path, wanted) for path, wanted in self.waits.items()))

    def undone(self, model: Any) -> ColumnElement[bool]:
        """Records of ``model`` of which nobody knows that all is done."""
        done = self.progress.asked(model) if self.progress is not None else None
        return true() if self.progress is None or done is None else func.coalesce(done, 0) < getattr(model, self.progress.whole)

    def late(self, model: Any) -> ColumnElement[bool]:
        """Records of ``model`` whose day has passed and still counts."""
        column = getattr(model, self.name)
        return and_(column < (now() if model.fields()[self.name].kind == "moment" else today()), self.condition(model))

    def may_be_known(self, model: Any) -> bool:
        """Whether the person may read all that tells that something is late: red would tell it."""
        who = acting()
        return all(access_to(who, *_end_of(model, path)) in OPEN for path in self._paths())

    def may_be_asked(self, model: Any) -> bool:
        """Whether the person may be shown an answer that depends on it."""
        who = acting()
        return all(may_query(who, *_end_of(model, path)) for path in (self.name, *self._paths()))

    def counts(self, record: Any) -> bool:
        """Whether the day still matters, and the person may know that."""
        return self.may_be_known(type(record)) and self.matters(record)

    def teller(self, model: Any, tell: Callable[[Any], Any], ask: Ask | None = None) -> Callable[[Any], Any]:
        """``tell`` for many records of ``model``: the day as it stands, :class:`Settled` where it does not count (:meth:`counts`).

        How much is done stands beside it (:class:`Noted`), unless ``ask`` is given: whoever has asked shows that elsewhere. A day that is
        ``passing`` is left out where it does not count, if the person may know that.
        """
        known, noted, ask = self.may_be_known(model), ask is None, ask or self._asker(model)

        def told(record: Any) -> Any:
            value = tell(record)
            if not isinstance(value, date):
                return value
            done = ask(record)
            matters = not is_done(done) and self.waited_for(record)
            if self.passing and known and not matters:
                return None
            day = value if known and matters else Settled(value)
            return Noted(day, self.progress.told(*done)) if noted and self.progress is not None and done is not None and done[0] else day

        return told

    def waited_for(self, record: Any) -> bool:
        """Whether everything holds that the day waits for, whatever has been done."""
        return all(_holds(record, path, wanted) for path, wanted in self.waits.items())

    def _asker(self, model: Any) -> Ask:
        return self.progress.asker(model) if self.progress is not None else lambda _: None

    def _paths(self) -> Iterator[str]:
        for path, wanted in self.waits.items():
            yield path
            if isinstance(wanted, str):
                yield wanted


def is_done(done: Done | None) -> bool:
    """Whether all is done."""
    return done is not None and done[0] is not None and done[1] is not None and done[0] >= done[1]


def _value(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = getattr(record, name) if record is not None else None
    return record


def _holds(record: Any, path: str, wanted: Sequence[Any] | str) -> bool:
    *way, _ = path.split(".")
    if way and _value(record, way[0]) is None:
        return False
    value = _value(record, path)
    return bool(value == _value(record, wanted)) if isinstance(wanted, str) else value in wanted


def _asked(model: Any, path: str, wanted: Sequence[Any] | str) -> ColumnElement[bool]:
    way, _, name = path.rpartition(".")
    if isinstance(wanted, str):
        parent, _, other = wanted.rpartition(".")
        target = getattr(model, parent).property.mapper.class_ if parent else model
        same: ColumnElement[bool] = getattr(target, other) == getattr(model, path)
        return getattr(model, parent).has(same) if parent else same
    target = getattr(model, way).property.mapper.class_ if way else model
    column = getattr(target, name)
    given = [one for one in wanted if one is not None]
    found = or_(column.in_(given), column.is_(None)) if None in wanted and given else column.in_(given) if given else column.is_(None)
    return getattr(model, way).has(found) if way else found


def _end_of(model: Any, path: str) -> tuple[Any, str]:
    """Class and name of the field that the path ends at."""
    way, _, name = path.rpartition(".")
    return (getattr(model, way).property.mapper.class_ if way else model), name
