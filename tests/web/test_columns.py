"""Columns of a list: chosen, ordered, remembered per person, kept in a view; never what one may not read or see."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from core.access.models import FieldGrant, Role
from core.kernel.acting import FieldAccess
from core.lists.models import ListHabit
from plugins.customers.operations import create_customer
from tests.conformance.statements import counted
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
PATH = "/lists/customers/columns"


def heads(page: str) -> list[str]:
    """The labels of the columns."""
    found = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", page, re.DOTALL)
    return [text for head in found if (text := re.sub(r"<[^>]+>", "", head).strip())]


@pytest.fixture
def customer(world: World) -> World:
    """One customer of one salesperson."""
    with world.use_case("sales.east1") as session:
        create_customer(session, {"name": "华星", "industry": "machinery"})
    return world


def test_columns_are_remembered_for_one_person_and_one_list(customer: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    usual = heads(client.get("/customers/").text)
    assert client.post(PATH, data={"column": ["department", "industry"]}).status_code == 303
    assert heads(client.get("/customers/").text)[-2:] == ["部门", "行业"]
    assert "华东销售部" in client.get("/customers/").text
    assert heads(client_for("head.east").get("/customers/").text) == usual
    assert client.post(PATH, data={"step": "reset"}).status_code == 303
    assert heads(client.get("/customers/").text) == usual


def test_a_view_keeps_its_columns_whatever_the_person_chooses_elsewhere(customer: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    client.post(PATH, data={"column": ["industry"]})
    form = client.get("/lists/customers/views/new?conditions=columns%3Ddepartment").text
    assert "columns=department" in form
    made = client.post("/lists/customers/views/new", data={"name": "按部门", "conditions": "columns=department"})
    assert heads(client.get(made.headers["Location"]).text)[1:] == ["部门"]
    assert heads(client.get("/customers/").text)[1:] == ["行业"]
    changed = client.post(PATH, data={"asked": "of=1&columns=department", "column": ["region"]})
    assert "columns=region" in changed.headers["Location"]
    with customer.reading("sales.east1") as session:
        assert session.scalars(select(ListHabit.columns)).one() == "industry"


def test_moving_a_column_keeps_nothing_before_the_form_is_sent(customer: World, client_for: ClientFor) -> None:
    asked = urlencode([("order", "industry"), ("order", "region"), ("column", "industry"), ("step", "down-industry")])
    page = client_for("sales.east1").get(f"{PATH}?{asked}").text
    assert page.index('name="order" value="region"') < page.index('name="order" value="industry"')
    with customer.reading("sales.east1") as session:
        assert session.scalars(select(ListHabit)).all() == []


def test_a_column_of_a_hidden_field_is_neither_offered_nor_shown(customer: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    assert 'value="industry"' in client.get(PATH).text
    role, said = Role.__table__.c, {"resource": "customers.customer", "table_name": "customers_customer", "field": "industry"}
    with customer.keguan.database.engine.begin() as connection:
        roles = connection.execute(select(role.id.label("role_id"), role.company_id)).mappings().all()
        rows = [{**said, **one, "access": FieldAccess.NONE, "version": 1} for one in roles]
        connection.execute(FieldGrant.__table__.insert(), rows)
    assert 'value="industry"' not in client.get(PATH).text
    page = client.get("/customers/?columns=industry,region").text
    assert heads(page)[1:] == ["地域"]
    assert "machinery" not in page


def test_a_list_with_every_column_and_condition_asks_at_most_twelve_times(customer: World, client_for: ClientFor) -> None:
    client, engine = client_for("sales.east1"), customer.keguan.database.engine
    client.post("/lists/customers/views/new", data={"name": "固定", "conditions": "order=-id", "pinned": "1"})
    columns = "department,parent,owner,industry,region,kind,source,last_contact_at"
    owner = customer.employees["sales.east1"].id
    asked = {"columns": columns, "owner": owner, "join": "or", "where": "department.is.my_department", "order": "-id"}
    client.get(f"/customers/?{urlencode(asked)}")
    with counted(engine) as said:
        assert client.get(f"/customers/?{urlencode(asked)}").status_code == 200
    assert len(said) <= 12, "\n".join(said)


def drawn(page: str) -> dict[str, int]:
    """Pixels by column, as the list is drawn; none where it finds them by itself."""
    if "kg-sized" not in page:
        return {}
    keys = re.findall(r'<th scope="col" data-col="(\w+)"', page)
    widths = [int(one) for one in re.findall(r'<col style="--w:(\d+)px">', page)]
    return dict(zip(reversed(keys), reversed(widths), strict=False))


def test_widths_are_remembered_for_one_person_and_one_list_until_the_usual_columns(customer: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    assert drawn(client.get("/customers/").text) == {}
    assert client.post(PATH, data={"step": "widths", "widths": "name:300,industry:90"}).status_code == 204
    page = drawn(client.get("/customers/").text)
    assert (page["name"], page["industry"], page["state"]) == (300, 90, 140)
    assert f"--kg-sum:{sum(page.values()) + 48}px" in client.get("/customers/").text
    assert drawn(client_for("head.east").get("/customers/").text) == {}
    assert drawn(client.get("/contacts/").text) == {}
    client.post(PATH, data={"column": ["industry", "region"], "dense": "1"})
    page = drawn(client.get("/customers/").text)
    assert page == {"name": 300, "industry": 90, "region": 140}
    client.post(PATH, data={"step": "reset"})
    assert drawn(client.get("/customers/").text) == {}


def test_a_view_keeps_its_widths_and_what_is_drawn_there_is_kept_with_it(customer: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    client.post(PATH, data={"step": "widths", "widths": "name:300"})
    form = client.get(re.findall(r'href="/c/qiheng(/lists/customers/views/new[^"]*)"', client.get("/customers/").text)[0]).text
    kept = re.findall(r'name="conditions" value="([^"]+)"', form)[0]
    assert kept == "widths=name%3A300"
    view = client.post("/lists/customers/views/new", data={"name": "宽", "conditions": kept}).headers["Location"].removeprefix("/c/qiheng")
    client.post(PATH, data={"step": "widths", "widths": "name:100"})
    assert drawn(client.get("/customers/").text)["name"] == 100
    assert drawn(client.get(view).text)["name"] == 300
    page = client.get(f"{view}&widths=name:444").text
    assert drawn(page)["name"] == 444
    assert "保存更改" in page
    assert "widths" not in client.post(PATH, data={"step": "reset", "asked": "of=1&widths=name:300"}).headers["Location"]


@pytest.mark.parametrize(
    ("widths", "sentence"),
    [
        ("name:59", "列宽须在 60 到 800 像素之间。"),
        ("name:801", "列宽须在 60 到 800 像素之间。"),
        ("name", "请按“列:像素”发送列宽，之间用逗号隔开。"),
        ("name:１２０", "请按“列:像素”发送列宽，之间用逗号隔开。"),
        (",".join(f"name{number}:100" for number in range(60)), "请按“列:像素”发送列宽，之间用逗号隔开。"),
        ("nothing:100", "列表没有“nothing”列。"),
    ],
)
def test_widths_that_no_hand_draws_are_refused_in_one_sentence(customer: World, client_for: ClientFor, widths: str, sentence: str) -> None:
    answer = client_for("sales.east1").post(PATH, data={"step": "widths", "widths": widths})
    assert answer.status_code == 422
    assert sentence in answer.text
    with customer.reading("sales.east1") as session:
        assert session.scalars(select(ListHabit)).all() == []


@pytest.mark.parametrize("widths", ["name:5", "name", "x:100", "name:100;", "name:" + "9" * 400])
def test_an_address_with_widths_of_no_sense_shows_the_list_as_it_is(customer: World, client_for: ClientFor, widths: str) -> None:
    answer = client_for("sales.east1").get(f"/customers/?widths={widths}")
    assert answer.status_code == 200
    assert drawn(answer.text) == {}


def test_a_card_has_no_label_with_nothing_behind_it(customer: World, client_for: ClientFor) -> None:
    client = client_for("sales.east1")
    label = '<span class="kg-only-phone">行业：</span>'
    assert label in client.get("/customers/?columns=industry").text
    page = client.get("/customers/?columns=website,last_contact_at").text
    assert '<span class="kg-only-phone">' not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert page.count('<span class="kg-no-phone"><span class="kg-3">–') == 2
