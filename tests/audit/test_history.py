"""Key fields: changed with a reason, read as they were at any moment, given back by the same verb (R-054, R-058, R-164, R-354).

``make prove`` tries 10,000 histories.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.access.guard import as_system
from core.access.reasons import DEMANDED
from core.audit.history import changes_of, defaults_of, replayed, values_at
from core.audit.models import AuditRow
from core.audit.reasons import give_reason
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, delete_customer, hand_over_customer
from tests.plugins.conftest import Trade, trade
from tests.sizes import WHOLE
from tests.world import World, browser_for, program_for

__all__ = ["trade"]
HISTORIES = 10_000 if WHOLE else 200
START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ("name", "discount", "owner_id", "active")
DEFAULTS = {"active": True, "discount": "100"}
VALUES = st.dictionaries(st.sampled_from(COLUMNS), st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["a", "b", True])), max_size=4)


@pytest.mark.requirement("R-354")
@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=VALUES, steps=st.lists(st.tuples(st.integers(0, 3), VALUES), max_size=12), ends=st.booleans(), since=st.integers(0, 6))
def test_the_value_at_any_moment_is_that_of_a_plain_model(first: dict[str, Any], steps: Any, ends: bool, since: int) -> None:
    """The model remembers every state outright; the trail knows differences alone, and from its ``since``-th row on."""
    clock, state = START, {**DEFAULTS, **{name: value for name, value in first.items() if value is not None}}
    states: list[tuple[datetime, dict[str, Any] | None]] = [(clock, dict(state))]
    rows: list[Any] = [(clock, "create", {name: [None, value] for name, value in first.items() if value is not None})]
    for wait, values in steps:
        clock += timedelta(hours=wait, seconds=1)
        changed = {name: [state.get(name), value] for name, value in values.items() if state.get(name) != value}
        state.update(values)
        states.append((clock, dict(state)))
        rows.append((clock, "update", changed))
    if ends:
        clock += timedelta(hours=1)
        states.append((clock, None))
        rows.append((clock, "delete", {name: [value, None] for name, value in state.items()}))
    known = rows[since:] if since < len(rows) else rows  # a record may be older than the trail
    whole = len(known) == len(rows)
    for at, then in states:
        found = replayed(known, at, DEFAULTS)
        if whole:
            assert _known(found) == _known(then)
        elif at >= known[0][0]:
            touched = {name for _, _, changes in known for name in changes}
            assert then is None or {name: (found or {}).get(name) for name in touched} == {name: then.get(name) for name in touched}
    if whole:
        assert replayed(known, START - timedelta(seconds=1), DEFAULTS) is None


def _known(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: value for name, value in values.items() if value is not None}


def _rows(world: World, customer: Any) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        mine = (AuditRow.table_name == "customers_customer", AuditRow.record_id == customer.id)
        return list(session.scalars(select(AuditRow).where(*mine).order_by(AuditRow.id)))


@pytest.mark.requirement("R-164")
def test_a_record_is_read_as_it_was_through_changes_and_its_end(world: World, trade: Trade) -> None:
    customer = trade.customer()
    moments = [now()]
    for discount in ("95", "90.5"):
        with world.use_case("sales.east1") as session:
            change_customer(session, customer.id, None, {"discount": discount})
        moments.append(now())
    with world.use_case("head.east") as session:
        delete_customer(session, customer.id, None)
    with world.use_case("leader") as session, as_system(session, "a test"):
        then = [values_at(session, Customer, customer.id, moment) for moment in moments]
        gone = values_at(session, Customer, customer.id, now())
    assert [one and one.get("discount") and float(one["discount"]) for one in then] == [None, 95, 90.5]
    assert {one and one["name"] for one in then} == {customer.name}
    assert gone is None


def test_a_new_record_has_the_defaults_that_nobody_has_named() -> None:
    assert defaults_of(Customer)["state"] == "draft" or defaults_of(Customer)


@pytest.mark.requirement("R-058")
def test_a_change_carries_its_reason_and_who_let_it_be_done(world: World, trade: Trade) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        give_reason(session, "  new price   agreement ", "苏明远")
        change_customer(session, customer.id, None, {"discount": "88"})
    row = _rows(world, customer)[-1]
    assert (row.reason, row.approved_by, float(changes_of(row)["discount"][1])) == ("new price agreement", "苏明远", 88)


def _demand(world: World) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, DEMANDED, True, today())


@pytest.mark.requirement("R-354")
def test_where_the_company_demands_it_no_door_changes_a_key_field_without_a_reason(world: World, trade: Trade, application: Flask) -> None:
    customer = trade.customer()
    _demand(world)
    with pytest.raises(BadInput, match="why this is changed"), world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"discount": "88"})
    browser, program = browser_for(application, world, "sales.east1"), program_for(application, world, "sales.east1")
    version = str(_stored(world, customer).version)
    answer = browser.post(f"/customers/{customer.id}/edit", data={"version": version, "discount": "88"})
    assert (answer.status_code, "change_reason" in answer.text) == (422, True)
    answer = program.put(f"/api/v1/customers/{customer.id}", json={"version": version, "discount": "88"})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["change_reason"])
    answer = program.put(f"/api/v1/customers/{customer.id}", json={"version": version, "discount": "88", "reason": "agreed"})
    assert answer.status_code == 200, answer.text
    answer = browser.post(
        f"/customers/{customer.id}/edit", data={"version": answer.json["result"]["version"], "discount": "87", "change_reason": "again"}
    )
    assert answer.status_code == 303, answer.text
    assert [row.reason for row in _rows(world, customer)[-2:]] == ["agreed", "again"]


def test_what_is_no_key_field_needs_no_reason(world: World, trade: Trade) -> None:
    customer = trade.customer()
    _demand(world)
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"city": "无锡"})


def _stored(world: World, customer: Any) -> Customer:
    with Session(world.keguan.database.engine) as session:
        found = session.get(Customer, customer.id)
        assert found is not None
        return found


@pytest.mark.requirement("R-164")
def test_the_history_shows_the_past_and_gives_it_back_by_the_same_verb(world: World, trade: Trade, application: Flask) -> None:
    customer = trade.customer()
    for discount in ("95", "90"):
        with world.use_case("sales.east1") as session:
            give_reason(session, f"to {discount}")
            change_customer(session, customer.id, None, {"discount": discount})
    browser = browser_for(application, world, "sales.east1")
    page = browser.get(f"/customers/{customer.id}?tab=history").text
    assert "to 95" in page
    assert f"/customers/{customer.id}/restore" in page
    row = _rows(world, customer)[-1]
    version = str(_stored(world, customer).version)
    answer = browser.post(f"/customers/{customer.id}/restore", data={"row": str(row.id), "version": version})
    assert answer.status_code == 303, answer.text
    assert _stored(world, customer).discount == 95
    restored = _rows(world, customer)[-1]
    assert (restored.action, bool(restored.reason)) == ("update", True)
    again = browser.post(f"/customers/{customer.id}/restore", data={"row": str(row.id), "version": version})
    assert again.status_code == 409, "somebody was faster"
    other = browser.post(f"/customers/{customer.id}/restore", data={"row": "1", "version": version})
    assert other.status_code == 404, "a row of another record"


@pytest.mark.requirement("R-164", "R-165")
def test_an_owner_is_given_back_by_the_handover_filled_in_from_the_history(world: World, trade: Trade, application: Flask) -> None:
    """Only a handover changes an owner, so that is the way back; whoever may not hand over finds none."""
    customer, first, second = trade.customer(), trade.employee("sales.east1"), trade.employee("sales.east2")
    with world.use_case("head.east") as session:
        hand_over_customer(session, customer.id, None, owner=second, reason="换人跟进")
    history = f"/customers/{customer.id}?tab=history"

    def told(account: str) -> str:
        return browser_for(application, world, account).get(history).text.split('id="tab-body"')[1]

    page = told("head.east")
    form = re.search(rf'<form[^>]*action="[^"]*/customers/{customer.id}/hand_over".*?</form>', page, re.DOTALL)
    assert form is not None
    assert re.search(rf'name="owner"[^>]*value="{first}"|value="{first}"[^>]*name="owner"|<option value="{first}" selected', form[0])
    assert world.employees["sales.east1"].name in form[0]
    assert "/hand_over" not in told("sales.east2")
    sent = {"version": str(_stored(world, customer).version), "owner": str(first), "reason": "恢复原负责人"}
    assert browser_for(application, world, "head.east").post(f"/customers/{customer.id}/hand_over", data=sent).status_code == 303
    assert _stored(world, customer).owner_id == first
    assert f'value="{first}"' not in told("head.east"), "nobody is given back to whoever is the owner"


@pytest.mark.requirement("R-354")
@pytest.mark.parametrize(
    ("at", "said"), [("2020-01-01T00:00", "did not exist|当时还不存在"), ("never", "2026-03-18"), ("2099-01-01T00:00", "<tbody>")]
)
def test_the_page_answers_for_a_moment(world: World, trade: Trade, application: Flask, at: str, said: str) -> None:
    customer = trade.customer()
    browser = browser_for(application, world, "sales.east1")
    page = browser.get(f"/customers/{customer.id}?tab=history&at={at}")
    assert page.status_code == 200
    assert re.search(said, page.text.split("kg-asof-when")[1])


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_record_with_the_id_of_a_deleted_one_shows_nothing_of_it(world: World, trade: Trade, application: Flask) -> None:
    """SQLite gave the last id again before tables counted on, and such a database may be in use still."""
    gone = trade.customer("sales.west1")
    with world.use_case("head.west") as session:
        delete_customer(session, gone.id, None)
    with world.keguan.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")
    customer = trade.customer("sales.east1")
    assert customer.id == gone.id
    page = browser_for(application, world, "sales.east1").get(f"/customers/{customer.id}?tab=history").text
    assert world.employees["sales.west1"].name not in page.split('id="tab-body"')[1]


def test_who_may_not_change_the_record_restores_nothing(world: World, trade: Trade, application: Flask) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        change_customer(session, customer.id, None, {"discount": "95"})
    row = _rows(world, customer)[-1]
    answer = browser_for(application, world, "sales.west1").post(
        f"/customers/{customer.id}/restore", data={"row": str(row.id), "version": "1"}
    )
    assert answer.status_code == 404
