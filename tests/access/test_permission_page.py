"""The permission page offers what works: a scope that makes no difference cannot be chosen (R-053, R-300)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Grant, Role
from core.access.roles import preset_grants, scopes_of, set_grants
from core.kernel.acting import Scope
from core.kernel.errors import BadInput
from core.organisation.models import Employee
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


def _role(world: World, preset: str) -> Role:
    with Session(world.keguan.database.engine, expire_on_commit=False) as session:
        company = world.companies["qiheng"].id
        return session.scalars(select(Role).where(Role.company_id == company, Role.preset == preset)).one()


def _offered(page: str, right: str) -> list[str]:
    chosen = re.search(rf'<select name="right\.{re.escape(right)}".*?</select>', page, re.DOTALL)
    assert chosen is not None, right
    return re.findall(r'<option value="(\w*)"', chosen[0])


@pytest.mark.requirement("R-053")
def test_records_with_an_owner_offer_every_scope_and_shared_ones_the_whole_company(world: World, client_for: ClientFor) -> None:
    page = client_for("security").get(f"/roles/{_role(world, 'department_head').id}").text
    assert _offered(page, "customers.customer.read") == ["", "own", "own_shared", "department", "subtree", "in_charge", "company"]
    assert _offered(page, "core.employee.read") == ["", "company"]
    assert _offered(page, "core.employee.hand_over") == ["", "department", "subtree", "in_charge", "company"]
    assert "全公司共用" in page


def test_everybody_with_the_right_sees_all_colleagues_whatever_the_scope_says(world: World) -> None:
    head = world.actor("head.east")
    assert head.scopes("core.employee", "read") == {Scope.COMPANY}
    with world.reading("head.east") as session:
        seen = set(session.scalars(select(Employee.id)))
    company = world.employees["head.east"].company_id
    assert seen == {one.id for one in world.employees.values() if one.company_id == company}


@pytest.mark.requirement("R-052")
def test_a_scope_that_would_make_no_difference_is_refused(world: World) -> None:
    role = _role(world, "department_head")
    with pytest.raises(BadInput, match="whole company"), world.use_case("security") as session:
        set_grants(session, world.keguan.registry, role.id, role.version, {("core.employee", "read"): Scope.SUBTREE})


def test_an_older_grant_with_such_a_scope_is_shown_as_it_works(world: World, client_for: ClientFor) -> None:
    role = _role(world, "department_head")
    with Session(world.keguan.database.engine) as session:
        grant = session.scalars(
            select(Grant).where(Grant.role_id == role.id, Grant.resource == "core.employee", Grant.verb == "read")
        ).one()
        grant.scope = Scope.SUBTREE
        session.commit()
    page = client_for("security").get(f"/roles/{role.id}").text
    choice = page[page.index('name="right.core.employee.read"') :].partition("</select>")[0]
    assert re.findall(r'value="(\w+)"[^>]* selected>', choice) == ["company"]


@pytest.mark.requirement("R-459")
@pytest.mark.requirement("R-300", "R-052")
def test_what_is_chosen_on_the_page_holds_from_the_next_request_on(world: World, client_for: ClientFor) -> None:
    role = _role(world, "invoicing_clerk")
    security, clerk = client_for("security"), client_for("invoicing")
    assert clerk.get("/customers/").status_code == 200
    form = {"version": str(role.version), "right.customers.customer.read": ""}
    assert security.post(f"/roles/{role.id}", data=form).status_code == 303
    assert clerk.get("/customers/").status_code == 403


def test_a_scope_that_nobody_offers_is_refused(world: World, client_for: ClientFor) -> None:
    role = _role(world, "salesperson")
    for scope in ("all", "galaxy"):
        form = {"version": str(role.version), "right.customers.customer.read": scope}
        assert client_for("security").post(f"/roles/{role.id}", data=form).status_code == 422


def test_presets_give_only_scopes_that_make_a_difference(world: World) -> None:
    wrong = [
        f"{role}: {verb} on {resource} ({scope.value})"
        for role, grants in preset_grants(world.keguan.registry).items()
        for resource, verbs in grants.items()
        for verb, scope in verbs.items()
        if scope not in scopes_of(resource, verb)
    ]
    assert wrong == []
