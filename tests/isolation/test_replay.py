"""Two worlds that differ only in what a person may not see answer that person the same, to the letter (R-441, security.md A2)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pytest
import time_machine

from core.kernel.clock import now
from tests.conformance.enumerated import LOOKED_AT, in_sight
from tests.evidence import Evidence
from tests.isolation.asking import Curious, Request
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer, Caller, Callers
from tests.isolation.declared import PEOPLE, Person, person
from tests.isolation.routes import routes_of
from tests.isolation.worlds import OtherWorld
from tests.sizes import sized

ACTORS = (
    "east1@first",
    "east2@first",
    "head.east@first",
    "leader@first",
    "contracts@first",
    "sharer@first",
    "both@second",
    "project@first",
    "deputy@first",
)
EACH = sized(45, 140)
"""Requests for each person."""
SEED = int(os.environ.get("KEGUAN_SEED", "20261122"))
NONCE = re.compile(r"'nonce-([\w+/=-]+)'")
DIGITS = re.compile(r"(\d+)")
MADE_BY_PROGRAMS = ("post", "bulk", "add_comment")
"""Functions of REST that make something and say its id."""
MAKING = ("add", "bulk", "new_view")
"""Functions of pages that make something and lead to it: a record, a change of many records, a view of a list."""
PASSING = re.compile(r"\b[0-9a-f]{8}\b|\bI[\w-]{40,}\.[\w-]+\.[\w-]+")
"""Numbers of errors and tokens of forms, which are drawn afresh for every answer."""


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """Both worlds are asked at the same moment."""
    with time_machine.travel(now(), tick=False):
        yield


@dataclass(frozen=True)
class Told:
    """What one answer tells: its text without what is drawn afresh, and the id of the record that the request itself has made."""

    text: str
    fresh: str = ""

    def same_as(self, other: Told) -> bool:
        """To the letter, but for the two new ids where they stand.

        They are told from other numbers by their places: a new id may look like a day or a price, as far as earlier tests have
        counted the database's own numbers up.
        """
        if not self.fresh:
            return self.text == other.text
        pairs = zip(DIGITS.split(self.text), DIGITS.split(other.text), strict=False)
        return len(DIGITS.findall(self.text)) == len(DIGITS.findall(other.text)) and all(
            left == right or (left, right) == (self.fresh, other.fresh) for left, right in pairs
        )


def _told(request: Request, answer: Answer) -> Told:
    text = f"{answer.status}\n{answer.text}"
    for nonce in set(NONCE.findall(text)):
        text = text.replace(nonce, "…")
    text, fresh = PASSING.sub("…", text), _new_id(request, answer)
    return Told(re.sub(r"Content-Length: \d+", "Content-Length: …", text) if fresh else text, fresh)  # a longer id, a longer answer


def _new_id(request: Request, answer: Answer) -> str:
    """The id of what was created: in REST the answer says it, a page redirects to it."""
    if request.route.function in MADE_BY_PROGRAMS and request.route.family == "rest" and answer.status in (201, 202):
        return str(answer.json["id"])
    found = re.search(r"(?:/|[?]view=)(\d+)(?:$|\?)", answer.header("Location")) if request.route.function in MAKING else None
    return found[1] if found else ""


def _ask(callers: Callers, caller: Caller, request: Request) -> Told:
    with unwritten(callers.database):
        if request.form is None:
            answer = caller.ask(request.route.method, request.path)
        elif request.route.family == "rest":
            answer = caller.ask(request.route.method, request.path, sent=request.form)
        else:
            answer = caller.ask(request.route.method, request.path, form=request.form)
    assert answer.status < 500, f"{request.name} answered {answer.status}"
    return _told(request, answer)


def _replay(callers: Callers, who: Person, evidence: Evidence, count_anew: Callable[[], None]) -> None:
    caller = callers.by_session(who)
    random = Random(f"{SEED} {who.key}")
    routes = [route for route in routes_of(callers.application) if in_sight(route.plugin)]
    requests = Curious(callers.house, who, routes, random).requests(EACH)
    count_anew()
    first = [_ask(callers, caller, request) for request in requests]
    count_anew()
    with unwritten(callers.database):
        assert OtherWorld(callers.keguan, callers.house, who, SEED).make() > 50, "the other world is hardly another one"
        second = [_ask(callers, caller, request) for request in requests]
    for request, one, other in zip(requests, first, second, strict=True):
        _compare(evidence, f"{who.key} {request.name}", request.route.plugin, one, other)


def _compare(evidence: Evidence, name: str, plugin: str, first: Told, second: Told) -> None:
    one, other = first.text, second.text
    if first.same_as(second):
        said = evidence.positive if one[:1] == "2" or one[:3] in ("302", "303") else evidence.refused
        said(f"{name} {one[:3]}", plugin)
        return
    at = next((number for number, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))
    evidence.failed(name, f"{one[max(0, at - 60) : at + 80]!r} became {other[max(0, at - 20) : at + 80]!r}", plugin)


@pytest.mark.requirement("R-441")
@pytest.mark.usefixtures("standing_clock")
@pytest.mark.evidence("replay-{database_kind}")
def test_what_one_may_not_see_changes_no_answer(callers: Callers, count_anew: Callable[[], None], database_kind: str) -> None:
    evidence = Evidence(f"replay-{database_kind}", LOOKED_AT)
    for key in ACTORS:
        _replay(callers, person(key), evidence, count_anew)
    evidence.close()


def test_the_replay_notices_a_difference_that_may_be_seen(callers: Callers) -> None:
    """A negative control: for somebody who sees the changed records the two worlds differ."""
    chief, east1 = person("chief@first"), next(one for one in PEOPLE if one.key == "east1@first")
    caller = callers.by_session(chief)
    before = caller.ask("GET", "/api/v1/customers/").body
    with unwritten(callers.database):
        OtherWorld(callers.keguan, callers.house, east1, SEED).make()
        after = caller.ask("GET", "/api/v1/customers/").body
    assert before != after


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (Told("id 26, due 2026-11-26", "26"), Told("id 30, due 2026-11-26", "30"), True),
        (Told("id 26, 7 pieces", "26"), Told("id 30, 8 pieces", "30"), False),
        (Told("id 26", "26"), Told("id 30 of 30", "30"), False),
        (Told("id 26"), Told("id 30"), False),
    ],
)
def test_a_new_id_is_told_from_a_number_that_looks_like_it(one: Told, other: Told, alike: bool) -> None:
    assert one.same_as(other) is alike
