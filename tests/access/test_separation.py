"""No account comes to hold two powers, whatever is tried in whatever order; nobody gives rights to oneself (R-370, security.md B8)."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from core.access import separation
from core.access.administration import set_roles
from core.access.models import EmployeeRole, Role
from core.access.roles import create_role, give_role, grants_of_role, preset_grants, set_grants
from core.access.separation import separate_powers
from core.application import create_core, move_in
from core.kernel.acting import FieldAccess, Scope, System, acting_as
from core.kernel.errors import Conflict, Forbidden
from core.operations import accounts
from core.operations.accounts import NewAccount
from core.organisation.models import Department, Employee
from core.organisation.operations import hire
from core.testing.world import World
from tests.access.separation_walk import Walk, business_models, powers, read_by
from tests.evidence import Evidence
from tests.field_rights import state
from tests.plugins.conftest import Trade
from tests.sizes import WHOLE

STEPS = 3_000 if WHOLE else 250


@pytest.mark.requirement("R-370", "R-053")
@pytest.mark.evidence("separation-{database_kind}")
def test_no_order_of_verbs_gives_an_account_two_powers_or_shows_an_administrator_business(world: World, database_kind: str) -> None:
    evidence, walk = Evidence(f"separation-{database_kind}"), Walk(world, 20_261_122, Trade(world).contract().id)
    models, opened = business_models(world), 0
    for number in range(STEPS):
        outcome = walk.step()
        held = powers(world)
        together = {user: found for user, found in held.items() if len(found) > 1}
        apart = [user for user, found in held.items() if found & {"grant", "audit", "system"}]
        shown = {user: read for user in apart if (read := read_by(world, user, models))}
        item = f"{number} {outcome}"
        if together or shown:
            evidence.failed(item, f"together: {together}, shown: {shown}")
            break
        opened += outcome == "submit: done"
        (evidence.positive if outcome.endswith("done") else evidence.refused)(item)
    evidence.close()
    refused = [item for item, _, result in evidence.items if result == "refused" and "Conflict" in item]
    assert len(refused) >= STEPS // 60, "hardly ever refused: the walk proves nothing"
    assert opened >= STEPS // 50, "hardly ever was a contract put before somebody: the walk proves nothing"


@pytest.mark.requirement("R-370")
def test_nobody_gives_rights_to_oneself(world: World) -> None:
    me = world.employees["security"]
    with pytest.raises(Forbidden, match="yourself"), world.use_case("security") as session:
        set_roles(session, me.id, [])
    with pytest.raises(Forbidden):
        _add_right(world, "security_administrator", ("core.audit", "read"))
    with pytest.raises(Forbidden):
        state(world, "security_administrator", {("core_employee", "position"): FieldAccess.READ})


def test_the_terminal_cannot_bring_two_powers_together_either(world: World) -> None:
    new = NewAccount("all.in.one", "全能", "qiheng", roles=("security_administrator", "salesperson"))
    with pytest.raises(Conflict), acting_as(System("terminal")), world.keguan.database.transaction() as session:
        accounts.add(session, new, "quiet-harbour-1357", "scrypt:1024:8:1")


@pytest.mark.requirement("R-370")
def test_powers_of_two_companies_do_not_come_together_in_one_account(world: World) -> None:
    with pytest.raises(Conflict), acting_as(System("terminal")), world.keguan.database.transaction() as session:
        _hire_seller_of_the_other_company_as_auditor(session, world)


def _hire_seller_of_the_other_company_as_auditor(session: Session, world: World) -> None:
    seller, auditor = world.employees["sales2"], world.employees["auditor"]
    department = session.scalars(select(Department).where(Department.id == auditor.department_id)).one()
    again = hire(session, department, user_id=seller.user_id, number="900", name=seller.name)
    role = session.scalars(select(Role).where(Role.preset == "audit_administrator", Role.company_id == auditor.company_id)).one()
    session.add(EmployeeRole(company_id=role.company_id, employee_id=again.id, role_id=role.id))


def test_a_role_that_somebody_has_does_not_grow_into_two_powers(world: World) -> None:
    with pytest.raises(Conflict) as refused:
        _add_right(world, "audit_administrator", ("customers.customer", "read"))
    assert world.employees["auditor"].name in str(refused.value.message)
    with world.reading("auditor") as session:
        role = session.scalars(select(Role.id).where(Role.preset == "audit_administrator")).one()
        assert ("customers.customer", "read") not in grants_of_role(session, role)


def _add_right(world: World, preset: str, right: tuple[str, str]) -> None:
    with world.use_case("security") as session:
        role = session.scalars(select(Role).where(Role.preset == preset)).one()
        set_grants(session, world.keguan.registry, role.id, role.version, {right: Scope.COMPANY})


def test_where_one_person_does_it_all_the_deployment_says_so(world: World) -> None:
    separate_powers(False)
    try:
        with world.use_case("security") as session:
            both = create_role(session, world.keguan.registry, "全部", None)
            rights = {("core.audit", "read"): Scope.COMPANY, ("customers.customer", "read"): Scope.COMPANY}
            set_grants(session, world.keguan.registry, both.id, both.version, rights)
            give_role(session, session.get(Employee, world.employees["auditor"].id), both)
        assert {"audit", "business"} <= powers(world)[world.users["auditor"].id]
    finally:
        separate_powers(True)


@pytest.mark.requirement("R-370")
@pytest.mark.parametrize(("said", "apart"), [("false", False), ("true", True), (None, True)])
def test_what_the_settings_say_of_powers_reaches_the_program(
    world: World, monkeypatch: pytest.MonkeyPatch, said: str | None, apart: bool
) -> None:
    """The whole way, from the environment to a role that is given."""
    if said is not None:
        monkeypatch.setenv("KEGUAN_SEPARATE_POWERS", said)
    kept = world.keguan.settings
    separate_powers(not apart)
    try:
        create_core(Settings(data=kept.data, environment="testing", database_url=kept.database_url))
        assert separation.powers_are_separate() is apart
        with nullcontext() if not apart else pytest.raises(Conflict):
            _add_right(world, "audit_administrator", ("customers.customer", "read"))
        assert ({"audit", "business"} <= powers(world)[world.users["auditor"].id]) is not apart
    finally:
        move_in(world.keguan)
    assert separation.powers_are_separate()


@pytest.mark.requirement("R-370", "R-053")
def test_every_right_of_the_house_is_a_power_or_goes_with_any_for_a_reason(world: World) -> None:
    """A right that nobody has thought of would be a way round."""
    rights = {(name, verb) for name, one in world.keguan.registry.resources.items() for verb in one.verbs}
    for right in sorted(rights):
        judged = [separation.power_of(*right) is not None, bool(separation.HARMLESS.get(right, "").strip())]
        assert judged.count(True) == 1, f"{right} is neither a power nor said to go with any, or both"
    assert set(separation.POWERS) | set(separation.HARMLESS) <= rights, "the table speaks of rights that nobody declares"


@pytest.mark.requirement("R-370")
@pytest.mark.parametrize("right", sorted(right for right in separation.POWERS if right[1] != "read"), ids=".".join)
def test_no_right_that_is_a_power_goes_with_reading_customers(world: World, right: tuple[str, str]) -> None:
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "全部", None)
        set_grants(session, world.keguan.registry, role.id, role.version, {("customers.customer", "read"): Scope.COMPANY})
        set_grants(session, world.keguan.registry, role.id, role.version, {right: Scope.COMPANY})
        number = role.id
    with pytest.raises(Conflict), world.use_case("security") as session:
        give_role(session, session.get(Employee, world.employees["service"].id), session.get(Role, number))


@pytest.mark.requirement("R-370")
def test_every_preset_role_keeps_to_one_power(world: World) -> None:
    for preset, grants in preset_grants(world.keguan.registry).items():
        powers = {separation.power_of(resource, verb) for resource, verbs in grants.items() for verb in verbs} - {None}
        assert len(powers) <= 1, f"{preset}: {powers}"
