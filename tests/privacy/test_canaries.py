"""A masked value stands in no log, notice, job, address or file, whatever is asked for and whatever goes wrong (security.md E1)."""

from __future__ import annotations

import logging
import re
import traceback
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError

from core.testing.world import World
from plugins.billing.operations import add_title
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact, create_customer
from tests.audit.faults import failing
from tests.plugins.conftest import Trade

FORMER = "13900009999"
MOBILE, EMAIL, ID_NUMBER = "13987650001", "canary.of.the.house@example.com", "11010519491231002X"
SPACED = "139 8765 0001"  # as it is typed: where it stands without spaces, it does not come from who asks
CANARY = re.compile(f"{MOBILE}|{FORMER}|{re.escape(EMAIL)}|{ID_NUMBER}")


@dataclass(frozen=True)
class Kept:
    """A record with masked values: a contact, a personal customer, title data of a buyer."""

    path: str
    table: str
    id: int
    changed: str
    """A text field that may be changed freely."""
    telephone: str = "phone"
    """A masked field, which is changed and given back before anything is asked: what was is masked like what is."""


@pytest.fixture
def contact(world: World) -> int:
    customer = Trade(world).customer()
    with world.use_case("sales.east1") as session:
        return int(add_contact(session, {"customer": customer.id, "name": "卓不凡", "mobile": MOBILE, "email": EMAIL}).id)


@pytest.fixture(params=["contacts", "customers", "invoice-titles"])
def kept(world: World, request: pytest.FixtureRequest) -> Kept:
    if request.param == "contacts":
        return Kept("contacts", "customers_contact", request.getfixturevalue("contact"), "position", "mobile")
    values = {"name": "卓不凡", "kind": "person", "phone": MOBILE, "email": EMAIL, "id_number": ID_NUMBER}
    if request.param == "customers":
        with world.use_case("sales.east1") as session:
            return Kept("customers", "customers_customer", int(create_customer(session, values).id), "city")
    customer = Trade(world).customer()
    with world.use_case("sales.east1") as session:
        made = add_title(session, {"customer": customer.id, "name": "卓不凡", "phone": MOBILE})
        return Kept("invoice-titles", "billing_title", int(made.id), "bank")


@pytest.mark.requirement("R-442")
def test_a_masked_value_is_told_nowhere_but_in_its_place(
    world: World, kept: Kept, client_for: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    head, one, owner = client_for("head.east"), f"/{kept.path}/{kept.id}", client_for("sales.east1")
    for version, number in enumerate((FORMER, MOBILE), 1):
        assert owner.put(f"/api/v1{one}", json={"version": version, kept.telephone: number}).status_code == 200
    pages = (
        f"/{kept.path}/",
        one,
        f"{one}?tab=history",
        f"{one}?tab=history&at=2099-01-01T00:00",
        f"{one}?tab=timeline",
        f"{one}/edit",
        f"/{kept.path}/choices",
        "/search/?find=卓不凡",
        f"/search/?find={SPACED}",
        "/notices/",
    )
    answers = [head.get(path) for path in (*pages, f"/api/v1/{kept.path}/", f"/api/v1{one}", f"/api/v1/{kept.path}/_info")]
    assert [one.request.path for one in answers if one.status_code != 200] == []
    answers.append(head.post(f"{one}/edit", data={"version": "7", "name": "卓"}))  # somebody was faster
    answers.append(head.post(f"{one}/edit", data={"version": "1", "name": "", "phone": "x"}))  # two mistakes
    answers.append(head.put(f"/api/v1{one}", json={"version": 3, kept.changed: "厂长"}))
    answers.append(head.put(f"/api/v1{one}", json={"version": 3, kept.changed: "经理"}))  # of an old version
    answers.append(head.post(f"{one}/uncover/nothing"))
    assert any(answer.status_code == 409 for answer in answers)
    for answer in answers:
        assert not CANARY.search(answer.text + str(answer.headers)), answer.request.path
    whole = head.get(f"/search/?find={MOBILE}")
    assert whole.status_code == 200
    found = answers[pages.index("/search/?find=卓不凡")].text
    assert f'{one}"' in found or kept.path == "invoice-titles", "the search finds nobody, so it proves nothing"
    assert not CANARY.search(whole.text.replace(MOBILE, "what was typed"))
    assert not CANARY.search(caplog.text)
    assert _tables_with_it(world) == {"core_aside_value", kept.table}, "the record, and beside the trail"


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
