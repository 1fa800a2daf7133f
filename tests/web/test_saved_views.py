"""Saved views: whose they are, whom they are shown to, and that they carry conditions and no rows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.access.models import EmployeeRole, Role
from core.audit.models import AuditRow
from core.lists.models import ListView
from core.switchboard.operations import switch_module
from plugins.customers.operations import create_customer
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
NEW = "/lists/customers/views/new"


def save(client: Browser, name: str, conditions: str = "order=-id", **more: str) -> str:
    """Save a view of the customers and return the path that it is opened by."""
    answer = client.post(NEW, data={"name": name, "conditions": conditions, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).partition("/c/")[2].partition("/")[2]


def edit_of(path: str) -> str:
    """The path of the form of a view that is opened by ``path``."""
    return f"/lists/views/{path.rpartition('=')[2]}/edit"


def test_a_view_keeps_search_filters_and_order_and_stands_above_the_list(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "华星精密", "industry": "machinery"})
        create_customer(session, {"name": "海川重工", "industry": "automotive"})
    client = client_for("sales.east1")
    path = save(client, "转介绍的客户", "industry=machinery&order=-id&page=3&size=50")
    page = client.get(f"/{path}").text
    assert "华星精密" in page
    assert "海川重工" not in page
    assert re.search(r'aria-current="page"[^>]*>转介绍的客户', page)
    with world.reading("sales.east1") as session:
        assert session.scalars(select(ListView.conditions)).one() == "industry=machinery&order=-id"


def test_what_is_changed_in_a_view_stays_in_the_address_and_can_be_sent(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "华星精密", "industry": "machinery"})
    path = save(client_for("sales.east1"), "我的", "industry=machinery")
    page = client_for("sales.east1").get(f"/{path}").text
    link = re.search(r'href="(/c/[^"]+order=[^"]+)"', page)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert "industry=machinery" in address
    assert client_for("sales.east2").get(address).status_code == 200  # the conditions themselves, without the view


def test_a_private_view_is_to_others_as_one_that_does_not_exist(client_for: ClientFor) -> None:
    path = save(client_for("sales.east1"), "只有我看")
    other = client_for("sales.east2")
    answers = [other.get(f"/customers/?view={number}") for number in (path.rpartition("=")[2], "987654")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert "只有我看" not in other.get("/customers/").text
    assert [other.get(edit_of(path)).status_code, other.post(edit_of(path), data={"name": "x"}).status_code] == [404, 404]
    assert other.post(edit_of(path).replace("edit", "delete")).status_code == 404


def test_a_view_shared_with_a_department_is_seen_there_and_nowhere_else(world: World, client_for: ClientFor) -> None:
    department = world.departments["qiheng/east"].id
    save(client_for("head.east"), "华东待跟进", shared=f"department-{department}")
    seen = {who: "华东待跟进" in client_for(who).get("/customers/").text for who in ("sales.east1", "head.east", "sales.west1", "sales2")}
    assert seen == {"sales.east1": True, "head.east": True, "sales.west1": False, "sales2": False}


def test_a_view_shared_with_a_role_is_seen_by_whoever_holds_it_today(world: World, client_for: ClientFor) -> None:
    with world.reading("sales.east1") as session:
        held = select(Role).join(EmployeeRole, EmployeeRole.role_id == Role.id)
        role = session.scalars(
            held.where(EmployeeRole.employee_id == world.employees["sales.east1"].id, Role.preset == "customer_manager")
        ).one()
        number = role.id
    save(client_for("sales.east1"), "客户经理用", shared=f"role-{number}")
    seen = {who: "客户经理用" in client_for(who).get("/customers/").text for who in ("sales.west1", "sales.east2")}
    assert seen == {"sales.west1": True, "sales.east2": False}


def test_nobody_shares_with_a_department_or_a_role_of_others(world: World, client_for: ClientFor) -> None:
    with world.reading("sales.east1") as session:
        foreign = session.scalars(select(Role.id).where(Role.preset == "department_head")).one()
    for shared in (f"department-{world.departments['qiheng/west'].id}", f"role-{foreign}", "department-x", "all"):
        answer = client_for("sales.east1").post(NEW, data={"name": "越界", "conditions": "", "shared": shared})
        assert answer.status_code == 422, shared
    with world.reading("sales.east1") as session:
        assert session.scalars(select(ListView)).all() == []


def test_whoever_opens_a_shared_view_sees_the_own_rows_only(world: World, client_for: ClientFor) -> None:
    for account, name in (("sales.east1", "苏州一号"), ("sales.east2", "无锡二号")):
        with world.use_case(account) as session:
            create_customer(session, {"name": name, "industry": "machinery"})
    path = save(client_for("sales.east1"), "部门的", "industry=machinery", shared=f"department-{world.departments['qiheng/east'].id}")
    pages = {who: client_for(who).get(f"/{path}").text for who in ("sales.east1", "sales.east2")}
    assert ("苏州一号" in pages["sales.east1"], "无锡二号" in pages["sales.east1"]) == (True, False)
    assert ("苏州一号" in pages["sales.east2"], "无锡二号" in pages["sales.east2"]) == (False, True)


def test_a_list_is_opened_with_the_view_that_one_chose_and_all_is_still_there(client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    path = save(client, "先看这个", "industry=machinery", usual="1")
    opened = client.get("/customers/")
    assert opened.status_code == 302
    assert opened.headers["Location"].endswith(path)
    page = client.get(f"/{path}").text
    assert 'href="/c/qiheng/customers/?view=all"' in page
    assert client.get("/customers/?view=all").status_code == 200
    assert client_for("sales.east2").get("/customers/").status_code == 200


def test_pinned_views_stand_in_the_side_menu_of_every_page_for_oneself_alone(world: World, client_for: ClientFor) -> None:
    shared = f"department-{world.departments['qiheng/east'].id}"
    path = save(client_for("sales.east1"), "钉住的", shared=shared, pinned="1")
    assert f'href="/c/qiheng/{path}"' in client_for("sales.east1").get("/").text
    other = client_for("sales.east2")
    assert "钉住的" not in other.get("/").text
    assert other.post(edit_of(path), data={"pinned": "1", "name": "改名"}).status_code == 303  # a colleague marks, and changes nothing
    assert "钉住的" in other.get("/").text


def test_a_view_that_is_shared_no_longer_is_gone_from_the_menus_of_others(world: World, client_for: ClientFor) -> None:
    path = save(client_for("sales.east1"), "曾经共享", shared=f"department-{world.departments['qiheng/east'].id}")
    client_for("sales.east2").post(edit_of(path), data={"pinned": "1"})
    assert client_for("sales.east1").post(edit_of(path), data={"name": "曾经共享"}).status_code == 303
    assert "曾经共享" not in client_for("sales.east2").get("/").text


def test_a_view_is_renamed_filled_anew_and_deleted_with_all_marks(world: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    path = save(client, "旧名", shared=f"department-{world.departments['qiheng/east'].id}", pinned="1")
    client_for("sales.east2").post(edit_of(path), data={"pinned": "1"})
    assert client.post(edit_of(path), data={"name": "新名", "take": "1", "conditions": "industry=automotive"}).status_code == 303
    with world.reading("sales.east1") as session:
        stored = session.scalars(select(ListView)).one()
        assert (stored.name, stored.conditions, stored.department_id) == ("新名", "industry=automotive", None)
    assert client.post(edit_of(path).replace("edit", "delete")).status_code == 303
    with world.keguan.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM core_view_mark").scalar() == 0
    with world.reading("auditor") as session:
        told = session.scalars(select(AuditRow.action).where(AuditRow.table_name == "core_list_view").order_by(AuditRow.id)).all()
    assert told == ["create", "update", "delete"]


def test_a_view_keeps_nothing_that_the_list_does_not_offer_and_needs_a_name_of_its_own(world: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    save(client, "一次")
    assert client.post(NEW, data={"name": "坏", "conditions": "next_contact_on_from=x"}).status_code == 400
    for name in ("", " ", "一次", "长" * 41):
        assert client.post(NEW, data={"name": name, "conditions": ""}).status_code == 422, name


@pytest.mark.parametrize("path", ["/lists/nonsense/views/new", "/lists/employees/views/new"])
def test_views_are_saved_only_of_lists_that_one_may_read(client_for: ClientFor, path: str) -> None:
    assert client_for("sales.east1").get(path).status_code in (403, 404)


def test_views_of_a_module_that_is_off_are_out_of_reach(world: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    opportunity = client.post("/lists/opportunities/views/new", data={"name": "商机", "conditions": "", "pinned": "1"})
    assert opportunity.status_code == 303
    assert "商机" in client.get("/").text
    with world.use_case("admin") as session:
        switch_module(session, world.keguan.registry, world.companies["qiheng"].id, "sales", on=False)
    assert client.get("/lists/opportunities/views/new").status_code == 404
    assert "opportunities/?view=" not in client.get("/").text
