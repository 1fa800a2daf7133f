"""An example of every noun, made from its declaration. What a declaration cannot know stands in ``tests/plugins/NAME/examples.py``:
``VALUES`` (path to values by field, as REST takes them, or to what makes one of these examples) and ``AFTER`` (path to what happens once
the record is there)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.access.offering import allowed_verbs
from core.database.fields import Field
from core.extension.calling import registry
from core.kernel.acting import Actor
from core.kernel.clock import now, today
from core.web.input import declared_for, read_json
from core.web.nouns import Act, Noun, Nouns
from tests.conformance.enumerated import NAMES, ROOT
from tests.world import World

FIRST = "sales.east1"
PLAIN: Mapping[str, Callable[[Field, int], Any]] = {
    "text": lambda field, number: f"例{number} {field.name}"[: field.max_length],
    "long_text": lambda field, number: f"第一行 {number}\n第二行",
    "email": lambda field, number: f"example{number}@example.com",
    "phone": lambda field, number: f"0512-6688{number:04d}",
    "integer": lambda field, number: 1 + number % 5,
    "quantity": lambda field, number: f"{number % 90}.25",  # a percentage too
    "money": lambda field, number: f"{number}00.50",
    "date": lambda field, number: str(today() + timedelta(days=7 + number)),
    "moment": lambda field, number: (now() - timedelta(hours=1)).isoformat(),
    "choice": lambda field, number: str(next(iter(field.choices or ())).value),
    "code": lambda field, number: registry().code_lists[field.code_list].entries[0][0],
    "flag": lambda field, number: True,
}


def own_examples(what: str) -> dict[str, Any]:
    """``VALUES`` or ``AFTER`` of all plugins, by path."""
    found: dict[str, Any] = {}
    for name in NAMES:
        if Path(ROOT / "tests" / "plugins" / name / "examples.py").exists():
            found |= getattr(importlib.import_module(f"tests.plugins.{name}.examples"), what, {})
    return found


class Examples:
    """Makes records of any noun through its verb, and what they refer to before them; a second set counts on from its own number."""

    def __init__(self, world: World, nouns: Nouns, *, numbered_from: int = 0) -> None:
        self.world, self.nouns = world, nouns
        self._values, self._after = own_examples("VALUES"), own_examples("AFTER")
        self._made: dict[str, int] = {}
        self._actors: dict[str, Actor] = {}
        self._able: dict[tuple[str, str], list[str]] = {}
        self._number = numbered_from

    def able(self, noun: Noun, verb: str) -> list[str]:
        """Everybody who may do ``verb`` with ``noun``, the first salesperson first.

        Looked up once: a walk asks thousands of times, and rights lie in the database.
        """
        asked = (noun.resource, verb)
        if asked not in self._able:
            people = [FIRST, *(name for name in self.world.employees if name != FIRST)]
            self._able[asked] = [name for name in people if self._actor(name).may(noun.resource, verb)]
        return self._able[asked]

    def _actor(self, name: str) -> Actor:
        if name not in self._actors:
            self._actors[name] = self.world.actor(name)
        return self._actors[name]

    def account(self, noun: Noun, verb: str = "create") -> str:
        """Somebody who may do ``verb`` with ``noun``, and change it where that is possible."""
        able = self.able(noun, verb)
        changing = able if noun.change is None else [name for name in able if name in self.able(noun, "update")]
        return (changing or able)[0]

    def in_charge(self, noun: Noun, act: Act, record_id: int) -> str:
        """The first who may run the verb with this very record."""
        for account in self.able(noun, act.right):
            with self.world.reading(account) as session:
                record = session.get(noun.model, record_id)
                if record is not None and act.right in allowed_verbs(session, record, [act.right]):
                    return account
        raise AssertionError(f"nobody may {act.verb} {noun.path}")

    def raw(self, noun: Noun, *, whole: bool = True) -> dict[str, Any]:
        """Values as REST takes them: every field that may be written, or only what must be."""
        self._number += 1
        values = {
            name: self.value(noun, field)
            for name, field in declared_for(noun, creating=True).items()
            if field.required or (whole and field.kind != "reference")
        }
        if noun.lines is not None and noun.line_model is not None:
            declared = noun.line_model.fields()
            values[noun.lines[0]] = [{column: self.value(noun, declared[column]) for column in noun.lines[1]}]
        own = [name for name in self._values.get(noun.path, {}) if whole or name in values]
        return values | {name: self.own_value(noun, name) for name in own}

    def own_value(self, noun: Noun, name: str) -> Any:
        """What the plugin's own examples give the field; None where its declaration says enough."""
        value = self._values.get(noun.path, {}).get(name)
        return value(self) if callable(value) else value

    def next_number(self) -> int:
        """A number that no other example has."""
        self._number += 1
        return self._number

    def value(self, noun: Noun, field: Field) -> Any:
        """A value that fits the field, as REST takes it."""
        if field.kind != "reference":
            return PLAIN[field.kind](field, self._number)
        if field.target == "core_employee":
            return self.world.employees[self.account(noun)].id
        if field.target == "core_department":
            return self.world.employees[self.account(noun)].department_id
        return self.one(self.nouns.by_table[field.target])

    def one(self, noun: Noun) -> int:
        """Id of an example that is made once and may be referred to."""
        if noun.path not in self._made:
            self._made[noun.path] = self.fresh(noun)
        return self._made[noun.path]

    def fresh(self, noun: Noun) -> int:
        """Id of a new example."""
        assert noun.create is not None
        raw = self.raw(noun)
        with self.world.use_case(self.account(noun)) as session:
            record_id = int(noun.create(session, read_json(noun, raw, creating=True)).id)
        if noun.path in self._after:
            self._after[noun.path](self.world, record_id)
        return record_id

    def stored(self, noun: Noun, record_id: int) -> dict[str, Any]:
        """All columns of a record as the database has them, its version and times left out."""
        with self.world.reading(self.account(noun, "read")) as session:
            record = session.get(noun.model, record_id)
            assert record is not None
            columns = noun.model.__table__.columns.keys()
            return {name: getattr(record, name) for name in columns if name not in ("version", "updated_at")}

    def version(self, noun: Noun, record_id: int) -> int:
        """The present version of a record."""
        with self.world.reading(self.account(noun, "read")) as session:
            return int(session.get(noun.model, record_id).version)
