"""Nothing is committed without its row, by whatever door; and if the trail cannot be written, nothing is committed (R-445).

Faults at every statement of every door are in ``test_faults.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config.settings import Settings
from core.application import create_core
from core.audit.models import AuditRow
from core.audit.reconciling import all_strangers
from core.kernel.acting import System, acting_as
from core.kernel.errors import StartRefused
from core.work.jobs import enqueue
from plugins.contracts.operations import draft_contract
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer, create_customer
from tests.audit.faults import failing
from tests.plugins.conftest import LINES, Trade, trade
from tests.world import PASSWORD, Browser, World, browser_for

__all__ = ["trade"]
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def strangers(world: World) -> dict[str, Any]:
    with acting_as(System("a test")), Session(world.keguan.database.engine) as session:
        return all_strangers(session)


def trail(world: World, **wanted: Any) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(AuditRow).filter_by(**wanted).order_by(AuditRow.id)))


@SQLITE
@pytest.mark.requirement("R-354")
@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE customers_customer SET discount = 1 WHERE id = {id}", "changed_past"),
        ("UPDATE customers_customer SET owner_id = {other} WHERE id = {id}", "changed_past"),
        ("DELETE FROM customers_customer WHERE id = {id}", "removed_past"),
        ("UPDATE core_grant SET scope = 'company' WHERE id = (SELECT min(id) FROM core_grant WHERE scope <> 'company')", "changed_past"),
    ],
)
def test_what_was_written_past_the_program_is_found(world: World, trade: Trade, statement: str, kind: str) -> None:
    customer = trade.customer()
    assert strangers(world) == {}
    with world.keguan.database.engine.begin() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        connection.execute(text(statement.format(id=customer.id, other=world.employees["leader"].id)))
    found = [one.kind for problems in strangers(world).values() for one in problems]
    assert found == [kind]


def _operations(world: World, trade: Trade) -> dict[str, Callable[[int], None]]:
    customer = trade.customer()

    def create(number: int) -> None:
        with world.use_case("sales.east1") as session:
            create_customer(session, {"name": f"苏州故障{number}精密机械有限公司"})

    def change(number: int) -> None:
        with world.use_case("sales.east1") as session:
            change_customer(session, customer.id, None, {"city": f"城{number}"})

    def contract(number: int) -> None:
        with world.use_case("sales.east1") as session:
            draft_contract(session, {"title": f"故障合同{number}", "customer": customer.id, "lines": LINES})

    def job(number: int) -> None:
        with world.use_case("sales.east1") as session:
            enqueue(session, "core.check_trail", {}, key=f"fault {number}")
            change_customer(session, customer.id, None, {"city": f"村{number}"})

    return {"create": create, "change": change, "contract": contract, "job": job}


def _state(world: World) -> tuple[Any, ...]:
    with Session(world.keguan.database.engine) as session:
        customers = session.execute(select(func.count(), func.sum(Customer.version)).select_from(Customer)).one()
        contracts = session.execute(text("SELECT count(*) FROM contracts_contract")).scalar()
        return (*customers, contracts, session.scalar(select(func.count()).select_from(AuditRow)))


@pytest.mark.requirement("R-445")
@pytest.mark.parametrize("name", ["create", "change", "contract", "job"])
def test_while_the_trail_cannot_be_written_nothing_is_committed(world: World, trade: Trade, name: str) -> None:
    operation = _operations(world, trade)[name]
    before = _state(world)
    with failing(world, 1, "INSERT INTO core_audit_row"), pytest.raises(OperationalError):
        operation(1)
    assert _state(world) == before


@SQLITE
@pytest.mark.requirement("R-445")
def test_a_trail_whose_key_is_missing_stops_the_start_with_one_sentence(world: World, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, environment="testing", database_url=world.keguan.settings.database)
    with pytest.raises(StartRefused, match="key of the audit trail is missing"):
        create_core(settings)
    assert not (tmp_path / "secrets" / "audit.key").exists()


@pytest.mark.requirement("R-445")
def test_sign_ins_stand_in_the_trail_of_the_company(world: World, application: Flask) -> None:
    visitor = Browser(application, application.response_class, use_cookies=False)
    for name, password in (("sales.east1", PASSWORD), ("sales.east1", "wrong"), ("nobody", "wrong")):
        visitor.post("/api/v1/security/login", json={"username": name, "password": password, "provider": "db"})
    company = world.companies["qiheng"].id
    (good,) = trail(world, action="sign_in")
    assert (good.company_id, good.employee_id) == (company, world.employees["sales.east1"].id)
    assert [row.company_id for row in trail(world, action="sign_in_failed")] == [company, None]


@pytest.mark.requirement("R-445")
def test_refusals_are_kept(world: World, application: Flask) -> None:
    assert browser_for(application, world, "sales.east1").get("/audit-rows/").status_code == 403
    row = trail(world, action="refused")[-1]
    assert (row.employee_id, row.subject) == (world.employees["sales.east1"].id, "GET /audit-rows/")
