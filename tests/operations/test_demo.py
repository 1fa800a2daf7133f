"""The demonstration: two companies, their people, and a password that only its owner finds."""

from __future__ import annotations

import pytest

from core.kernel.acting import Scope
from core.kernel.errors import Conflict
from core.operations import demo
from core.operations.demo_people import ACCOUNTS
from core.web.house import Keguan
from tests.world import World


def test_every_account_of_the_demonstration_opens_its_company(world: World) -> None:
    assert {account: world.actor(account).company_slug for account in ACCOUNTS}["sales2"] == "huarui"
    assert set(world.employees) == set(ACCOUNTS)


@pytest.mark.requirement("R-011")
def test_the_system_administrator_switches_modules_and_has_no_right_on_business_records(world: World) -> None:
    admin = world.actor("admin")
    assert admin.may("core.module", "update")
    assert {resource.split(".")[0] for resource, _ in admin.grants} == {"core"}


def test_a_department_head_reaches_the_department_and_below_and_a_leader_those_in_charge(world: World) -> None:
    assert world.actor("head.east").subtree == {world.departments["qiheng/east"].id}
    below = {world.departments[f"qiheng/{code}"].id for code in ("sales", "east", "west", "contracts", "service")}
    assert world.actor("leader").in_charge == below
    assert world.actor("leader").scopes("customers.customer", "read") == {Scope.IN_CHARGE}


def test_all_modules_are_on_in_both_companies(world: World) -> None:
    assert world.actor("admin").modules == world.actor("admin2").modules == set(world.keguan.registry.names)


def test_demo_companies_are_refused_where_companies_exist(world: World) -> None:
    with pytest.raises(Conflict, match="empty"):
        demo.make_base(world.keguan.database, world.keguan.registry, "x", "scrypt:1024:8:1")


def test_an_empty_system_has_no_demo_accounts_and_a_demonstration_has(core: Keguan) -> None:
    assert not demo.has_demo_accounts(core.database)
    demo.make_base(core.database, core.registry, "plain-sailing-2468", core.settings.password_method)
    assert demo.has_demo_accounts(core.database)
