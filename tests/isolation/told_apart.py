"""Whether pages tell two worlds apart that differ in nothing but hidden fields, whatever kind of value these hold.

A state, a yes or a day of this week cannot be found on a page as a text can that stands nowhere else. So each page is asked for twice: once
over values that are rare (``RARE``), once over others in the hidden fields alone. Nothing on it may differ; what is not hidden is found on
it by its rare value, which shows that it would have been.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from sqlalchemy import UniqueConstraint, update

from core.database.fields import TEXTS, Field
from core.extension.calling import registry
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer
from tests.isolation.covered import Asked

RARE: Mapping[str, tuple[Any, Any]] = {
    "money": (Decimal("7654321.09"), Decimal("4210987.65")),
    "quantity": (Decimal("73.1973"), Decimal("64.2864")),
    "integer": (4, 2),
    "date": (date(2131, 9, 17), date(2142, 10, 19)),
    "moment": (datetime(2131, 9, 17, 3, 17, tzinfo=UTC), datetime(2142, 10, 19, 4, 19, tzinfo=UTC)),
    "flag": (True, False),
}
FOUND = {
    "money": re.compile(r"7,?654,?321\.09|(?<!\d)765432109(?!\d)"),
    "quantity": re.compile(r"73\.1973"),
    "date": re.compile(r"2131-09-17|2131年9月17日|Sep 17, 2131"),
    "moment": re.compile(r"2131-09-17|2131年9月17日|Sep 17, 2131"),
}
"""How the first of both values is written on a page."""
PAGES = {"detail": "", "history": "?tab=history", "timeline": "?tab=timeline", "form": "/edit"}
OF_MANY = {"list": "?size=100", "choices": "choices?size=100", "board": "board", "calendar": "calendar", "cards": "cards", "chart": "chart"}
OF_THE_REQUEST = re.compile(r'[\w.-]{20,}|name="row" value="\d+"')
"""What differs with each request: tokens, and the number of the trail's row, which PostgreSQL draws anew after a roll-back too."""
STEERING = frozenset({"state", "review", "owner", "department"})
"""What says which verbs there are: whoever sees the record sees these."""


class Apart:
    """One role and kind of record, over two worlds."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.pairs, self.moment = asked, dict(_pairs(asked)), now()

    @property
    def gone(self) -> frozenset[str]:
        """The hidden fields that have other values in the second world."""
        return self.asked.gone & self.pairs.keys()

    def found(self, answer: Answer) -> set[str]:
        """Kinds of fields that are not hidden whose rare value stands in the answer."""
        kinds = {self.asked.noun.fields[name].kind for name in self.pairs.keys() - self.asked.hidden}
        return {kind for kind in kinds & FOUND.keys() if FOUND[kind].search(answer.text)}

    def told(self, pages: Mapping[str, str], *, turned: bool = False) -> dict[str, Answer]:
        """What each channel of ``pages`` answers, by the end of its address: over rare values, or over the others in the hidden fields."""
        asked = self.asked
        caller = asked.callers.by_session(asked.person)
        with unwritten(asked.callers.database), patch("core.kernel.clock.present", lambda: self.moment):
            self._write(self.gone if turned else frozenset())
            return {channel: caller.ask("GET", self._address(channel, end)) for channel, end in pages.items()}

    def _address(self, channel: str, end: str) -> str:
        """The whole address: that of a page elsewhere is whole already."""
        if end.startswith("/") and channel not in PAGES:
            return end
        base = f"/{self.asked.noun.path}/"
        return base + end if channel in OF_MANY else f"{base}{self.asked.callers.house.ids[self.asked.thing.key]}{end}"

    def _write(self, turned: frozenset[str]) -> None:
        """Through the mapped class, so that the trail tells of it: what the history shows is compared too."""
        asked, model = self.asked, self.asked.noun.model
        company, pk = asked.callers.house.ids[f"core_company:{asked.thing.slug}"], asked.callers.house.ids[asked.thing.key]
        columns = {name: f"{name}_id" if asked.noun.fields[name].kind == "reference" else name for name in self.pairs}
        # The other value first, by no door, so that the trail has one change of each field in both worlds.
        before = {columns[name]: pair[name not in turned] for name, pair in self.pairs.items()}
        connection: Any = asked.callers.database.engine
        if before:
            connection.execute(update(model.__table__).where(model.__table__.c.id == pk).values(before))
        with acting_as(System("two worlds of the tests", company)), asked.callers.database.transaction() as session:
            record = session.get_one(model, pk)
            for name, pair in self.pairs.items():
                setattr(record, columns[name], pair[name in turned])


def _pairs(asked: Asked) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Each field that can hold either of two values, with both."""
    for name, declared in asked.noun.fields.items():
        pair = _pair(asked, name, declared)
        if pair is not None:
            yield name, pair


def _pair(asked: Asked, name: str, declared: Field) -> tuple[Any, Any] | None:
    model = asked.noun.model
    if name in (*STEERING, model.__parent__ if hasattr(model, "__parent__") else "") or declared.kind in TEXTS:
        return None
    if (name not in asked.gone and declared.kind not in FOUND) or {name, f"{name}_id"} & _once(model):
        return None
    if declared.kind == "reference":
        near = [one for one in sorted(asked.callers.house.seen(asked.person, declared.target)) if one != asked.thing.key]
        ids = [asked.callers.house.ids[key] for key in near if asked.callers.house.things[key].slug == asked.thing.slug]
        return (ids[0], ids[-1]) if len(ids) > 1 else None
    if declared.choices is not None:
        values = list(declared.choices)
        return (values[0], values[-1]) if len(values) > 1 else None
    if declared.kind == "code":
        codes = [code for code, _ in registry().code_lists[declared.code_list].entries]
        return (codes[0], codes[-1]) if len(codes) > 1 else None
    return RARE.get(declared.kind)


def _once(model: Any) -> set[str]:
    """Columns that no two records may share."""
    uniques = (one for one in model.__table__.constraints if isinstance(one, UniqueConstraint))
    return {column.key for one in uniques for column in one.columns}


def difference(one: Answer, other: Answer) -> str:
    """The first lines in which both answers differ but for their tokens; nothing when they are alike."""
    if one.status == other.status and one.status != 200:
        return ""  # an error page carries the number of its request
    first, second = (OF_THE_REQUEST.sub("", answer.body).replace(">", ">\n").splitlines() for answer in (one, other))
    if one.status == other.status and first == second:
        return ""
    changed = [line.strip() for line in difflib.unified_diff(first, second, n=0, lineterm="") if not line.startswith(("+++", "---", "@@"))]
    return f"{one.status} {other.status} " + " | ".join(changed[:8])[:600]
