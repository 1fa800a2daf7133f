"""Days by which something has to be done: stated once beside a noun, told by its lists, pages, board and calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from core.access.field_rights import access_to, may_query
from core.database.covering import OPEN
from core.kernel.acting import acting
from core.kernel.clock import now, today
from core.web.pages import Settled


@dataclass(frozen=True, eq=False)
class Due:
    """A day or moment by which something has to be done: the field ``name``, for as long as everything in ``waits`` holds.

    ``waits`` leads from a field to the values with which the day still matters, None among them where it may be empty:
    ``{"state": UNDONE}``. The field may lie behind a reference (``contract.state``); a text instead of the values names another
    field that has to hold the same. Without ``waits`` the day matters as long as it is given.
    """

    name: str
    waits: Mapping[str, Sequence[Any] | str] = field(default_factory=dict)

    @property
    def references(self) -> tuple[str, ...]:
        """References that a record is asked through, so that a list loads them together."""
        return tuple(dict.fromkeys(path.split(".")[0] for path in self._paths() if "." in path))

    def matters(self, record: Any) -> bool:
        """Whether the day still counts for ``record``; what lies behind a record that nobody sees does not."""
        return all(_holds(record, path, wanted) for path, wanted in self.waits.items())

    def condition(self, model: Any) -> ColumnElement[bool]:
        """The same as :meth:`matters`, for a statement over ``model``."""
        return and_(true(), *(_asked(model, path, wanted) for path, wanted in self.waits.items()))

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

    def told(self, record: Any, value: Any) -> Any:
        """``value`` of the field as it stands; :class:`Settled` where it does not matter any more, or where the person may not know."""
        return self.teller(type(record), lambda _: value)(record)

    def teller(self, model: Any, tell: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """``tell``, as :meth:`told` has it, for many records of ``model``."""
        known = self.may_be_known(model)

        def told(record: Any) -> Any:
            value = tell(record)
            return value if not isinstance(value, date) or (known and self.matters(record)) else Settled(value)

        return told

    def _paths(self) -> Iterator[str]:
        for path, wanted in self.waits.items():
            yield path
            if isinstance(wanted, str):
                yield wanted


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
