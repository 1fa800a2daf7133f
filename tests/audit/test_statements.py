"""One statement over many records cannot forget the trail: it leaves its rows, or it is refused (R-445)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Share
from core.audit.models import AuditRow
from core.audit.reconciling import all_strangers, audited_models
from core.kernel.acting import System, acting_as
from core.kernel.errors import Forbidden
from core.organisation.models import Company
from plugins.customers.models import Contact, Customer
from plugins.customers.operations import add_contact
from tests.plugins.conftest import Trade, trade
from tests.world import World

__all__ = ["trade"]
HOUSE = System("a test of statements")


def strangers(world: World) -> dict[str, Any]:
    with acting_as(HOUSE), Session(world.keguan.database.engine) as session:
        return all_strangers(session)


def newest(world: World, model: Any, count: int) -> list[AuditRow]:
    with acting_as(HOUSE), Session(world.keguan.database.engine) as session:
        asked = select(AuditRow).where(AuditRow.table_name == model.__tablename__).order_by(AuditRow.id.desc()).limit(count)
        return list(session.scalars(asked))


@pytest.mark.requirement("R-445", "R-354")
def test_one_statement_over_many_records_leaves_a_row_for_each_that_it_changes(world: World, trade: Trade) -> None:
    """What the database works out itself is told as it came out; a personal value stands beside the trail as ever."""
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        ids = [add_contact(session, {"name": f"联系人{n}", "customer": customer.id, "phone": f"1390000000{n}"}).id for n in range(3)]
    with acting_as(HOUSE), world.keguan.database.transaction() as session:
        session.execute(update(Contact).where(Contact.id.in_(ids[:2])).values(phone=Contact.phone + "7"))
    rows = newest(world, Contact, 2)
    assert {row.record_id for row in rows} == set(ids[:2])
    assert {row.company_id for row in rows} == {customer.company_id}
    assert all(set(json.loads(row.changes)) == {"phone"} and "1390000000" not in row.changes for row in rows)
    assert strangers(world) == {}
    with acting_as(HOUSE), world.keguan.database.transaction() as session:
        session.execute(delete(Contact).where(Contact.id.in_(ids)))
    assert {(row.action, row.record_id) for row in newest(world, Contact, 3)} == {("delete", one) for one in ids}
    assert strangers(world) == {}


@pytest.mark.requirement("R-445")
def test_a_statement_that_changes_nothing_leaves_no_row(world: World, trade: Trade) -> None:
    customer = trade.customer()
    before = newest(world, Customer, 1)[0].id
    with acting_as(HOUSE), world.keguan.database.transaction() as session:
        session.execute(update(Customer).where(Customer.id == customer.id).values(name=customer.name))
        session.execute(update(Customer).where(Customer.id == -1).values(name="x"))
        session.execute(update(Company).values(settings_mark="x"))  # says nothing of the business
    assert newest(world, Customer, 1)[0].id == before
    assert strangers(world) == {}


@pytest.mark.requirement("R-445", "R-442")
def test_roles_and_shares_that_are_taken_away_by_statement_have_their_rows(world: World) -> None:
    with acting_as(HOUSE), world.keguan.database.transaction() as session:
        mine = session.scalars(select(EmployeeRole).where(EmployeeRole.employee_id == world.employees["sales.east1"].id)).all()
        session.execute(delete(EmployeeRole).where(EmployeeRole.employee_id == world.employees["sales.east1"].id))
        session.execute(delete(Share))
    rows = newest(world, EmployeeRole, len(mine))
    assert mine
    assert {(row.action, row.record_id) for row in rows} == {("delete", one.id) for one in mine}
    assert all(json.loads(row.changes)["role_id"][0] for row in rows)
    assert strangers(world) == {}


PAST: dict[str, Callable[[Any], Any]] = {
    "an update of the table": lambda model: update(model.__table__).values(version=7),
    "a delete from the table": lambda model: delete(model.__table__),
    "an insert into the table": lambda model: insert(model.__table__).values(version=7),
    "an insert of the class": lambda model: insert(model).values(version=7),
}


@pytest.mark.requirement("R-445")
@pytest.mark.parametrize("statement", list(PAST))
def test_statements_that_could_not_be_told_of_are_refused_for_every_audited_class(world: World, statement: str) -> None:
    """Even where a reviewed place of the house sends them."""
    for model in audited_models():
        with acting_as(HOUSE), pytest.raises(Forbidden), world.keguan.database.transaction() as session:
            session.execute(PAST[statement](model), execution_options={"keguan_reviewed": True})
    assert strangers(world) == {}
