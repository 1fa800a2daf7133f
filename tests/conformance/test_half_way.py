"""What breaks within a use case, at its beginning or in its last moment, leaves nothing of it, whichever door it came by (design 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from core.database.sessions import GuardedSession
from core.kernel.acting import acting_as
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import business, sentences
from tests.conformance.enumerated import LOOKED_AT, NAMES, looked_at
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.sizes import sized
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
MOMENTS = {"after it has written": "after_flush", "when all is written": "before_commit"}
TAKEN = (200, 201, 303)
STEP = {"sqlite": sized(2, 1), "postgres": sized(3, 1)}
"""In CI a part of the nouns."""


class Door(NamedTuple):
    """A way to change something; ``send`` goes through it, always with the same values."""

    name: str
    send: Callable[[], TestResponse]


@contextmanager
def breaking(moment: str) -> Iterator[list[str]]:
    """Every use case fails at ``moment`` with what nobody foresaw; the list holds one entry for each that came so far."""
    broken: list[str] = []

    def fail(session: GuardedSession, *_: Any) -> None:
        if session.info.get("in_use_case"):
            broken.append(moment)
            raise RuntimeError("broken on purpose")

    event.listen(GuardedSession, moment, fail)
    try:
        yield broken
    finally:
        event.remove(GuardedSession, moment, fail)


class Walk:
    """Goes through the doors of one noun."""

    def __init__(self, examples: Examples, noun: Noun, clients: tuple[ClientFor, ClientFor]) -> None:
        self.examples, self.noun, self.clients = examples, noun, clients
        self.rest = f"/api/v1/{noun.path}"

    def doors(self) -> Iterator[Door]:
        """Creating, changing and deleting, by form and by REST; each record is another one."""
        yield Door("a form that creates", self._creating_by_form())
        yield Door("POST", self._creating_by_program())
        if self.noun.change is not None:
            yield Door("a form that changes", self._changing(by_form=True))
            yield Door("PUT", self._changing(by_form=False))
        if self.noun.delete is not None:
            yield Door("DELETE", self._deleting())

    def _creating_by_form(self) -> Callable[[], TestResponse]:
        account = self.examples.account(self.noun)
        sent, browser = typed(self.noun, self.examples.raw(self.noun)), self.clients[0](account)
        return lambda: browser.post(f"/{self.noun.path}/add", data=sent)

    def _creating_by_program(self) -> Callable[[], TestResponse]:
        sent, program = self.examples.raw(self.noun), self.clients[1](self.examples.account(self.noun))
        return lambda: program.post(f"{self.rest}/", json=sent)

    def _changing(self, *, by_form: bool) -> Callable[[], TestResponse]:
        account, record_id = self.examples.account(self.noun, "update"), self.examples.fresh(self.noun)
        with acting_as(self.examples.world.actor(account)):
            texts = [name for name, field in declared_for(self.noun, creating=False).items() if field.kind in ("text", "long_text")]
        sent = {texts[0]: f"改过的文字 {self.examples.next_number()}", "version": self.examples.version(self.noun, record_id)}
        if by_form:
            browser = self.clients[0](account)
            return lambda: browser.post(f"/{self.noun.path}/{record_id}/edit", data=sent)
        program = self.clients[1](account)
        return lambda: program.put(f"{self.rest}/{record_id}", json=sent)

    def _deleting(self) -> Callable[[], TestResponse]:
        account, record_id = self.examples.account(self.noun, "delete"), self.examples.fresh(self.noun)
        program, version = self.clients[1](account), self.examples.version(self.noun, record_id)
        return lambda: program.delete(f"{self.rest}/{record_id}?version={version}")


def typed(noun: Noun, values: dict[str, Any]) -> dict[str, str]:
    """Values of REST as the form of the noun sends them."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, list):
            found |= {f"{name}-{place}-{column}": str(one) for place, row in enumerate(value) for column, one in row.items()}
        elif isinstance(value, bool):
            found |= {f"{name}-shown": "1"} | ({name: "1"} if value else {})
        else:
            found[name] = "" if value is None else str(value)
    return found


def wrong_with(answer: TestResponse, broken: list[str]) -> str:
    """What is wrong with the answer to a use case that broke; nothing when it says in one sentence that nothing was changed."""
    if not broken:
        return f"never came so far: {answer.status_code} {answer.text[:300]}"
    if answer.status_code != 500:
        return f"answered {answer.status_code}"
    said = sentences(answer)
    return "" if said and "没有任何数据被更改" in said[0] and not unclear(said[0], "zh_CN") else f"says {said}"


@pytest.mark.evidence("half-way-{database_kind}")
def test_what_breaks_half_way_leaves_nothing_and_says_so(
    application: Flask, world: World, client_for: ClientFor, token_client_for: ClientFor, database_kind: str
) -> None:
    nouns, evidence = application.extensions["keguan"].nouns, Evidence(f"half-way-{database_kind}", LOOKED_AT)
    examples = Examples(world, nouns)
    ours = looked_at(noun for noun in nouns.by_path.values() if noun.create is not None and noun.plugin != "core")
    for noun in ours[:: 1 if LOOKED_AT != NAMES else STEP[database_kind]]:
        for door in Walk(examples, noun, (client_for, token_client_for)).doors():
            _tried(evidence, world, noun, door)
    evidence.close()


def _tried(evidence: Evidence, world: World, noun: Noun, door: Door) -> None:
    """The door with what breaks at each moment, and then, as the control, with what breaks nowhere."""
    before, item, told = business(world), f"{noun.path}: {door.name}", dict[str, str]()
    for words, moment in MOMENTS.items():
        with breaking(moment) as broken:
            told[words] = wrong_with(door.send(), broken)
    changed = [table for table, rows in business(world).items() if rows != before[table]]
    left = f"left something in {', '.join(changed)}" if changed else ""
    for words, why in told.items():
        if why or left:
            evidence.failed(f"{item} broken {words}", why or left, noun.plugin)
        else:
            evidence.refused(f"{item} broken {words}", noun.plugin)
    answer = door.send()
    if answer.status_code in TAKEN:
        evidence.positive(f"{item} that breaks nowhere", noun.plugin)
    else:
        evidence.failed(f"{item} that breaks nowhere", f"answered {answer.status_code} {answer.text[:300]}", noun.plugin)
