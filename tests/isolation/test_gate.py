"""The gate, in the order that matters: who, which company, which module, which right; and nothing left over for the next request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access.models import Share
from core.kernel.acting import Scope, System, acting, acting_as
from core.kernel.clock import now, today
from core.organisation.models import Department, Employee
from core.organisation.operations import move_department, record_leaving
from core.switchboard.operations import switch_module
from tests.isolation.acting import actor_of
from tests.isolation.building import unwritten
from tests.isolation.callers import Caller, Callers
from tests.isolation.conftest import Ground
from tests.isolation.declared import PEOPLE, person
from tests.isolation.routes import NOWHERE, routes_of

CUSTOMERS = "/api/v1/customers/"
LIST = f"{CUSTOMERS}?size=100"


def _ids(caller: Caller, path: str = LIST) -> set[int]:
    answer = caller.ask("GET", path)
    assert answer.status == 200, answer.body
    return set(answer.json["ids"])


def _expected(ground: Ground, key: str, table: str = "customers_customer") -> set[int]:
    return {ground.house.ids[one] for one in ground.house.seen(person(key), table)}


# --- credentials --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("R-477")
@pytest.mark.requirement("R-446")
@pytest.mark.requirement("R-441")
@pytest.mark.parametrize("key", ["east1@first", "head.east@first", "leader@first", "sales2@second", "contracts@first"])
def test_session_token_and_key_show_the_same_rows(ground: Ground, callers: Callers, key: str) -> None:
    who = person(key)
    for caller in (callers.by_session(who), callers.by_token(who), callers.by_key(who)):
        assert _ids(caller) == _expected(ground, key), caller.channel


BY_SCOPE = {
    Scope.OWN: ("service@first", "oral-contracts", "contracts.oral_contract"),
    Scope.OWN_SHARED: ("east1@first", "customers", "customers.customer"),
    Scope.DEPARTMENT: ("deputy@first", "contracts", "contracts.contract"),
    Scope.SUBTREE: ("head.east@first", "interactions", "customers.interaction"),
    Scope.IN_CHARGE: ("leader@first", "contracts", "contracts.contract"),
    Scope.COMPANY: ("chief@first", "customers", "customers.customer"),
    Scope.ALL: ("group@first", "customers", "customers.customer"),
}
"""Somebody who reads a noun as far as the scope reaches: the person, the address, the resource."""


@pytest.mark.requirement("R-053")
@pytest.mark.requirement("R-441")
@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_reaches_as_far_by_session_token_and_key(ground: Ground, callers: Callers, scope: Scope) -> None:
    key, noun, resource = BY_SCOPE[scope]
    who, table, page = person(key), resource.replace(".", "_"), f"/api/v1/{noun}/?size=100"
    assert max(actor_of(ground, key).grants[resource, "read"], key=list(Scope).index) == scope
    expected = _expected(ground, key, table)
    assert bool(expected) == (scope != Scope.OWN), "of his own the after-sales clerk has none here, and one is shared with him"
    for caller in (callers.by_session(who), callers.by_token(who), callers.by_key(who)):
        assert _ids(caller, page) == expected, caller.channel
        hidden = next((ground.house.ids[one.key] for one in ground.house.of(table) if ground.house.ids[one.key] not in expected), 0)
        assert caller.ask("GET", f"/api/v1/{noun}/{hidden or NOWHERE}").status == 404, caller.channel


def test_a_token_is_known_before_the_scope_is_set(ground: Ground, callers: Callers) -> None:
    for key in ("east1@first", "west1@first", "sales2@second", "east1@first"):
        assert _ids(callers.by_token(person(key))) == _expected(ground, key)


def test_a_broken_credential_shows_nothing(callers: Callers) -> None:
    for value in ("Bearer x", "Bearer kg_x", "Basic eDp5", "Bearer", "Bearer  "):
        answer = callers.by_session(person("chief@first")).ask("GET", LIST, Authorization=value)
        assert answer.status == 401, value


def test_nothing_of_one_request_is_left_for_the_next_on_its_thread(callers: Callers) -> None:
    chief, nobody = callers.by_session(person("chief@first")), callers.nobody()
    assert _ids(chief)
    assert nobody.ask("GET", LIST).status == 401
    assert acting() is None
    assert chief.ask("POST", CUSTOMERS, sent={"name": 7}).status in (403, 422)
    assert acting() is None
    refused = nobody.ask("GET", f"/customers/{NOWHERE}/")
    assert not callers.house.leaked(None, refused.text)


def test_an_early_refusal_is_not_answered_as_the_previous_person(callers: Callers) -> None:
    callers.by_session(person("chief@first")).ask("GET", "/customers/")
    for path in ("/nowhere", "/customers/x", "/static/nothing.js"):
        answer = callers.nobody().ask("GET", path)
        assert answer.status in (302, 404)
        assert not callers.house.leaked(None, answer.text), path


def test_a_token_beside_the_cookie_of_somebody_else_opens_no_company_of_his(callers: Callers) -> None:
    browser, token = callers.by_session(person("sales2@second")), callers.by_token(person("east1@first")).headers["Authorization"]
    assert browser.ask("GET", CUSTOMERS).status == 200
    for slug, expected in (("second", 404), ("first", 200)):
        answer = browser.ask("GET", LIST, slug=slug, Authorization=token)
        assert answer.status == expected, slug
        assert not callers.house.leaked(person("east1@first"), answer.text), slug


# --- company ------------------------------------------------------------------------------------------------------


def test_a_user_of_two_companies_sees_in_each_only_its_own(ground: Ground, callers: Callers) -> None:
    caller = callers.by_session(person("both@first"))
    for key in ("both@first", "both@second"):
        answer = caller.ask("GET", LIST, slug=person(key).slug)
        assert set(answer.json["ids"]) == _expected(ground, key)


def test_a_key_opens_only_the_company_that_it_was_made_for(callers: Callers) -> None:
    assert callers.by_key(person("both@first")).ask("GET", LIST, slug="second").status == 404


def test_another_company_and_one_that_does_not_exist_are_the_same(callers: Callers) -> None:
    caller = callers.by_session(person("east1@first"))
    one, other = (caller.ask("GET", "/customers/", slug=slug) for slug in ("second", "nonsense"))
    assert (one.status, other.status) == (404, 404)
    assert not callers.house.leaked(caller.person, one.text)


# --- revocation at the next request ---------------------------------------------------------------------------------


def test_a_department_that_moves_takes_its_records_out_of_sight_at_the_next_request(ground: Ground, callers: Callers) -> None:
    head = callers.by_session(person("head.east@first"))
    before = _ids(head)
    south = ground.house.ids["customers_customer:south1"]
    assert south in before
    with acting_as(System("test")), callers.database.transaction() as session:
        moved = session.get(Department, ground.house.ids["core_department:first/south"])
        move_department(session, moved, session.get(Department, ground.house.ids["core_department:first/west"]))
    callers.database.release()
    assert south not in _ids(head)
    assert south in _ids(callers.by_session(person("head.west@first")))


def test_a_share_that_ends_closes_the_record_at_the_next_request(ground: Ground, callers: Callers) -> None:
    sharer = callers.by_token(person("sharer@first"))
    record = ground.house.ids["customers_customer:east1 shared"]
    assert record in _ids(sharer)
    with acting_as(System("test")), callers.database.transaction() as session:
        for share in session.scalars(select(Share).where(Share.record_id == record)):
            share.until = now() - timedelta(seconds=1)
    callers.database.release()
    assert record not in _ids(sharer)
    assert sharer.ask("GET", f"{CUSTOMERS}{record}").status == 404


@pytest.mark.requirement("R-452")
def test_whoever_has_left_opens_nothing_from_the_next_request_on(ground: Ground, callers: Callers) -> None:
    who = person("east1@first")
    everywhere = [callers.by_session(who), callers.by_token(who), callers.by_key(who)]
    assert all(_ids(caller) for caller in everywhere)
    with acting_as(System("test")), callers.database.transaction() as session:
        record_leaving(session, session.get(Employee, ground.house.ids["core_employee:east1@first"]), today())
    callers.database.release()
    assert [caller.ask("GET", LIST).status for caller in everywhere] == [404, 404, 404]


# --- modules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["session", "token", "key"])
def test_a_module_that_is_off_answers_404_on_every_route_and_channel(callers: Callers, channel: str) -> None:
    who = person("chief@first")
    caller: Caller = getattr(callers, f"by_{channel}")(who)
    with acting_as(System("test")), callers.database.transaction() as session:
        for name in (*callers.keguan.registry.required_by("contracts"), "contracts"):
            switch_module(session, callers.keguan.registry, callers.house.ids["core_company:first"], name, on=False)
    callers.database.release()
    family = "page" if channel == "session" else "rest"
    routes = [route for route in routes_of(callers.application) if route.plugin == "contracts" and route.family == family]
    assert routes
    for route in routes:
        path = route.path(pk=callers.house.ids["contracts_contract:east1"], verb="sign", name="state", file_id=1)
        with unwritten(callers.database):
            assert caller.ask(route.method, path, sent={} if family == "rest" and route.method != "GET" else None).status == 404, (
                route.endpoint
            )
    assert callers.by_token(person("sales2@second")).ask("GET", "/api/v1/contracts/").status == 200


def test_everybody_of_the_harness_is_somebody(callers: Callers) -> None:
    assert len(callers.everybody()) == len(PEOPLE) + 1
