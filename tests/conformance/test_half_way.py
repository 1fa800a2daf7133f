"""What breaks within a use case, at its beginning or in its last moment, leaves nothing of it, whichever door it came by (design 3.4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from core.database.sessions import GuardedSession
from core.web.nouns import Noun
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import business, sentences
from tests.conformance.doors import TAKEN, ClientFor, Door, Doors
from tests.conformance.enumerated import LOOKED_AT, NAMES, looked_at
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.sizes import sized
from tests.world import World

MOMENTS = {"after it has written": "after_flush", "when all is written": "before_commit"}
STEP = {"sqlite": sized(2, 1), "postgres": sized(3, 1)}
"""In CI a part of the nouns."""


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
        for door in Doors(examples, noun, (client_for, token_client_for)).all():
            _tried(evidence, world, noun, door)
    evidence.close()


def _tried(evidence: Evidence, world: World, noun: Noun, door: Door) -> None:
    """The door with what breaks at each moment, and then, as the control, with what breaks nowhere."""
    send = door.ready()
    before, item, told = business(world), f"{noun.path}: {door.name}", dict[str, str]()
    for words, moment in MOMENTS.items():
        with breaking(moment) as broken:
            told[words] = wrong_with(send(), broken)
    changed = [table for table, rows in business(world).items() if rows != before[table]]
    left = f"left something in {', '.join(changed)}" if changed else ""
    for words, why in told.items():
        if why or left:
            evidence.failed(f"{item} broken {words}", why or left, noun.plugin)
        else:
            evidence.refused(f"{item} broken {words}", noun.plugin)
    answer = send()
    if answer.status_code in TAKEN:
        evidence.positive(f"{item} that breaks nowhere", noun.plugin)
    else:
        evidence.failed(f"{item} that breaks nowhere", f"answered {answer.status_code} {answer.text[:300]}", noun.plugin)
