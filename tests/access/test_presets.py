"""What the roles of the regulation see and may do; a company adds those that it has people for (R-001 to R-038, R-048, R-049)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access.administration import set_roles
from core.access.models import Role
from core.access.presets import FURTHER, PRESETS, ROWS, STANDARD
from core.access.roles import change_role, create_role, preset_grants
from core.kernel.acting import Scope
from core.kernel.errors import BadInput, Forbidden
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, create_customer, review_customer
from tests.world import World

CUSTOMER = "customers.customer"


def give(world: World, account: str, preset: str) -> None:
    """Let the person have the preset and nothing else."""
    with world.use_case("security") as session:
        known = session.scalar(select(Role.id).where(Role.preset == preset))
        role_id = known or create_role(session, world.keguan.registry, "", None, preset).id
        set_roles(session, world.employees[account].id, {role_id})


def a_customer(world: World, account: str) -> int:
    with world.use_case(account) as session:
        return create_customer(session, {"name": f"{account} 的客户"}).id


def sees(world: World, account: str) -> set[int]:
    with world.reading(account) as session:
        return set(session.scalars(select(Customer.id)))


SEEN = {
    # preset given to somebody of department east, and whose customers that person sees: own, of the department, of all
    "salesperson": {"own"},
    "customer_manager": {"own"},
    "customer_sharer": {"own"},
    "sales_team_member": {"own"},
    "employee": {"own"},
    "marketing_staff": {"own"},
    "relations_specialist": {"own"},
    "key_account_manager": {"own"},
    "project_manager": {"own"},
    "department_head": {"own", "department"},
    "customer_service_manager": {"own", "department"},
    "relations_supervisor": {"own", "department"},
    "service_supervisor": {"own", "department"},
    "superior": {"own", "department"},
    "marketing_manager": {"own", "department"},
    "after_sales": {"own", "department", "all"},
    "service_staff": {"own", "department", "all"},
    "call_centre_agent": {"own", "department", "all"},
    "contract_administrator": {"own", "department", "all"},
    "invoicing_clerk": {"own", "department", "all"},
    "finance_accountant": {"own", "department", "all"},
    "company_leader": {"own", "department", "all"},
    "general_manager": {"own", "department", "all"},
    "executive": {"own", "department", "all"},
    "inside_sales": {"own", "department", "all"},
    "system_administrator": set(),
    "security_administrator": set(),
    "audit_administrator": set(),
    "network_management": set(),
    "marketing_management": set(),
    "all_staff": set(),
    "human_resources": set(),
    "gift_keeper": set(),
    "office_director": set(),
    "news_administrator": set(),
    "internal_staff": set(),
}


@pytest.mark.requirement(
    *("R-001", "R-002", "R-003", "R-004", "R-005", "R-006", "R-008", "R-011", "R-012", "R-013", "R-014", "R-015", "R-021", "R-022"),
    *("R-023", "R-024", "R-025", "R-026", "R-030", "R-031", "R-032", "R-033", "R-034", "R-035", "R-049"),
)
@pytest.mark.parametrize("preset", sorted(SEEN))
def test_each_role_sees_the_customers_that_its_work_needs_and_no_more(world: World, preset: str) -> None:
    customers = {
        "own": a_customer(world, "sales.east1"),
        "department": a_customer(world, "sales.east2"),
        "all": a_customer(world, "sales.west1"),
    }
    give(world, "sales.east1", preset)
    assert sees(world, "sales.east1") == {customers[one] for one in SEEN[preset]}


@pytest.mark.requirement("R-012", "R-055")
def test_nobody_is_authorised_without_an_approved_application(world: World) -> None:
    with pytest.raises(BadInput):
        give(world, "sales.east1", "authorised_person")


@pytest.mark.requirement("R-007")
def test_a_leader_in_charge_sees_the_departments_in_charge(world: World) -> None:
    ours = {a_customer(world, "sales.east1"), a_customer(world, "sales.west1")}
    a_customer(world, "sales2")
    assert sees(world, "leader") == ours


@pytest.mark.requirement("R-032", "R-033", "R-025")
@pytest.mark.parametrize("preset", ["executive", "superior", "service_supervisor", "marketing_manager", "finance_accountant"])
def test_who_only_reads_changes_nothing(world: World, preset: str) -> None:
    customer = a_customer(world, "sales.east2")
    give(world, "sales.east1", preset)
    with pytest.raises(Forbidden), world.use_case("sales.east1") as session:
        change_customer(session, customer, None, {"city": "苏州"})
    with pytest.raises(Forbidden), world.use_case("sales.east1") as session:
        create_customer(session, {"name": "新客户"})


@pytest.mark.requirement("R-053", "R-444")
def test_roles_print_as_far_as_they_change_or_export_and_administrators_never(world: World) -> None:
    """But for statements of account, which are made to be sent: who reads them prints them, unless the role is one that only reads."""
    for role, resources in preset_grants(world.keguan.registry).items():
        for resource, verbs in resources.items():
            reaches = None if resource.startswith("core.") else verbs.get("export", verbs.get("update"))
            if resource == "billing.statement" and "print" in verbs:
                reaches = verbs["read"]
            assert verbs.get("print") == reaches, (role, resource)


@pytest.mark.requirement("R-001")
def test_a_head_reviews_and_names_who_follows(world: World) -> None:
    customer = a_customer(world, "sales.east1")
    with world.use_case("head.east") as session:
        review_customer(session, customer, None, approve=True, owner=world.employees["sales.east2"].id)
    assert sees(world, "sales.east2") == {customer}


@pytest.mark.requirement("R-160", "R-442")
@pytest.mark.requirement("R-035")
def test_an_inside_sales_clerk_keeps_master_data_but_no_discounts(world: World) -> None:
    customer = a_customer(world, "sales.west1")
    give(world, "sales.east1", "inside_sales")
    with world.use_case("sales.east1") as session:
        change_customer(session, customer, None, {"address": "苏州市吴中区", "phone": "0512-6688 0000"})
        create_customer(session, {"name": "新客户"})
    for terms in ({"discount": "95"}, {"settlement": "cash"}, {"payment_terms": "月结"}):
        with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
            change_customer(session, customer, None, terms)
        assert set(refused.value.fields) == set(terms)
    with world.use_case("sales.west1") as session:
        change_customer(session, customer, None, {"discount": "95"})


@pytest.mark.requirement("R-010", "R-011")
@pytest.mark.parametrize("account", ["admin", "auditor", "head.east", "sales.east1"])
def test_only_the_security_administrator_gives_roles(world: World, account: str) -> None:
    with pytest.raises(Forbidden), world.use_case(account) as session:
        set_roles(session, world.employees["sales.east2"].id, set())
    with pytest.raises(Forbidden), world.use_case(account) as session:
        create_role(session, world.keguan.registry, "新角色")


@pytest.mark.requirement("R-048")
def test_a_company_makes_roles_of_its_own_and_switches_them_off(world: World) -> None:
    with world.use_case("security") as session:
        role = create_role(session, world.keguan.registry, "渠道经理", "管理经销商")
        assert (role.preset, role.active) == (None, True)
    with pytest.raises(BadInput), world.use_case("security") as session:
        create_role(session, world.keguan.registry, "渠道经理")
    customer = a_customer(world, "sales.east1")
    with world.use_case("security") as session:
        salesperson = session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        set_roles(session, world.employees["sales.east1"].id, {salesperson.id})
        change_role(session, salesperson.id, None, {"active": False})
    assert customer not in sees(world, "sales.east1")


@pytest.mark.requirement("R-048", "R-052")
def test_every_role_of_the_regulation_is_there_and_can_be_added(world: World) -> None:
    assert list(ROWS) == [f"R-{number:03d}" for number in range(1, 39)]
    assert set(ROWS.values()) <= {preset.key for preset in PRESETS}
    assert len(set(ROWS.values())) == len(ROWS), "one role carries out two rows"
    with world.use_case("security") as session:
        assert set(session.scalars(select(Role.preset))) == {preset.key for preset in STANDARD}
        for preset in FURTHER:
            create_role(session, world.keguan.registry, "", None, preset.key)
        assert set(session.scalars(select(Role.preset))) == {preset.key for preset in PRESETS}


def test_what_is_like_another_role_is_never_wider(world: World) -> None:
    grants = preset_grants(world.keguan.registry)
    for preset in FURTHER:
        if preset.like:
            for resource, verbs in grants[preset.key].items():
                assert set(verbs) <= set(grants[preset.like].get(resource, {})), preset.key
    assert grants["employee"][CUSTOMER]["read"] is Scope.OWN


def test_a_role_of_a_word_that_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(BadInput), world.use_case("security") as session:
        create_role(session, world.keguan.registry, "", None, "emperor")
