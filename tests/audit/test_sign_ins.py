"""The log of sign-ins and of what was done: who, when, from where, what, to which record; and no door writes into it."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.models import AuditRow
from tests.world import PASSWORD, Browser, World, browser_for


def logged(world: World, action: str) -> list[AuditRow]:
    with Session(world.keguan.database.engine) as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


@pytest.mark.requirement("R-054")
@pytest.mark.parametrize(("password", "action"), [(PASSWORD, "sign_in"), ("not the password", "sign_in_failed")])
def test_a_sign_in_is_logged_with_its_name_time_and_address(world: World, application: Flask, password: str, action: str) -> None:
    program = Browser(application, application.response_class, use_cookies=False)
    program.post("/api/v1/security/login", json={"username": "sales.east1", "password": password, "provider": "db"})
    (row,) = logged(world, action)
    assert (row.subject, row.address) == ("sales.east1", "127.0.0.1")
    assert row.at is not None


@pytest.mark.requirement("R-054")
def test_what_was_done_is_logged_with_person_object_result_and_address(world: World, application: Flask) -> None:
    browser = browser_for(application, world, "sales.east1")
    assert browser.post("/customers/add", data={"name": "苏州恒锐精密机械有限公司"}).status_code == 303
    row = next(one for one in logged(world, "create") if one.table_name == "customers_customer")
    assert (row.who, row.employee_id, row.address) == ("苏晓晨", world.employees["sales.east1"].id, "127.0.0.1")
    assert (row.subject, json.loads(row.changes)["name"]) == ("苏州恒锐精密机械有限公司", [None, "苏州恒锐精密机械有限公司"])


@pytest.mark.requirement("R-054")
@pytest.mark.parametrize("account", ["auditor", "admin", "security", "leader"])
def test_no_door_writes_into_the_log(world: World, application: Flask, account: str) -> None:
    browser = browser_for(application, world, account)
    with Session(world.keguan.database.engine) as session:
        number, who = session.execute(select(AuditRow.id, AuditRow.who).where(AuditRow.table_name != "")).first() or (0, "")
    for door in ("add", f"{number}/edit", f"{number}/delete", f"{number}/finish", f"{number}/files"):
        assert browser.post(f"/audit-rows/{door}", data={"who": "somebody else", "version": "1"}).status_code in (403, 404, 405), door
    with Session(world.keguan.database.engine) as session:
        assert session.scalar(select(AuditRow.who).where(AuditRow.id == number)) == who != ""
