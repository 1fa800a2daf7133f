"""Whoever looks at what is kept from sight is written down before the value is handed out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from core.audit.reads import note_read
from core.audit.verification import verify_rows
from plugins.customers.models import Customer
from tests.plugins.conftest import Trade, trade
from tests.world import World

__all__ = ["trade"]


def _read(world: World, kind: str) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == kind).order_by(AuditRow.id)))


@pytest.mark.requirement("R-445")
@pytest.mark.parametrize("inside", [False, True], ids=["while reading", "in a use case"])
def test_a_read_names_person_record_and_what_was_seen(world: World, trade: Trade, inside: bool) -> None:
    customer = trade.customer()
    with world.use_case("leader") if inside else world.reading("leader") as session:
        note_read(session, "unmask", Customer, [customer.id], subject=str(customer), field="phone")
    (row,) = _read(world, "unmask")
    assert (row.table_name, row.record_id, row.subject) == ("customers_customer", customer.id, str(customer))
    assert (row.employee_id, json.loads(row.changes)) == (world.employees["leader"].id, {"field": "phone"})
    assert row.company_id == customer.company_id


def test_many_records_are_one_statement_and_a_row_each(world: World, trade: Trade) -> None:
    with world.reading("leader") as session:
        note_read(session, "export", Customer, [3, 5, 7], subject="Customers", reason="for the auditor")
        note_read(session, "search", subject="华为")
    assert [row.record_id for row in _read(world, "export")] == [3, 5, 7]
    assert [(row.table_name, row.record_id) for row in _read(world, "search")] == [("", None)]
    with Session(world.keguan.database.engine) as session:
        assert verify_rows(session, world.keguan.settings.audit_key).altered == ()


def test_what_is_noted_in_a_use_case_goes_with_it(world: World, trade: Trade) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_after_noting(world)
    assert _read(world, "unmask") == []


def _fail_after_noting(world: World) -> None:
    with world.use_case("leader") as session:
        note_read(session, "unmask", Customer, [1])
        raise ZeroDivisionError


def test_a_read_that_cannot_be_written_down_is_not_made(world: World, trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise SQLAlchemyError("the disk is full")

    monkeypatch.setattr("core.audit.reads.put", full)
    with world.reading("leader") as session, pytest.raises(SQLAlchemyError):
        note_read(session, "unmask", Customer, [1])
