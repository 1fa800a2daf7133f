"""No approval opens a business record to an account that gives rights, switches the system or looks after the trail (R-053, R-370)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from core.access.models import CaseReader, EmployeeRole, Role
from core.access.roles import create_role
from core.access.separation import separate_powers
from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.errors import KeptApart
from core.approvals.models import AccessApplication, ApprovalCase
from core.approvals.queries import waiting_for
from core.extension.approving import Asked, Step, Who
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput
from core.kernel.words import Message
from core.organisation.models import Department, DepartmentLeader, Duty
from core.organisation.operations import hire
from plugins.contracts.models import Contract
from tests.world import World

pytestmark = [pytest.mark.requirement("R-053", "R-370"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
Make = Callable[..., Any]
APART = ("admin", "security", "auditor")
PRESETS = {"admin": "system_administrator", "security": "security_administrator", "auditor": "audit_administrator"}


def as_house(world: World, verb: Callable[[Any], Any], company: str = "qiheng") -> Any:
    with acting_as(System("test", world.companies[company].id)), world.keguan.database.transaction() as session:
        return verb(session)


def seen(world: World, account: str, model: Any = Contract) -> list[int]:
    """Ids of the records that the person reads."""
    with world.reading(account) as session:
        return list(session.scalars(select(model.id)))


def asked(world: World, account: str) -> list[int]:
    """Ids of the cases that wait for the person."""
    with world.reading(account) as session:
        return [case.id for case in session.scalars(waiting_for(world.actor(account)))]


def lead(world: World, account: str, code: str) -> None:
    """Let the person be the only head of a department."""

    def appoint(session: Any) -> None:
        department = world.departments[f"qiheng/{code}"].id
        heads = (DepartmentLeader.department_id == department, DepartmentLeader.duty == Duty.HEAD)
        session.execute(delete(DepartmentLeader).where(*heads))
        head = world.employees[account]
        session.add(DepartmentLeader(company_id=head.company_id, employee_id=head.id, department_id=department, duty=Duty.HEAD))

    as_house(world, appoint)


def only_role(world: World, account: str, preset: str | None, until: Any = None) -> None:
    """Let the person have one role and no other; None for none."""

    def give(session: Any) -> None:
        person = world.employees[account]
        session.execute(delete(EmployeeRole).where(EmployeeRole.employee_id == person.id))
        if preset is not None:
            role = session.scalars(select(Role.id).where(Role.preset == preset)).one()
            session.add(EmployeeRole(company_id=person.company_id, employee_id=person.id, role_id=role, until=until))

    as_house(world, give)


@pytest.fixture
def together(world: World) -> Iterator[None]:
    """A deployment that says that one person does it all."""
    separate_powers(False)
    yield
    separate_powers(True)


@pytest.mark.parametrize("account", APART)
def test_a_chain_asks_no_administrator_by_name_or_by_role(world: World, step: Make, set_chain: Make, account: str) -> None:
    with pytest.raises(BadInput) as refused:
        set_chain(step("head.east"), step(account))
    assert world.employees[account].name in str(refused.value.message)
    with pytest.raises(BadInput, match="sees no business records"):
        set_chain(step(Asked(Who.ROLE, role=PRESETS[account])))


def test_papers_of_the_house_are_decided_by_whoever_the_chain_names(world: World) -> None:
    steps = [Step(Message("批准"), (Asked(Who.PERSON, employee_id=world.employees["security"].id),))]
    with world.use_case("security") as session:
        do.set_chain(session, "core.access", chain_of(session, kind_called("core.access")).number, steps)
    with world.reading("security") as session:
        role = session.scalars(select(Role.id).where(Role.preset == "authorised_person")).one()
    values = {"name": "何暖心", "department": world.departments["qiheng/service"].id, "role": role, "reason": "核对合同", "until": today()}
    with world.use_case("sales.east1") as session:
        application = do.apply_for_access(session, values).id
    (case,) = asked(world, "security")
    assert application in seen(world, "security", AccessApplication)
    with world.use_case("security") as session:
        do.approve(session, case)


def test_a_head_who_is_an_administrator_is_passed_over(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    lead(world, "auditor", "east")
    set_chain(step(Who.HEAD))
    case = submitted()
    assert (asked(world, "auditor"), seen(world, "auditor"), asked(world, "leader")) == ([], [], [case.id])


def test_a_role_without_rights_seats_no_administrator(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "评审小组", None).id
    people = [world.employees[account] for account in ("auditor", "finance")]
    links = [EmployeeRole(company_id=one.company_id, employee_id=one.id, role_id=role) for one in people]
    as_house(world, lambda session: session.add_all(links))
    set_chain(step(Asked(Who.ROLE, role_id=role)))
    case = submitted()
    assert (asked(world, "auditor"), seen(world, "auditor"), asked(world, "finance")) == ([], [], [case.id])


@pytest.mark.parametrize("account", APART)
def test_nobody_who_decides_lets_an_administrator_stand_in(
    world: World, step: Make, set_chain: Make, submitted: Make, account: str
) -> None:
    set_chain(step("head.east"))
    submitted()
    days = {"first_on": today(), "last_on": today() + timedelta(days=3)}
    with pytest.raises(BadInput) as refused, world.use_case("head.east") as session:
        do.delegate(session, taker=world.employees[account].id, **days)
    assert world.employees[account].name in str(refused.value.fields["taker"])
    assert (asked(world, account), seen(world, account)) == ([], [])


def test_administrators_stand_in_for_each_other(world: World) -> None:
    with world.use_case("security") as session:
        assert do.delegate(session, taker=world.employees["admin"].id, first_on=today(), last_on=today()).id


def test_whoever_becomes_an_administrator_reads_and_decides_no_more(
    world: World, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    only_role(world, "service", None)
    set_chain(step("service", "finance"))
    case = submitted()
    assert seen(world, "service") == [case.record_id]
    only_role(world, "service", "audit_administrator")
    assert seen(world, "service") == []
    with pytest.raises(KeptApart, match="has to decide"):
        decide("service", case)
    decide("finance", case)


def test_a_stand_in_who_becomes_an_administrator_reads_and_decides_no_more(
    world: World, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    only_role(world, "service", None)
    set_chain(step("head.east"))
    first = submitted()
    with world.use_case("head.east") as session:
        do.delegate(session, taker=world.employees["service"].id, first_on=today(), last_on=today())
    assert seen(world, "service") == [first.record_id]
    only_role(world, "service", "system_administrator")
    second = submitted()
    opened = select(CaseReader.id).where(CaseReader.employee_id == world.employees["service"].id, CaseReader.case_id == second.id)
    assert (seen(world, "service"), as_house(world, lambda session: session.scalars(opened).all())) == ([], [])
    with pytest.raises(KeptApart):
        decide("service", first)


def test_a_power_that_has_ended_keeps_nobody_out(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    only_role(world, "service", "audit_administrator", today() - timedelta(days=1))
    set_chain(step("service"))
    case = submitted()
    assert seen(world, "service") == [case.record_id]


def test_a_power_in_another_company_keeps_the_account_out_as_well(world: World, step: Make, set_chain: Make, submitted: Make) -> None:
    only_role(world, "service", None)
    set_chain(step("service"))
    case = submitted()
    account = world.users["service"].id

    def employ_there(session: Any) -> None:
        other = world.employees["admin2"]
        again = hire(session, session.get(Department, other.department_id), user_id=account, number="900", name="何暖心")
        role = session.scalars(select(Role.id).where(Role.preset == "system_administrator")).one()
        session.add(EmployeeRole(company_id=other.company_id, employee_id=again.id, role_id=role))

    slug = next(slug for slug, one in world.companies.items() if one.id == world.employees["admin2"].company_id)
    as_house(world, employ_there, slug)
    assert (seen(world, "service"), case.record_id in seen(world, "sales.east1")) == ([], True)
    with pytest.raises(BadInput, match="sees no business records"):
        set_chain(step("service"))


@pytest.mark.parametrize("account", APART)
def test_a_row_that_opens_a_business_record_opens_nothing_to_an_administrator(
    world: World, set_chain: Make, step: Make, submitted: Make, account: str
) -> None:
    set_chain(step("head.east"))
    case, person = submitted(), world.employees[account]
    rows = [
        CaseReader(company_id=person.company_id, table_name=table, record_id=record, employee_id=person.id, case_id=case.id)
        for table, record in ((Contract.__tablename__, case.record_id), (ApprovalCase.__tablename__, case.id))
    ]
    as_house(world, lambda session: session.add_all(rows))
    assert (seen(world, account), case.id in seen(world, account, ApprovalCase)) == ([], True)


@pytest.mark.usefixtures("together")
def test_where_the_deployment_says_so_an_administrator_decides(
    world: World, step: Make, set_chain: Make, submitted: Make, decide: Make
) -> None:
    set_chain(step("auditor"))
    case = submitted()
    assert (asked(world, "auditor"), seen(world, "auditor")) == ([case.id], [case.record_id])
    decide("auditor", case)
