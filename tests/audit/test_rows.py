"""The trail tells what a person did in the words of the business: one verb on one record is one row, signed by whoever did it."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.audit.models import AuditRow
from core.audit.trail import name_action, seal_with
from core.audit.verification import verify_rows
from core.database.engine import make_engine
from core.kernel.errors import Forbidden
from plugins.contracts.models import Contract
from plugins.contracts.operations import sign_contract
from plugins.contracts.rules import ContractState
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer
from tests.plugins.conftest import Trade, trade
from tests.world import World

__all__ = ["trade"]


def _rows(world: World, record: Any) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        mine = (AuditRow.table_name == record.__tablename__, AuditRow.record_id == record.id)
        return list(session.scalars(select(AuditRow).where(*mine).order_by(AuditRow.id)))


@pytest.mark.requirement("R-058")
def test_a_signature_is_one_row_with_everything_that_it_changed(world: World, trade: Trade) -> None:
    contract = trade.contract()
    with world.use_case("contracts") as session:
        sign_contract(session, contract.id, contract.version)
    signed = [row for row in _rows(world, contract) if row.action == "sign"]
    assert len(signed) == 1
    changes = json.loads(signed[0].changes)
    assert changes["state"] == ["draft", "effective"]
    assert {"number", "signed_on", "signer_id"} <= set(changes)
    assert "update" not in {row.action for row in _rows(world, contract)}


def test_what_a_verb_writes_twice_is_told_from_the_first_to_the_last_value(world: World, trade: Trade) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        stored = get_for(session, Customer, "update", customer.id)
        for city in ("苏州", "无锡", "常州"):
            stored.city = city
            session.flush()
    assert json.loads(_rows(world, customer)[-1].changes) == {"city": [None, "常州"]}


def test_what_ends_as_it_was_is_no_change(world: World, trade: Trade) -> None:
    customer = trade.customer()
    before = len(_rows(world, customer))
    with world.use_case("sales.east1") as session:
        stored = get_for(session, Customer, "update", customer.id)
        for city in ("苏州", None):
            stored.city = city
            session.flush()
    assert len(_rows(world, customer)) == before


def test_what_a_new_record_is_given_later_in_the_same_use_case_belongs_to_its_creation(world: World, trade: Trade) -> None:
    with world.use_case("sales.east1") as session:
        customer = Customer(name="苏州恒锐精密机械有限公司", code="K1")
        session.add(customer)
        session.flush()
        customer.city = "苏州"
        session.flush()
    (row,) = _rows(world, customer)
    assert (row.action, json.loads(row.changes)["city"]) == ("create", [None, "苏州"])


def test_two_use_cases_are_two_rows(world: World, trade: Trade) -> None:
    customer = trade.customer()
    for city in ("苏州", "无锡"):
        with world.use_case("sales.east1") as session:
            change_customer(session, customer.id, None, {"city": city})
    assert [json.loads(row.changes).get("city") for row in _rows(world, customer)[-2:]] == [[None, "苏州"], ["苏州", "无锡"]]


def test_what_the_house_does_in_a_persons_stead_is_told_as_that_persons(world: World, trade: Trade) -> None:
    customer = trade.customer("sales.west1")
    with world.use_case("sales.east1") as session, as_system(session, "a reviewed place"):
        stored = session.get(Customer, customer.id)
        stored.city = "无锡"
    assert _rows(world, customer)[-1].employee_id == trade.employee("sales.east1")


def test_what_a_person_has_written_is_not_let_through_as_the_houses(world: World, trade: Trade) -> None:
    """The guard judges it before the house goes to work."""
    with world.reading("auditor") as session:
        session.add(Customer(name="没有权限", code="K9"))
        with pytest.raises(Forbidden):
            as_system(session, "a reviewed place").__enter__()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_demo_records_were_written_by_the_people_of_the_demo_companies(demonstration: World) -> None:
    with Session(demonstration.keguan.database.engine) as session:
        asked = select(AuditRow.table_name, func.count(), func.count(AuditRow.employee_id)).group_by(AuditRow.table_name)
        told = {table: (rows, people) for table, rows, people in session.execute(asked)}
    for table in (Customer.__tablename__, Contract.__tablename__):
        rows, people = told[table]
        assert people > 0.8 * rows, f"{table}: only {people} of {rows} rows name a person"


@pytest.mark.requirement("R-054")
@pytest.mark.parametrize("way", ["change", "delete", "update statement", "delete statement"])
@pytest.mark.parametrize("who", ["the auditor", "the house"])
def test_nobody_rewrites_the_trail(world: World, trade: Trade, way: str, who: str) -> None:
    """Below the web layer: whatever code runs, and as whomever."""
    trade.customer()
    with pytest.raises(Forbidden, match="neither changed nor deleted"):
        _try(world, way, who)


def _try(world: World, way: str, who: str) -> None:
    with world.use_case("auditor") as session, as_system(session, "a test") if who == "the house" else nullcontext():
        _rewrite(session, way)


def _rewrite(session: Session, way: str) -> None:
    row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    if way == "change":
        row.who = "somebody else"
        session.flush()
    elif way == "delete":
        session.delete(row)
        session.flush()
    elif way == "update statement":
        session.execute(update(AuditRow).where(AuditRow.id == row.id).values(who="somebody else"))
    else:
        session.execute(delete(AuditRow).where(AuditRow.id == row.id))


def test_each_database_is_sealed_with_its_own_key(world: World, trade: Trade, tmp_path: Path) -> None:
    """A process that has served another database before still writes rows that verify with the key of this one."""
    stranger = make_engine(f"sqlite:///{tmp_path / 'other.db'}")
    seal_with(stranger, b"another key of forty-eight bytes, for nothing here")
    trade.customer()
    with Session(world.keguan.database.engine) as session:
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()
    stranger.dispose()


def test_a_step_that_was_taken_names_what_one_right_lets_do_in_several_ways(world: World, trade: Trade) -> None:
    contract = trade.contract()
    with world.use_case("contracts") as session:
        stored = get_for(session, Contract, "update", contract.id)
        stored.state = ContractState.VOID
        session.flush()
        stored.title = "撤回的合同"
    assert [row.action for row in _rows(world, contract)][1:] == ["void"]


def test_a_verb_that_names_itself_is_called_so_whatever_step_it_takes(world: World, trade: Trade) -> None:
    contract = trade.contract()
    with world.use_case("contracts") as session:
        stored = get_for(session, Contract, "update", contract.id)
        name_action(session, stored, "warn")
        stored.state = ContractState.VOID
    assert [row.action for row in _rows(world, contract)][1:] == ["warn"]
