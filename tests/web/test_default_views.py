"""Which view a list opens with: the own choice, then that of a role, then of the nearest department, else the whole list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from core.access.models import EmployeeRole, Role
from core.audit.models import AuditRow
from core.kernel.acting import FieldAccess
from core.lists.models import ListView
from core.lists.queries import First, SeenList, SeenView
from core.switchboard.operations import switch_module
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.field_rights import state
from tests.web.test_saved_views import edit_of, save
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


@pytest.fixture
def leads(world: World) -> None:
    """The leader leads the whole company, so that he sets the default views of roles too."""
    with world.use_case("security") as session:
        role = session.scalars(select(Role.id).where(Role.preset == "company_leader")).one()
        session.add(EmployeeRole(employee_id=world.employees["leader"].id, role_id=role))


CHOSEN = {"first-shown": "1", "first": "1"}
EVER = datetime(2026, 1, 1, tzinfo=UTC)
VIEWS = st.lists(
    st.builds(
        lambda usual, near, hours: (usual, near, EVER + timedelta(hours=hours) if near is not None else None),
        st.booleans(),
        st.none() | st.integers(0, 4),
        st.integers(0, 3),
    ),
    max_size=6,
)


@given(VIEWS)
def test_the_own_choice_goes_before_roles_and_roles_before_the_nearest_department(
    marks: list[tuple[bool, int | None, datetime | None]],
) -> None:
    views = tuple(SeenView(number, f"v{number}", "", False, False, *mark) for number, mark in enumerate(marks, 1))
    first = SeenList(views).first
    assert {view.id for view in first} == {view.id for view in views if view.usual or view.near is not None}
    own = [view for view in first if view.usual]
    assert list(first[: len(own)]) == own
    others = [view for view in first if not view.usual]
    assert [view.near for view in others] == sorted(view.near or 0 for view in others)  # roles (0), then ever further departments
    for one, next_one in pairwise(others):
        if one.near == next_one.near:
            assert (one.since, one.id) > (next_one.since, next_one.id)  # among equals the one that was set last
    assert SeenList(tuple(reversed(views))).first == first  # whatever order they come in


def role_of(world: World, preset: str) -> int:
    with world.reading("leader") as session:
        return int(session.scalars(select(Role.id).where(Role.preset == preset)).one())


def opened_with(client: Browser) -> str:
    """The name of the view that the list of customers opens with; empty for the whole list."""
    answer = client.get("/customers/")
    if answer.status_code == 200:
        return ""
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).text
    found = re.search(r'aria-current="page"[^>]*>(?:<svg.*?</svg>)?([^<]+)<', page[page.index("kg-tabs") :], re.DOTALL)
    assert found is not None
    return found[1].strip()


def set_first(client: Browser, name: str, shared: str, **more: str) -> str:
    return save(client, name, more.pop("conditions", "industry=machinery"), shared=shared, **CHOSEN, **more)


def test_a_list_opens_with_the_default_view_of_the_department_and_says_so(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "华星精密", "industry": "machinery"})
        create_customer(session, {"name": "海川重工", "industry": "automotive"})
    path = set_first(client_for("head.east"), "华东机械", f"department-{world.departments['qiheng/east'].id}")
    client = client_for("sales.east1")
    answer = client.get("/customers/")
    assert (answer.status_code, answer.headers["Location"].endswith(path)) == (302, True)  # the address says it
    page = client.get(f"/{path}").text
    assert "您所在部门的默认视图：华东机械" in page
    assert re.search(r'<a href="[^"]*/customers/\?view=all">查看全部</a>', page)
    assert ("华星精密" in page, "海川重工" in page) == (True, False)
    everything = client.get("/customers/?view=all").text
    assert ("海川重工" in everything, "默认视图：" in everything) == (True, False)
    assert "默认视图：" not in client.get(f"/{path}&q=x").text  # something else is asked for
    assert [opened_with(client_for(who)) for who in ("sales.east2", "head.east", "sales.west1", "sales2")] == [
        "华东机械",
        "华东机械",
        "",
        "",
    ]


@pytest.mark.usefixtures("leads")
def test_own_choice_role_and_nearest_department_in_this_order(world: World, client_for: ClientFor) -> None:
    leader, client = client_for("leader"), client_for("sales.east1")
    set_first(leader, "中心的", f"department-{world.departments['qiheng/sales'].id}")
    assert opened_with(client) == "中心的"
    set_first(client_for("head.east"), "华东的", f"department-{world.departments['qiheng/east'].id}")
    assert opened_with(client) == "华东的"
    set_first(leader, "客户经理的", f"role-{role_of(world, 'customer_manager')}")
    assert opened_with(client) == "客户经理的"
    assert opened_with(client_for("sales.east2")) == "华东的"  # does not hold that role
    assert "您所属角色的默认视图：客户经理的" in client.get(client.get("/customers/").headers["Location"]).text
    own = save(client, "自己的", "industry=automotive", usual="1")
    assert opened_with(client) == "自己的"
    assert client.post(edit_of(own).replace("edit", "delete")).status_code == 303
    assert opened_with(client) == "客户经理的"
    assert opened_with(leader) == ""  # who set it for a department and a role belongs to neither


@pytest.mark.usefixtures("leads")
def test_of_two_roles_the_default_view_that_was_set_last_counts(world: World, client_for: ClientFor) -> None:
    leader, client = client_for("leader"), client_for("sales.east1")
    set_first(leader, "销售员的", f"role-{role_of(world, 'salesperson')}")
    later = set_first(leader, "客户经理的", f"role-{role_of(world, 'customer_manager')}")
    assert opened_with(client) == "客户经理的"
    shared = f"role-{role_of(world, 'customer_manager')}"
    assert leader.post(edit_of(later), data={"name": "客户经理的", "shared": shared, "first-shown": "1"}).status_code == 303
    assert opened_with(client) == "销售员的"


@pytest.mark.usefixtures("leads")
def test_a_role_that_is_held_no_longer_opens_nothing(world: World, client_for: ClientFor) -> None:
    number = role_of(world, "customer_manager")
    set_first(client_for("leader"), "客户经理的", f"role-{number}")
    client = client_for("sales.east1")
    assert opened_with(client) == "客户经理的"
    with world.keguan.database.engine.begin() as connection:
        held = EmployeeRole.__table__
        connection.execute(delete(held).where(held.c.role_id == number, held.c.employee_id == world.employees["sales.east1"].id))
    assert opened_with(client) == ""


def test_a_new_default_view_takes_the_place_of_the_old_one_and_both_are_in_the_trail(world: World, client_for: ClientFor) -> None:
    east, head = f"department-{world.departments['qiheng/east'].id}", client_for("head.east")
    set_first(head, "旧的", east)
    set_first(head, "新的", east)
    with world.reading("head.east") as session:
        assert [view.name for view in session.scalars(select(ListView)) if view.usual_since] == ["新的"]
    assert opened_with(client_for("sales.east1")) == "新的"
    with world.reading("auditor") as session:
        rows = session.execute(
            select(AuditRow.action, AuditRow.employee_id).where(AuditRow.table_name == "core_list_view").order_by(AuditRow.id)
        )
        told = rows.all()
    assert [action for action, _ in told].count("end_default") == 1
    assert {employee for _, employee in told} == {world.employees["head.east"].id}


@pytest.mark.parametrize("end", ["unshare", "delete", "share with others"])
def test_deleting_or_unsharing_the_view_ends_the_default(world: World, client_for: ClientFor, end: str) -> None:
    head, client = client_for("head.east"), client_for("sales.east1")
    path = set_first(head, "华东的", f"department-{world.departments['qiheng/east'].id}")
    assert opened_with(client) == "华东的"
    if end == "delete":
        assert head.post(edit_of(path).replace("edit", "delete")).status_code == 303
    else:
        shared = f"role-{role_of(world, 'department_head')}" if end == "share with others" else ""
        assert head.post(edit_of(path), data={"name": "华东的", "shared": shared}).status_code == 303
    assert [opened_with(client), opened_with(head)] == ["", ""]


def test_renaming_a_default_view_keeps_it_one(world: World, client_for: ClientFor) -> None:
    head, shared = client_for("head.east"), f"department-{world.departments['qiheng/east'].id}"
    path = set_first(head, "华东的", shared)
    assert head.post(edit_of(path), data={"name": "改名的", "shared": shared}).status_code == 303
    assert opened_with(client_for("sales.east1")) == "改名的"


def test_only_who_may_sets_the_default_view_and_only_of_circles_in_reach(world: World, client_for: ClientFor) -> None:
    east, west = (f"department-{world.departments[f'qiheng/{name}'].id}" for name in ("east", "west"))
    role, asked = f"role-{role_of(world, 'salesperson')}", {"name": "不行", "conditions": "", **CHOSEN}
    for who, shared in (("sales.east1", east), ("sales.east1", role), ("head.east", west), ("head.east", role), ("head.east", "")):
        answer = client_for(who).post("/lists/customers/views/new", data={**asked, "shared": shared})
        assert answer.status_code == 422, (who, shared)
    with world.reading("leader") as session:
        assert session.scalars(select(ListView)).all() == []
    assert 'name="first"' not in client_for("sales.east1").get("/lists/customers/views/new").text
    assert 'name="first"' in client_for("head.east").get("/lists/customers/views/new").text


def test_a_head_makes_a_colleagues_shared_view_the_default_and_changes_nothing_else_of_it(world: World, client_for: ClientFor) -> None:
    path = save(client_for("sales.east1"), "同事的", "industry=machinery", shared=f"department-{world.departments['qiheng/east'].id}")
    answer = client_for("head.east").post(edit_of(path), data={"name": "改名", **CHOSEN})
    assert answer.status_code == 303
    assert opened_with(client_for("sales.east2")) == "同事的"
    refused = client_for("sales.east2").post(edit_of(path), data={"first-shown": "1"})
    assert refused.status_code == 422
    assert opened_with(client_for("sales.east2")) == "同事的"


def test_a_default_view_shows_nobody_more_and_leaves_rest_alone(world: World, client_for: ClientFor) -> None:
    for account, name in (("sales.east1", "苏州一号"), ("sales.west1", "成都一号")):
        with world.use_case(account) as session:
            create_customer(session, {"name": name, "industry": "machinery"})
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "苏州二号", "industry": "automotive"})
    client = client_for("sales.east1")
    before = client.get("/api/v1/customers/").json["result"]
    set_first(client_for("leader"), "中心的", f"department-{world.departments['qiheng/sales'].id}")
    page = client.get(client.get("/customers/").headers["Location"]).text
    assert ("苏州一号" in page, "苏州二号" in page, "成都一号" in page) == (True, False, False)
    assert client.get("/api/v1/customers/").json["result"] == before


def test_a_default_view_that_asks_for_a_field_one_may_not_read_is_passed_over(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "华星精密", "industry": "machinery"})
    set_first(client_for("leader"), "中心的", f"department-{world.departments['qiheng/sales'].id}", conditions="kind=company")
    set_first(client_for("head.east"), "华东的", f"department-{world.departments['qiheng/east'].id}")
    client = client_for("sales.east1")
    assert opened_with(client) == "华东的"
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {(Customer.__tablename__, "industry"): FieldAccess.NONE})
    assert opened_with(client) == "中心的"  # the next one counts, and what the hidden field holds is not told by the rows
    assert "您所在部门的默认视图：中心的" in client.get(client.get("/customers/").headers["Location"]).text


def test_a_module_that_is_off_opens_no_list_by_its_default_view(world: World, client_for: ClientFor) -> None:
    client, head = client_for("sales.east1"), client_for("head.east")
    shared = f"department-{world.departments['qiheng/east'].id}"
    data = {"name": "华东商机", "conditions": "", "shared": shared, **CHOSEN}
    assert head.post("/lists/opportunities/views/new", data=data).status_code == 303
    assert "view=open" not in client.get("/opportunities/").headers["Location"]
    for on, status in ((False, 404), (True, 302)):
        with world.use_case("admin") as session:
            switch_module(session, world.keguan.registry, world.companies["qiheng"].id, "sales", on=on)
        assert client.get("/opportunities/").status_code == status


def test_first_says_by_whose_choice() -> None:
    told = [
        SeenView(1, "", "", True, False, usual, near).first
        for usual, near in ((True, 0), (False, 0), (False, 1), (False, 3), (False, None))
    ]
    assert told == [First.OWN, First.ROLE, First.DEPARTMENT, First.DEPARTMENT, None]
