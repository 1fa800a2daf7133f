"""Writing what a role may not write: by form, in place, for many at once, and over REST; what is stored afterwards tells who was let.

At each door a field that nobody has denied is written first, where the business lets the person write it: a door that refuses everything
proves nothing. All of it is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.database.fields import Field
from core.kernel.errors import BadInput, Malformed
from core.web.values import load
from tests.evidence import Evidence
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer, Callers
from tests.isolation.declared import Person
from tests.isolation.reference import Thing
from tests.isolation.sending import SKIPPED, value_for

DOORS = ("form", "in place", "many", "REST")
REASON = "as the customer has told us"


class Writing:
    """One person in front of one record, of which some fields may not be written."""

    def __init__(self, callers: Callers, who: Person, noun: Any, thing: Thing, evidence: Evidence, called: str) -> None:
        self.callers, self.who, self.noun, self.thing, self.evidence, self.called = callers, who, noun, thing, evidence, called
        self.pk = callers.house.ids[thing.key]

    def judge(self, denied: Mapping[str, str], free: list[str]) -> None:
        """``denied`` are fields with what is said of them; ``free`` those that nobody has said anything of."""
        for door in DOORS:
            control = next((name for name in free if self._changes(door, name)), None)
            if control is not None:
                self.evidence.positive(self._item(door, control, "free"), self.noun.plugin)
            for name, level in denied.items():
                self._refused(door, name, level)

    def _refused(self, door: str, name: str, level: str) -> None:
        value = self._value(name)
        if value is None:
            return
        with unwritten(self.callers.database):
            answer = self._send(door, name, value)
            written = self._written(door, answer, name, value)
        item = self._item(door, name, level)
        if written:
            self.evidence.failed(item, f"is written, answered {answer.status}", self.noun.plugin)
        elif answer.status >= 500:
            self.evidence.failed(item, f"answered {answer.status}", self.noun.plugin)
        else:
            self.evidence.refused(item, self.noun.plugin)

    def _changes(self, door: str, name: str) -> bool:
        """Whether the door writes the field; it never happened."""
        value = self._value(name)
        if value is None:
            return False
        with unwritten(self.callers.database):
            return self._written(door, self._send(door, name, value), name, value)

    def _written(self, door: str, answer: Answer, name: str, value: str) -> bool:
        """REST says it by its answer: what a program writes is taken back here together with its sign-in."""
        return answer.status == 200 if door == "REST" else self._holds(name, value)

    def _send(self, door: str, name: str, value: str) -> Answer:
        version, path = str(self._version()), f"/{self.noun.path}/{self.pk}"
        sent = {name: value, "version": version, "change_reason": REASON}
        if door == "REST":
            caller = self.callers.by_token(self.who)
            return caller.ask("PUT", f"/api/v1{path}", sent={name: value, "version": int(version), "change_reason": REASON})
        caller = self.callers.by_session(self.who)
        if door == "many":
            more = {"id": f"{self.pk}-{version}", "step": "run", name: value, "change_reason": REASON}
            return caller.ask("POST", f"/{self.noun.path}/bulk/change?field={name}", form=more)
        return caller.ask("POST", f"{path}/edit" if door == "form" else f"{path}/field/{name}", form=sent)

    def _value(self, name: str) -> str | None:
        """What is sent for the field: another value than the stored one; None where there is none."""
        declared: Field = self.noun.fields[name]
        if name in SKIPPED:
            return None
        value = value_for(self.callers.house, self.who, declared, self.thing)
        try:
            return None if self._holds(name, value) else value
        except (BadInput, Malformed):  # a kind with rules of its own
            return None

    def _holds(self, name: str, value: str) -> bool:
        """Whether this very value is stored; what the business computes anew at any change is not meant."""
        return str(load((self.noun.fields[name],), {name: value}).get(name)) == str(self._stored(name))

    def _stored(self, name: str) -> Any:
        declared = self.noun.fields[name]
        return self._read(getattr(self.noun.model, f"{name}_id" if declared.kind == "reference" else name))

    def _version(self) -> Any:
        return self._read(self.noun.model.version)

    def _read(self, column: Any) -> Any:
        session = self.callers.database.identity()
        found = session.execute(select(column).where(self.noun.model.id == self.pk)).scalar()
        self.callers.database.release()
        return found

    def _item(self, door: str, name: str, level: str) -> str:
        return f"{self.called} {self.noun.path}.{name} write {door} {level}"
