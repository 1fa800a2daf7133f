"""Whoever leaves is locked out at the next request, with every credential (R-452)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.access.administration import let_go, take_back
from core.access.api_keys import make_api_key
from core.kernel.clock import today
from core.kernel.errors import Conflict, Forbidden
from core.organisation.models import Company, Department
from core.organisation.operations import hire
from tests.world import Browser, World, browser_for, program_for

REST = "/api/v1/customers/"


def with_key(application: Flask, world: World, account: str) -> Browser:
    """A program with an API key of the person."""
    program = Browser(application, application.response_class, use_cookies=False)
    employee = world.employees[account]
    with Session(world.keguan.database.engine) as session:
        program.bearer = make_api_key(session, employee.user_id, employee.company_id, "export")
        session.commit()
    program.company = "qiheng"
    return program


CREDENTIALS: dict[str, tuple[Callable[[Flask, World, str], Browser], str]] = {
    "session": (browser_for, "/customers/"),
    "token": (program_for, REST),
    "key": (with_key, REST),
}


@pytest.mark.requirement("R-452", "R-034")
@pytest.mark.parametrize("credential", sorted(CREDENTIALS))
def test_a_leaver_is_locked_out_at_the_next_request(application: Flask, world: World, credential: str) -> None:
    make, path = CREDENTIALS[credential]
    caller = make(application, world, "sales.east1")
    assert caller.get(path).status_code == 200
    with world.use_case("security") as session:
        let_go(session, world.employees["sales.east1"].id)
    refused = caller.get(path)
    assert refused.status_code in (302, 401)
    if refused.status_code == 302:
        assert "/account/sign-in" in refused.headers["Location"]


@pytest.mark.requirement("R-452")
@pytest.mark.parametrize("credential", sorted(CREDENTIALS))
def test_whoever_works_in_two_companies_is_locked_out_of_the_one_only(application: Flask, world: World, credential: str) -> None:
    employee = world.employees["sales.east1"]
    with Session(world.keguan.database.engine) as session:
        other = session.query(Company).where(Company.slug == "huarui").one()
        place = session.query(Department).where(Department.company_id == other.id).limit(1).one()
        hire(session, place, user_id=employee.user_id, number="900", name="苏晓晨")
        session.commit()
    make, path = CREDENTIALS[credential]
    caller = make(application, world, "sales.east1")
    assert caller.get(path).status_code == 200
    with world.use_case("security") as session:
        let_go(session, employee.id)
    assert caller.get(path).status_code in (403, 404)
    assert make(application, world, "sales.east2").get(path).status_code == 200
    if credential != "key":
        elsewhere = "/account/password" if credential == "session" else "/api/v1/_openapi"
        assert caller.get(elsewhere, company="huarui", headers={"X-Keguan-Company": "huarui"}).status_code == 200


@pytest.mark.requirement("R-452")
def test_whoever_leaves_on_a_day_to_come_works_until_then(application: Flask, world: World) -> None:
    caller = browser_for(application, world, "sales.east1")
    with world.use_case("security") as session:
        let_go(session, world.employees["sales.east1"].id, on=today() + timedelta(days=1))
    assert caller.get("/customers/").status_code == 200


def test_whoever_comes_back_signs_in_anew(application: Flask, world: World) -> None:
    employee = world.employees["sales.east1"]
    before = browser_for(application, world, "sales.east1")
    with world.use_case("security") as session:
        let_go(session, employee.id)
    with world.use_case("security") as session:
        take_back(session, employee.id)
    assert before.get("/customers/").status_code == 302
    assert browser_for(application, world, "sales.east1").get("/customers/").status_code == 200


def test_nobody_leaves_twice(world: World) -> None:
    with world.use_case("security") as session:
        let_go(session, world.employees["sales.east1"].id)
    with pytest.raises(Conflict), world.use_case("security") as session:
        let_go(session, world.employees["sales.east1"].id)


@pytest.mark.parametrize("account", ["head.east", "admin", "sales.east2", "auditor"])
def test_only_the_security_administrator_lets_people_go(world: World, account: str) -> None:
    with pytest.raises(Forbidden), world.use_case(account) as session:
        let_go(session, world.employees["sales.east1"].id)
