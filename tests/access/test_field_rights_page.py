"""The matrix of field rights: what the security administrator sends from the page holds at everybody's next request (R-442)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import FieldGrant, Role
from core.kernel.acting import FieldAccess
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
CELL = "field.customers_customer.address"
ADDRESS = "苏州市吴中区甪直镇"
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def role_of(world: World, preset: str) -> Role:
    with Session(world.keguan.database.engine, expire_on_commit=False) as session:
        return session.scalars(select(Role).where(Role.company_id == world.companies["qiheng"].id, Role.preset == preset)).one()


def stated(world: World) -> list[FieldAccess]:
    with Session(world.keguan.database.engine) as session:
        asked = select(FieldGrant.access).where(FieldGrant.table_name == Customer.__tablename__, FieldGrant.field == "address")
        return list(session.scalars(asked))


def form(world: World, preset: str, value: str) -> dict[str, str]:
    return {"version": str(role_of(world, preset).version), CELL: value}


@pytest.fixture
def customer(world: World) -> str:
    """The page of a customer with an address, seen by the head."""
    with world.use_case("sales.east1") as session:
        return f"/customers/{create_customer(session, {'name': '苏州恒锐', 'address': ADDRESS}).id}"


@pytest.mark.requirement("R-442", "R-053")
def test_what_the_page_sends_holds_from_the_next_request_on_and_can_be_left_to_the_declaration_again(
    world: World, client_for: ClientFor, customer: str
) -> None:
    security, head = client_for("security"), client_for("head.east")
    address = f"/field-rights/{role_of(world, 'department_head').id}?module=customers"
    assert f'name="{CELL}"' in security.get(address).text
    assert ADDRESS in head.get(customer).text
    for value, shown, rows in (("none", False, [FieldAccess.NONE]), ("read", True, [FieldAccess.READ]), ("", True, [])):
        assert security.post(address, data=form(world, "department_head", value)).status_code == 303
        assert (ADDRESS in head.get(customer).text, stated(world)) == (shown, rows)


@pytest.mark.requirement("R-442")
@pytest.mark.parametrize(
    ("account", "preset", "value", "status"),
    [
        ("security", "department_head", "galaxy", 422),
        ("auditor", "department_head", "none", 403),
        ("head.east", "department_head", "none", 403),
        ("security", "security_administrator", "none", 403),
    ],
)
def test_a_level_that_nobody_knows_and_whoever_may_not_are_refused(
    world: World, client_for: ClientFor, account: str, preset: str, value: str, status: int
) -> None:
    sent = client_for(account).post(f"/field-rights/{role_of(world, preset).id}", data=form(world, preset, value))
    assert (sent.status_code, stated(world)) == (status, [])


@pytest.mark.requirement("R-442")
def test_the_second_of_two_editors_meets_the_change_of_the_first(world: World, client_for: ClientFor) -> None:
    security, old = client_for("security"), form(world, "department_head", "none")
    address = f"/field-rights/{role_of(world, 'department_head').id}"
    assert security.post(address, data=old).status_code == 303
    assert security.post(address, data={**old, CELL: "read"}).status_code == 409
    assert stated(world) == [FieldAccess.NONE]


@pytest.mark.requirement("R-442")
def test_the_default_of_the_system_is_told_in_words_and_not_as_a_measure(client_for: ClientFor, world: World) -> None:
    page = client_for("security").get(f"/field-rights/{role_of(world, 'salesperson').id}?module=customers").text
    cell = page.partition(f'name="{CELL}"')
    assert '<span class="kg-scope plain">' in cell[0][-200:]
    options = dict(re.findall(r'<option value="(\w*)" data-bars="(\d?)"', cell[2].partition("</select>")[0]))
    assert options[""] == ""
    assert options["write"] == "6"
    legend = page.partition("kg-legend")[2].partition("</div>")[0]
    assert "按系统默认" not in legend
