"""Access of other departments: applied for, approved, granted, ended; and no door leads round it (R-055, R-298, R-345)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.access.administration import change_employee, employ, set_parameter, set_roles
from core.access.administration.staff_files import write_staff
from core.access.models import EmployeeRole, Role
from core.access.roles import create_role, give_role, set_grants
from core.approvals import operations as do
from core.approvals.models import AccessApplication, ApplicationState
from core.approvals.queries import waiting_for
from core.extension.exchange import ConvertedRow
from core.kernel.acting import Scope, System, acting_as
from core.kernel.clock import now, story, today
from core.kernel.errors import BadInput, Forbidden, NotFound
from core.operations import accounts
from core.operations.accounts import NewAccount
from core.organisation.models import Employee
from tests.world import World

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NAME, PASSWORD = "何暖心", "quiet-harbour-1357"
MONTH = timedelta(days=30)
Later = Callable[[int], None]


def role_of(world: World, preset: str) -> int:
    with world.use_case("security") as session:
        found = session.scalar(select(Role.id).where(Role.preset == preset))
        return found or create_role(session, world.keguan.registry, "", None, preset).id


def give_only(world: World, account: str, *roles: int) -> None:
    with world.use_case("security") as session:
        set_roles(session, world.employees[account].id, set(roles))


def house(world: World) -> System:
    return System("test", world.companies["qiheng"].id)


@pytest.fixture
def chain_staffed(world: World) -> None:
    """Market management, the company leader and network management are three people, with no more than these preset roles."""
    for account, preset in (("head.west", "marketing_management"), ("leader", "company_leader"), ("service", "network_management")):
        give_only(world, account, role_of(world, preset))


def applied(world: World, role: int, until: date, name: str = NAME, account: str = "sales.east1") -> int:
    values = {"name": name, "department": world.departments["qiheng/service"].id, "role": role, "reason": "核对售后合同", "until": until}
    with world.use_case(account) as session:
        return do.apply_for_access(session, values).id


def approved(world: World, role: int, until: date, name: str = NAME) -> int:
    """An application that both have agreed to, by the chain as it is declared."""
    application = applied(world, role, until, name)
    for account in ("head.west", "leader"):
        (case,) = asked(world, account)
        with world.use_case(account) as session:
            do.approve(session, case)
    return application


def asked(world: World, account: str) -> list[int]:
    with world.reading(account) as session:
        return [case.id for case in session.scalars(waiting_for(world.actor(account)))]


def granted(world: World, role: int, until: date, to: str = "sales.east2", by: str = "service") -> int:
    application = approved(world, role, until, world.employees[to].name)
    with world.use_case(by) as session:
        do.grant_access(session, application, None, employee=world.employees[to].id)
    return application


def revoke(world: World, application: int) -> None:
    with world.use_case("service") as session:
        do.revoke_access(session, application, None, reason="项目结束")


def held(world: World, role: int, account: str = "sales.east2") -> list[date | None]:
    """Until when the person has the role; nothing when not."""
    asked = select(EmployeeRole.until).where(EmployeeRole.employee_id == world.employees[account].id, EmployeeRole.role_id == role)
    with acting_as(house(world)):
        found = list(world.keguan.database.session().scalars(asked))
        world.keguan.database.release()
    return found


@pytest.fixture
def later() -> Iterator[Later]:
    """``later(3)``: the clock shows the same time three days on."""
    token, moment = story.set(None), now()

    def move(days: int) -> None:
        shown: datetime = moment + timedelta(days=days)
        story.set(lambda: shown)

    yield move
    story.reset(token)


@pytest.mark.requirement("R-055", "R-298", "R-345", "R-008", "R-009", "R-010")
@pytest.mark.usefixtures("chain_staffed")
def test_by_the_declared_chain_market_management_then_the_leader_then_network_management(world: World) -> None:
    role = role_of(world, "authorised_person")
    application = applied(world, role, today() + MONTH, world.employees["sales.east2"].name)
    assert (len(asked(world, "head.west")), asked(world, "leader")) == (1, [])
    with world.use_case("head.west") as session:
        do.approve(session, asked(world, "head.west")[0])
    assert (asked(world, "head.west"), len(asked(world, "leader"))) == ([], 1)
    with world.use_case("leader") as session:
        do.approve(session, asked(world, "leader")[0])
    person = world.employees["sales.east2"].id
    for account in ("head.west", "leader", "sales.east1", "admin"):
        with pytest.raises((Forbidden, NotFound)), world.use_case(account) as session:
            do.grant_access(session, application, None, employee=person)
    assert held(world, role) == []
    with world.use_case("service") as session:
        do.grant_access(session, application, None, employee=person)
    assert held(world, role) == [today() + MONTH]
    revoke(world, application)
    assert held(world, role) == []
    with world.reading("service") as session:
        assert session.get_one(AccessApplication, application).state is ApplicationState.REVOKED


@pytest.mark.requirement("R-298", "R-370")
@pytest.mark.usefixtures("chain_staffed")
def test_nobody_grants_an_application_to_oneself(world: World) -> None:
    with pytest.raises(Forbidden, match="yourself"):
        granted(world, role_of(world, "all_staff"), today() + MONTH, to="service")


@pytest.mark.requirement("R-298")
@pytest.mark.usefixtures("chain_staffed")
def test_a_role_that_is_held_for_good_gets_no_end_and_outlives_the_application(world: World) -> None:
    role = role_of(world, "customer_sharer")
    give_only(world, "sales.east2", role)
    application = granted(world, role, today() + MONTH)
    assert held(world, role) == [None]
    revoke(world, application)
    assert held(world, role) == [None]


@pytest.mark.requirement("R-298")
@pytest.mark.usefixtures("chain_staffed")
def test_of_two_applications_for_one_role_each_keeps_its_own_day(world: World) -> None:
    role = role_of(world, "customer_sharer")
    long, short = granted(world, role, today() + 2 * MONTH), granted(world, role, today() + MONTH)
    assert held(world, role) == [today() + 2 * MONTH]
    revoke(world, long)
    assert held(world, role) == [today() + MONTH]
    revoke(world, short)
    assert held(world, role) == []


@pytest.mark.requirement("R-298", "R-055")
@pytest.mark.usefixtures("chain_staffed")
def test_the_rights_of_a_role_until_a_day_end_with_that_day(world: World, later: Later) -> None:
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "核对合同", None).id
        set_grants(session, world.keguan.registry, role, 1, {("contracts.contract", "read"): Scope.COMPANY})
    give_only(world, "sales.east2")
    granted(world, role, today() + timedelta(days=2))
    may = []
    for days in (0, 2, 3):
        later(days)
        may.append(world.actor("sales.east2").may("contracts.contract", "read"))
    assert may == [True, True, False]
    with world.use_case("security") as session:  # what has ended can be given again, for good
        give_role(session, session.get(Employee, world.employees["sales.east2"].id), session.get(Role, role))
    assert world.actor("sales.east2").may("contracts.contract", "read")


def by_page(world: World, name: str) -> None:
    values = {"name": name, "department": world.departments["qiheng/service"].id, "user_name": "newcomer", "first_password": PASSWORD}
    with world.use_case("security") as session:
        employ(session, values)


def by_file(world: World, name: str) -> None:
    row = ConvertedRow(2, (name,), {"name": name, "user_name": "newcomer", "department": "service"})
    with world.use_case("security") as session:
        (outcome,) = write_staff(session, [row])
    if outcome.reason is not None:
        raise BadInput(outcome.reason)


def by_terminal(world: World, name: str) -> None:
    new = NewAccount("newcomer", name, "qiheng", department="service")
    with acting_as(System("terminal")), world.keguan.database.transaction() as session:
        accounts.add(session, new, PASSWORD, "scrypt:1024:8:1")


def by_moving(world: World, name: str) -> None:
    """Employed elsewhere, and moved there afterwards."""
    values = {"name": name, "department": world.departments["qiheng/east"].id, "user_name": "newcomer", "first_password": PASSWORD}
    with world.use_case("security") as session:
        person = session.scalars(select(Employee.id).where(Employee.name == name)).first() or employ(session, values).id
    with world.use_case("security") as session:
        change_employee(session, person, None, {"department": world.departments["qiheng/service"].id})


@pytest.mark.requirement("R-345")
@pytest.mark.usefixtures("chain_staffed")
@pytest.mark.parametrize("door", [by_page, by_file, by_terminal, by_moving])
def test_no_door_leads_into_a_barred_department_without_an_approved_application(world: World, door: Callable[..., None]) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "core.application_departments", "service", today())
    with pytest.raises(BadInput) as refused:
        door(world, "新来者")
    said: Any = refused.value
    assert "access application" in str([*said.fields.values(), said.message])
    assert there(world) == []
    approved(world, role_of(world, "authorised_person"), today() + MONTH, "新来者")
    door(world, "新来者")
    assert there(world) == ["新来者"]


def there(world: World) -> list[str]:
    """Newcomers of the barred department."""
    asked = select(Employee.name).where(Employee.department_id == world.departments["qiheng/service"].id, Employee.name == "新来者")
    with acting_as(house(world)):
        found = list(world.keguan.database.session().scalars(asked))
        world.keguan.database.release()
    return found


@pytest.mark.requirement("R-012", "R-345")
def test_the_role_of_authorised_people_is_given_by_no_file_and_no_terminal(world: World) -> None:
    row = ConvertedRow(2, ("新来者",), {"name": "新来者", "user_name": "newcomer", "department": "east", "role": "authorised_person"})
    with world.use_case("security") as session:
        (outcome,) = write_staff(session, [row])
    assert "access application" in str(outcome.reason)
    with acting_as(house(world)):
        assert world.keguan.database.session().scalars(select(Employee.id).where(Employee.name == "新来者")).all() == []
        world.keguan.database.release()
    new = NewAccount("newcomer", "新来者", "qiheng", roles=("authorised_person",))
    with pytest.raises(BadInput), acting_as(System("terminal")), world.keguan.database.transaction() as session:
        accounts.add(session, new, PASSWORD, "scrypt:1024:8:1")
