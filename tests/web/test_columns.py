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
