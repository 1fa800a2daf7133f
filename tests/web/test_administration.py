"""Pages of the administrators: parameters, code lists, working days, organisation, employees, handovers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.models import EmployeeRole, Role
from core.kernel.clock import today
from core.kernel.working_days import LAST_YEAR
from core.operations.language import catalogues_of, speaking
from core.organisation.code_lists import resolve
from core.organisation.models import CodeEntry, CompanyDay, Department, DepartmentLeader, Duty, Employee, Handover, Parameter
from core.organisation.parameters import parameter
from core.organisation.working_days import is_working_day
from plugins.customers.models import Customer
from plugins.customers.operations import create_customer
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import business, sentences
from tests.world import Browser, World, browser_for

ClientFor = Callable[[str], Browser]
DAYS = "/parameters/core.handover_undo_days"
SOURCE = "/code-lists/customers.source"
PAGES = {
    "/parameters/": "admin",
    DAYS: "admin",
    "/code-lists/": "admin",
    SOURCE: "admin",
    "/working-days/": "admin",
    "/organisation/": "admin",
    "/employees/": "security",
    "/handovers/": "security",
    "/roles/add": "security",
}


@pytest.mark.requirement("R-011")
@pytest.mark.parametrize("path", sorted(PAGES))
def test_administrators_see_their_pages_and_salespeople_do_not(client_for: ClientFor, path: str) -> None:
    assert client_for(PAGES[path]).get(path).status_code == 200
    assert client_for("sales.east1").get(path).status_code in (403, 404)


@pytest.mark.requirement("R-061")
def test_a_parameter_is_set_on_its_page_and_its_history_tells_who(world: World, client_for: ClientFor) -> None:
    admin = client_for("admin")
    tomorrow = today() + timedelta(days=1)
    assert admin.post(DAYS, data={"value": "10", "starts_on": str(today())}).status_code == 303
    assert admin.post(DAYS, data={"value": "20", "starts_on": str(tomorrow)}).status_code == 303
    page = admin.get(DAYS).text
    assert "林启航" in page
    assert "待生效" in page
    with world.reading("admin") as session:
        assert (parameter(session, "core.handover_undo_days"), parameter(session, "core.handover_undo_days", tomorrow)) == (10, 20)
        coming = session.scalars(select(Parameter).where(Parameter.starts_on == tomorrow)).one()
    assert admin.post(f"{DAYS}/{coming.id}/withdraw", data={"version": str(coming.version)}).status_code == 303
    with world.reading("admin") as session:
        assert parameter(session, "core.handover_undo_days", tomorrow) == 10


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"value": "zehn", "starts_on": "2099-01-01"}, "整数"),
        ({"value": "", "starts_on": "2099-01-01"}, "请您填写此项"),
        ({"value": "10", "starts_on": "2020-01-01"}, "过去的值不能更改"),
        ({"value": "366", "starts_on": "2099-01-01"}, "0 到 365"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_and_stays_typed(
    world: World, client_for: ClientFor, sent: dict[str, str], sentence: str
) -> None:
    refused = client_for("admin").post(DAYS, data=sent)
    assert (refused.status_code, sentence in refused.text) == (422, True)
    assert f'value="{sent["value"]}"' in refused.text
    with world.reading("admin") as session:
        assert session.scalars(select(Parameter)).all() == []


def test_the_page_of_a_parameter_says_what_holds_today(client_for: ClientFor) -> None:
    admin = client_for("admin")
    present = admin.get(DAYS).text.partition("当前值")[2].partition("</section>")[0]
    assert "尚未设置，采用默认值" in present
    assert re.search(r'class="value kg-num">\d+ 天<', present)
    assert admin.post(DAYS, data={"value": "21", "starts_on": str(today())}).status_code == 303
    present = admin.get(DAYS).text.partition("当前值")[2].partition("</section>")[0]
    assert 'class="value kg-num">21 天<' in present


def test_a_parameter_or_a_list_that_nobody_declares_does_not_exist(client_for: ClientFor) -> None:
    assert client_for("admin").get("/parameters/core.nothing").status_code == 404
    assert client_for("admin").get("/code-lists/core.nothing").status_code == 404


@pytest.mark.requirement("R-060")
def test_an_entry_is_added_renamed_switched_off_and_deleted(world: World, client_for: ClientFor) -> None:
    admin = client_for("admin")
    fair = {"code": "fair", "chinese": "展会名录", "english": "Fair list", "aliases": "会刊\n名录"}
    assert admin.post(f"{SOURCE}/add", data=fair).status_code == 303
    assert "展会名录" in admin.get(SOURCE).text
    assert "展会名录" in client_for("sales.east1").get("/customers/add").text
    change: dict[str, Any] = {"code": "fair", "version": "1", "chinese": "展会", "english": "Fairs", "position": "5", "aliases": "会刊"}
    assert admin.post(f"{SOURCE}/change", data=change).status_code == 422  # 展会 is the exhibition already
    assert admin.post(f"{SOURCE}/change", data={**change, "chinese": "展会资料"}).status_code == 303
    assert admin.post(f"{SOURCE}/change", data={"code": "fair", "version": "2", "active": "0"}).status_code == 303
    assert "展会资料" not in client_for("sales.east1").get("/customers/add").text
    assert admin.post(f"{SOURCE}/remove", data={"code": "fair", "version": "3"}).status_code == 303
    with world.reading("admin") as session:
        assert session.scalars(select(CodeEntry)).all() == []


@pytest.mark.requirement("R-060")
def test_a_list_shows_the_label_and_filters_by_the_code(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "Acme", "industry": "technolgy", "source": "referral"})
        create_customer(session, {"name": "Beta", "industry": "轴承"})
    sales = client_for("sales.east1")
    page = sales.get("/customers/").text
    assert "信息技术" in page
    assert "轴承" in page
    assert ("Acme" in (found := sales.get("/customers/?industry=technology").text), "Beta" in found) == (True, False)
    values = sales.get("/customers/values/industry").json
    assert {one["id"]: one["text"] for one in values["items"]} == {"technology": "信息技术", "轴承": "轴承"}


def test_a_switched_off_entry_stays_on_the_form_of_a_record_that_has_it(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        customer = create_customer(session, {"name": "Acme", "source": "call"})
    assert client_for("admin").post(f"{SOURCE}/change", data={"code": "call", "version": "0", "active": "0"}).status_code == 303
    assert '<option value="call" selected' in client_for("sales.east1").get(f"/customers/{customer.id}/edit").text


@pytest.mark.parametrize("sent", [{"code": "a b", "chinese": "甲"}, {"code": "", "chinese": ""}, {"code": "x", "chinese": "转介绍"}])
def test_a_bad_entry_is_refused_in_one_sentence(world: World, client_for: ClientFor, sent: dict[str, str]) -> None:
    assert client_for("admin").post(f"{SOURCE}/add", data=sent).status_code == 422
    with world.reading("admin") as session:
        assert session.scalars(select(CodeEntry)).all() == []


def test_the_company_sets_a_day_and_follows_the_public_calendar_again(world: World, client_for: ClientFor) -> None:
    admin = client_for("admin")
    assert admin.post("/working-days/", data={"day": "2026-03-13", "kind": "off", "note": "公司周年庆"}).status_code == 303
    assert "公司周年庆" in admin.get("/working-days/?year=2026").text
    with world.reading("admin") as session:
        row = session.scalars(select(CompanyDay)).one()
        assert not is_working_day(session, row.day)
    assert admin.post(f"/working-days/{row.id}/forget?year=2026", data={"version": str(row.version)}).status_code == 303
    with world.reading("admin") as session:
        assert is_working_day(session, row.day)


def test_a_year_without_published_holidays_says_so(client_for: ClientFor) -> None:
    admin = client_for("admin")
    assert "暂按周一至周五" in admin.get(f"/working-days/?year={LAST_YEAR + 1}").text
    assert "暂按周一至周五" not in admin.get(f"/working-days/?year={LAST_YEAR}").text
    assert admin.get("/working-days/?year=morgen").status_code == 400


@pytest.mark.parametrize("sent", [{"day": "2026-02-31", "kind": "off"}, {"day": "2026-03-13", "kind": "maybe"}, {}])
def test_a_bad_day_is_refused_in_one_sentence(client_for: ClientFor, sent: dict[str, str]) -> None:
    assert client_for("admin").post("/working-days/", data=sent).status_code == 422


def test_departments_are_added_renamed_and_led(world: World, client_for: ClientFor) -> None:
    admin, east = client_for("admin"), world.departments["qiheng/east"]
    assert admin.post(f"/organisation/{east.id}/add", data={"name": "苏州组", "code": "suzhou"}).status_code == 303
    assert admin.post(f"/organisation/{east.id}/add", data={"name": "苏州组", "code": "suzhou"}).status_code == 422
    assert admin.post(f"/organisation/{east.id}/rename", data={"version": "1", "name": "华东大区", "code": "east"}).status_code == 303
    head = world.employees["sales.east2"].id
    appointed = {"version": "2", "duty": "head", "employee": str(head)}
    assert admin.post(f"/organisation/{east.id}/appoint", data=appointed).status_code == 303
    with world.reading("admin") as session:
        assert session.scalars(select(Department.name).where(Department.code == "east")).one() == "华东大区"
        leads = select(DepartmentLeader.employee_id).where(DepartmentLeader.department_id == east.id, DepartmentLeader.duty == Duty.HEAD)
        assert session.scalars(leads).all() == [head]
    assert "华东大区" in admin.get("/organisation/").text


@pytest.mark.requirement("R-048")
def test_a_department_is_moved_by_its_page_and_who_leads_above_sees_its_records_from_then_on(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.west1") as session:
        customer = create_customer(session, {"name": "成都西岭机械有限公司"}).id
    admin, head = client_for("admin"), client_for("head.east")
    east, west = world.departments["qiheng/east"], world.departments["qiheng/west"]
    assert head.get(f"/customers/{customer}").status_code == 404
    assert admin.post(f"/organisation/{west.id}/move", data={"version": str(west.version), "parent": str(east.id)}).status_code == 303
    assert head.get(f"/customers/{customer}").status_code == 200
    below = {"version": str(east.version), "parent": str(west.id)}
    answer = admin.post(f"/organisation/{east.id}/move", data=below)
    assert answer.status_code == 422
    with world.reading("admin") as session:
        assert session.get_one(Department, east.id).parent_id != west.id


NEW = {"name": "林新", "number": "100", "user_name": "lin.new", "first_password": "first-Pass-2026", "position": "销售代表"}


@pytest.mark.requirement("R-299")
@pytest.mark.requirement("R-050")
def test_a_new_employee_changes_the_first_password_before_anything_else(world: World, application: Flask, client_for: ClientFor) -> None:
    security = client_for("security")
    sent = {**NEW, "department": str(world.departments["qiheng/east"].id), "superior": str(world.employees["head.east"].id)}
    assert security.post("/employees/add", data=sent).status_code == 303
    with world.reading("security") as session:
        person = session.scalars(select(Employee).where(Employee.number == "100")).one()
        assert (person.position, person.superior_id) == ("sales_representative", world.employees["head.east"].id)
        role = session.scalars(select(Role).where(Role.preset == "salesperson")).one()
    assert security.post(f"/employees/{person.id}/roles", data={f"role-{role.id}": "1"}).status_code == 303
    fresh = Browser(application, application.response_class, use_cookies=True)
    fresh.company = "qiheng"
    token = {"username": "lin.new", "password": "first-Pass-2026", "provider": "db"}
    bearer = fresh.post("/api/v1/security/login", json=token).json["access_token"]
    assert fresh.get("/api/v1/customers/", headers={"Authorization": f"Bearer {bearer}"}).status_code == 403
    with world.reading("security") as session:
        assert session.scalars(select(EmployeeRole.role_id).where(EmployeeRole.employee_id == person.id)).all() == [role.id]


def test_with_a_first_password_every_page_leads_to_changing_it(world: World, application: Flask, client_for: ClientFor) -> None:
    person = world.employees["sales.east1"]
    sent = {"version": str(person.version), "first_password": "first-Pass-2026"}
    assert client_for("security").post(f"/employees/{person.id}/new_password", data=sent).status_code == 303
    browser = browser_for(application, world, "sales.east1")
    assert browser.get("/customers/").headers["Location"].endswith("/account/password")
    assert browser.post("/customers/add", data={"name": "Acme"}).status_code == 403
    change = {"current": "first-Pass-2026", "new": "my-Own-Pass-77", "again": "my-Own-Pass-77"}
    assert browser.post("/account/password", data={**change, "new": change["current"], "again": change["current"]}).status_code == 422
    assert browser.post("/account/password", data=change).status_code in (302, 303)
    assert browser_for(application, world, "sales.east1").get("/customers/").status_code == 200


@pytest.mark.requirement("R-299")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"user_name": "sales.east1"}, "user_name"),
        ({"user_name": "a b"}, "user_name"),
        ({"first_password": "short"}, "first_password"),
        ({"number": "007"}, "number"),
        ({"name": ""}, "name"),
    ],
)
def test_an_employee_that_cannot_be_is_refused_and_nothing_is_written(
    world: World, client_for: ClientFor, wrong: dict[str, str], field: str
) -> None:
    sent = {**NEW, "department": str(world.departments["qiheng/east"].id), **wrong}
    refused = client_for("security").post("/employees/add", data=sent)
    assert refused.status_code == 422
    assert f'name="{field}"' in refused.text
    with world.reading("security") as session:
        assert session.scalar(select(Employee.id).where(Employee.name == NEW["name"])) is None


@pytest.mark.requirement("R-301")
def test_what_belongs_to_another_is_refused_to_whoever_is_there_already(world: World, client_for: ClientFor) -> None:
    """The number of a colleague, the name of a role, the code of a department: one sentence beside the field, nothing changed."""
    one, other = world.employees["sales.east1"], world.employees["sales.east2"]
    east = world.departments["qiheng/east"]
    with world.reading("security") as session, speaking("zh_CN", catalogues_of(world.keguan.registry)):
        first, second = session.scalars(select(Role).order_by(Role.id).limit(2)).all()
        described = {"version": str(second.version), "name": str(first.name), "description": "", "active": "1"}
    renamed = {"version": str(east.version), "name": east.name, "code": world.departments["qiheng/west"].code}
    before = business(world)
    for account, path, sent, field in (
        ("security", f"/employees/{other.id}/edit", {"version": str(other.version), "number": one.number}, "number"),
        ("admin", f"/organisation/{east.id}/rename", renamed, "code"),
        ("security", f"/roles/{second.id}/describe", described, ""),
    ):
        refused = client_for(account).post(path, data=sent)
        assert refused.status_code == 422, (path, refused.status_code)
        assert f'name="{field}"' in refused.text or not field, path
        assert sentences(refused), path
        assert not [why for said in sentences(refused) if (why := unclear(said, "zh_CN"))], path
    assert business(world) == before


@pytest.mark.requirement("R-301")
def test_superiors_never_form_a_circle(world: World, client_for: ClientFor) -> None:
    one, other = world.employees["sales.east1"], world.employees["sales.east2"]
    security = client_for("security")
    assert security.post(f"/employees/{one.id}/edit", data={"version": "1", "superior": str(other.id)}).status_code == 303
    assert security.post(f"/employees/{other.id}/edit", data={"version": "1", "superior": str(one.id)}).status_code == 422


def test_a_head_is_offered_to_hand_over_the_records_of_the_own_people_alone(world: World, client_for: ClientFor) -> None:
    head = client_for("head.east")
    for name, status in (("sales.east1", 200), ("sales.west1", 403)):
        number = world.employees[name].id
        door = f"/handovers/employees/{number}"
        assert (head.get(door).status_code, door in head.get(f"/employees/{number}").text) == (status, status == 200)


@pytest.mark.requirement("R-301")
@pytest.mark.requirement("R-165", "R-452")
def test_a_handover_is_previewed_done_and_undone_on_pages(world: World, client_for: ClientFor) -> None:
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "Acme"})
    giver, taker = world.employees["sales.east1"], world.employees["sales.west1"]
    security = client_for("security")
    preview = security.get(f"/handovers/employees/{giver.id}").text
    assert "未结 1，已结 0" in preview
    assert "Acme" not in preview  # what moves is counted, not told
    assert security.post(f"/handovers/employees/{giver.id}", data={"version": "1", "taker": ""}).status_code == 422
    sent = {"version": "1", "taker": str(taker.id), "reason": "离职"}
    assert security.post(f"/handovers/employees/{giver.id}", data=sent).status_code == 303
    assert "Acme" in client_for("sales.west1").get("/customers/").text
    with world.reading("security") as session:
        handover = session.scalars(select(Handover)).one()
    assert security.post(f"/handovers/{handover.id}/undo", data={"version": str(handover.version)}).status_code == 303
    assert "Acme" in client_for("sales.east1").get("/customers/").text
    assert security.post(f"/handovers/{handover.id}/undo", data={"version": "2"}).status_code == 409


@pytest.mark.requirement("R-048")
def test_a_role_of_the_regulation_is_added_and_renamed(world: World, client_for: ClientFor) -> None:
    security = client_for("security")
    added = security.post("/roles/add", data={"preset": "executive"})
    assert added.status_code == 303
    assert "高层领导" in security.get(added.headers["Location"]).text
    assert security.post("/roles/add", data={"name": "高层领导"}).status_code == 422
    assert security.post("/roles/add", data={}).status_code == 422
    with world.reading("security") as session:
        role = session.scalars(select(Role).where(Role.preset == "executive")).one()
    described = {"version": str(role.version), "name": "董事会", "description": "", "active": "1"}
    assert security.post(f"/roles/{role.id}/describe", data=described).status_code == 303
    assert "董事会" in security.get("/roles/").text


@pytest.mark.requirement("R-060")
def test_an_open_list_is_offered_while_typing_and_takes_other_words(world: World, client_for: ClientFor) -> None:
    form = client_for("sales.east1").get("/customers/add").text
    assert '<option value="信息技术"></option>' in form
    posted = client_for("sales.east1").post(
        "/customers/add", data={"name": "Acme", "kind": "company", "industry": "信息技术", "region": "江苏省"}
    )
    assert posted.status_code == 303
    with world.reading("sales.east1") as session:
        assert session.execute(select(Customer.industry, Customer.region)).one() == ("technology", "江苏")


def test_words_that_imports_use_are_known_to_the_list(world: World) -> None:
    with world.reading("sales.east1") as session:
        assert resolve(session, "customers.region", "江苏省") == "江苏"
