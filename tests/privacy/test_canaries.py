"""A masked value stands in no log, notice, job, address or file, whatever is asked for and whatever goes wrong (security.md E1)."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

import pytest
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError

from core.testing.world import World
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact
from tests.audit.test_complete import failing
from tests.plugins.conftest import Trade

MOBILE, EMAIL = "13987650001", "canary.of.the.house@example.com"
CANARY = re.compile(f"{MOBILE}|{re.escape(EMAIL)}")
TOLD = {"core_aside_value", "customers_contact"}
"""Tables in which the value has its place: the record, and beside the trail."""


@pytest.fixture
def contact(world: World) -> int:
    customer = Trade(world).customer()
    with world.use_case("sales.east1") as session:
        return int(add_contact(session, {"customer": customer.id, "name": "卓不凡", "mobile": MOBILE, "email": EMAIL}).id)


@pytest.mark.requirement("R-442")
def test_a_masked_value_is_told_nowhere_but_in_its_place(
    world: World, contact: int, client_for: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    head = client_for("head.east")
    pages = ("/contacts/", f"/contacts/{contact}", f"/contacts/{contact}/edit", "/contacts/choices", "/search?q=卓不凡", "/notices/")
    answers = [head.get(path) for path in (*pages, "/api/v1/contacts/", f"/api/v1/contacts/{contact}", "/api/v1/contacts/_info")]
    answers.append(head.post(f"/contacts/{contact}/edit", data={"version": "7", "name": "卓"}))  # somebody was faster
    answers.append(head.post(f"/contacts/{contact}/edit", data={"version": "1", "name": "", "mobile": "x"}))  # two mistakes
    answers.append(head.put(f"/api/v1/contacts/{contact}", json={"version": 1, "position": "厂长"}))
    answers.append(head.put(f"/api/v1/contacts/{contact}", json={"version": 1, "position": "经理"}))  # of an old version
    answers.append(head.post(f"/contacts/{contact}/uncover/nothing"))
    assert any(answer.status_code == 200 for answer in answers)
    assert any(answer.status_code == 409 for answer in answers)
    for answer in answers:
        assert not CANARY.search(answer.text + str(answer.headers)), answer.request.path
    assert not CANARY.search(caplog.text)
    assert _tables_with_it(world) == TOLD


def _tables_with_it(world: World) -> set[str]:
    """Names of the tables with a row that holds the value: notices, jobs, the trail, the search index, all of them."""
    with world.keguan.database.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name for name in names if CANARY.search(str(connection.execute(text(f"SELECT * FROM {name}")).all()))}


@pytest.mark.requirement("R-442")
def test_an_error_of_the_database_does_not_tell_it(world: World, contact: int, client_for: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the page, nor the log, nor the error itself: a statement that fails, and a row that the database refuses."""
    caplog.set_level(logging.DEBUG)
    owner, engine = client_for("sales.east1"), world.keguan.database.engine
    with failing(world, 1, "INSERT INTO customers_contact"):
        answer = owner.post("/contacts/add", data={"customer": "1", "name": "卓又凡", "mobile": MOBILE, "email": EMAIL})
    assert answer.status_code == 500
    assert not CANARY.search(answer.text + caplog.text)
    table = Contact.__table__
    with pytest.raises(IntegrityError) as refused, engine.begin() as connection:
        connection.execute(insert(table).values(mobile=MOBILE, email=EMAIL))
    told = "".join(traceback.format_exception(refused.value)) + repr(refused.value) + repr(refused.value.orig)
    assert not CANARY.search(told), told


def test_no_file_of_the_data_folder_holds_it(world: World, contact: int, client_for: Any) -> None:
    client_for("sales.east1").get(f"/contacts/{contact}")
    for path in world.keguan.settings.data.rglob("*"):
        if path.is_file():
            assert not CANARY.search(path.read_bytes().decode("latin-1")), path.name
