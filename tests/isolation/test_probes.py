"""Every route, asked by everybody, answers as the rights say (R-049, R-053, R-441)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance.enumerated import LOOKED_AT, in_sight
from tests.evidence import Evidence
from tests.isolation.building import House
from tests.isolation.callers import Caller, Callers
from tests.isolation.declared import PEOPLE, person
from tests.isolation.probes import Prober, strangers
from tests.isolation.routes import Route, routes_of, unknown_parameters
from tests.sizes import WHOLE, sized

PROGRAMS = ("east1", "head.east", "contracts", "both", "gone", "closed", "sharer", "deputy")
BROWSERS = ("east2", "head.sales", "leader", "project", "sales2", "admin", "gone", "closed", "late", "deputy", "group")

NEVER_ASKED = dict.fromkeys(
    ("TwoStepView.begin", "TwoStepView.set_up", "TwoStepView.renew", "TwoStepView.off"),
    "counts tries in transactions of its own (COUNTING_APART); tests/web/test_two_step.py walks over them",
)
"""Endpoints that are not public and that no walk asks, each with the reason."""


def _routes(callers: Callers, family: str) -> list[Route]:
    return [route for route in routes_of(callers.application) if route.family == family and in_sight(route.plugin)]


def _walk(
    callers: Callers, name: str, family: str, who: list[Caller], *, barred: float, near: int = 2, keep: float = 1.0, each: bool = False
) -> None:
    """Probe the routes as everybody of ``who``; with ``each`` none is left out, whatever chance says."""
    evidence, routes = Evidence(name, LOOKED_AT), _routes(callers, family)
    prober = Prober(callers, evidence, near=sized(near, 99), far=sized(1, 99), barred=sized(barred, 1.0))
    for caller in who:
        prober.run(caller, routes, sized(keep, 1.0), each=each)
    never = {route.endpoint for route in prober.run_rest(who, routes)} if each else set()
    evidence.close()
    assert never <= set(NEVER_ASKED), f"no walk asks {sorted(never - set(NEVER_ASKED))}"


def test_the_harness_can_point_every_route_at_records(callers: Callers, house: House) -> None:
    unknown = {route.rule: names for route in routes_of(callers.application) if (names := unknown_parameters(route, house))}
    assert not unknown, f"nobody has taught the harness how to fill {unknown}"


@pytest.mark.requirement("R-446")
@pytest.mark.requirement("R-049")
def test_without_the_right_no_route_of_a_noun_is_open(callers: Callers) -> None:
    """Small and quick: somebody with no role at all, on every page of every plugin."""
    newcomer = callers.by_session(person("newcomer@first"))
    for route in _routes(callers, "page"):
        if route.plugin != "core" and route.method == "GET":
            table = route.table if route.noun else ""
            first = next(iter(callers.house.of(table)), None)
            path = route.path(pk=callers.house.ids[first.key] if first else 1, name="state", file_id=1)
            assert newcomer.ask("GET", path).status == 403, route.endpoint


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("probes-pages-{database_kind}")
def test_pages_answer_a_browser_as_the_rights_say(callers: Callers, database_kind: str) -> None:
    _walk(callers, f"probes-pages-{database_kind}", "page", callers.everybody(), barred=0.05, near=1, keep=0.045, each=True)


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("probes-rest-session-{database_kind}")
def test_rest_answers_a_browser_as_the_rights_say(callers: Callers, database_kind: str) -> None:
    who = [caller for caller in callers.everybody() if WHOLE or caller.person is None or caller.person.account in BROWSERS]
    _walk(callers, f"probes-rest-session-{database_kind}", "rest", who, barred=0.1, near=1, keep=0.25, each=True)


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("probes-rest-token-{database_kind}")
def test_rest_answers_a_token_as_the_rights_say(callers: Callers, database_kind: str) -> None:
    who = [callers.by_token(one) for one in PEOPLE]
    _walk(callers, f"probes-rest-token-{database_kind}", "rest", who, barred=0.05, near=1, keep=0.1)


@pytest.mark.requirement("R-441")
@pytest.mark.evidence("probes-rest-key-{database_kind}")
def test_rest_answers_an_api_key_as_the_rights_say(callers: Callers, database_kind: str) -> None:
    who = [callers.by_key(one) for one in PEOPLE if WHOLE or one.account in PROGRAMS]
    _walk(callers, f"probes-rest-key-{database_kind}", "rest", who, barred=0.1, near=1, keep=0.3)


@pytest.mark.requirement("R-050")
@pytest.mark.evidence("probes-strangers-{database_kind}")
def test_a_company_that_one_does_not_work_in_does_not_exist(callers: Callers, database_kind: str) -> None:
    evidence = Evidence(f"probes-strangers-{database_kind}", LOOKED_AT, shares=False)
    prober = Prober(callers, evidence, near=0, far=1, barred=1.0)
    for stranger in strangers():
        for caller in (callers.by_session(stranger), callers.by_token(stranger), callers.by_key(stranger)):
            family = "page" if caller.channel == "session" else "rest"
            prober.run(replace(caller, slug="first"), _routes(callers, family), sized(0.2, 1.0))
    evidence.close()
