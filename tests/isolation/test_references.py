"""Pointing at a record that one may not see answers exactly like pointing at none: by form, REST, filter and verb (R-441)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from core.web.nouns import Noun
from tests.evidence import Evidence
from tests.isolation.building import unwritten
from tests.isolation.callers import Answer, Caller, Callers
from tests.isolation.declared import Person, person
from tests.isolation.routes import NOWHERE, Route, routes_of
from tests.isolation.sending import draft, references_of

ACTORS = ("east1@first", "head.east@first", "contracts@first", "sales2@second")


def _posts(callers: Callers) -> list[Route]:
    return [route for route in routes_of(callers.application) if route.noun is not None and route.function == "post" and route.noun.create]


def _puts(callers: Callers) -> list[Route]:
    return [route for route in routes_of(callers.application) if route.noun is not None and route.function == "put" and route.noun.change]


def _plain(answer: Answer, record_id: int) -> str:
    """The answer without the number of the error, and with the id that was sent left blank."""
    said = {name: value for name, value in answer.json.items() if name != "number"}
    return f"{answer.status} " + re.sub(rf"(?<!\d){record_id}(?!\d)", "<id>", json.dumps(said, ensure_ascii=False))


def _targets(callers: Callers, who: Person, table: str) -> list[int]:
    """Ids of what ``who`` may not see: nearby, far away and in another company."""
    hidden = [thing for thing in callers.house.of(table) if thing.key not in callers.house.seen(who, table)]
    other = [thing for thing in hidden if thing.slug != who.slug]
    return [callers.house.ids[thing.key] for thing in [*hidden[:1], *other[:1]]]


def _send(callers: Callers, caller: Caller, method: str, path: str, values: dict[str, Any]) -> Answer:
    with unwritten(callers.database):
        return caller.ask(method, path, sent=values)


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("references-{database_kind}")
def test_every_reference_to_something_hidden_is_refused_like_one_to_nothing(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"references-{database_kind}", callers.keguan.registry.names, shares=False)
    for key in ACTORS:
        caller = callers.by_token(person(key))
        for route in _posts(callers):
            assert route.noun is not None
            if callers.house.reference.may(person(key), route.noun.resource, "create"):
                _try_creating(callers, caller, route, route.noun, evidence)
        for route in _puts(callers):
            assert route.noun is not None
            _try_changing(callers, caller, route, route.noun, evidence)
    evidence.close()


def _try_creating(callers: Callers, caller: Caller, route: Route, noun: Noun, evidence: Evidence) -> None:
    assert caller.person is not None
    values = draft(callers.house, caller.person, noun)[0]
    for field in references_of(noun):
        nothing = _plain(_send(callers, caller, "POST", route.path(), {**values, field.name: str(NOWHERE)}), NOWHERE)
        for target in _targets(callers, caller.person, field.target):
            hidden = _plain(_send(callers, caller, "POST", route.path(), {**values, field.name: str(target)}), target)
            _note(evidence, f"{caller.name} POST {noun.path}.{field.name} -> {target}", noun.plugin, nothing, hidden)


def _try_changing(callers: Callers, caller: Caller, route: Route, noun: Noun, evidence: Evidence) -> None:
    assert caller.person is not None
    table = noun.model.__tablename__
    own = sorted(callers.house.seen(caller.person, table, "update"))[:1]
    for key in own:
        path = route.path(pk=callers.house.ids[key])
        for field in references_of(noun):
            nothing = _plain(_send(callers, caller, "PUT", path, {"version": 1, field.name: str(NOWHERE)}), NOWHERE)
            for target in _targets(callers, caller.person, field.target):
                hidden = _plain(_send(callers, caller, "PUT", path, {"version": 1, field.name: str(target)}), target)
                _note(evidence, f"{caller.name} PUT {key}.{field.name} -> {target}", noun.plugin, nothing, hidden)


def _note(evidence: Evidence, name: str, plugin: str, nothing: str, hidden: str) -> None:
    if not nothing.startswith("4") or nothing != hidden:
        evidence.failed(name, f"nothing: {nothing[:160]} hidden: {hidden[:160]}", plugin)
    else:
        evidence.refused(f"{name} {hidden[:3]}", plugin)
