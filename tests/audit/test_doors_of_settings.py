"""What administrators set leaves its row, by the page and by the verb: a right, a field right, a chain, a module, a parameter (R-445)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.access.field_roles import set_field_rights
from core.access.models import FieldGrant, Grant, Role
from core.access.roles import set_grants
from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import ApprovalChain
from core.audit.models import AuditRow
from core.extension.approving import Asked, Step, Who
from core.kernel.acting import FieldAccess, Scope
from core.kernel.clock import today
from core.kernel.words import Message
from core.organisation.models import Parameter
from core.switchboard.models import ModuleSwitch
from core.switchboard.operations import switch_module
from tests.world import World, browser_for

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
KIND, DAYS = "contracts.signing", "core.handover_undo_days"


@dataclass(frozen=True)
class Setting:
    """Who sets what: the class whose records must have a row, what the row must tell, the form as it is sent, and the verb."""

    account: str
    model: type[Any]
    told: tuple[str, ...]
    form: Callable[[World], tuple[str, dict[str, str]]]
    verb: Callable[[World, Session], object]


def role_of(world: World) -> Role:
    with Session(world.keguan.database.engine, expire_on_commit=False) as session:
        mine = (Role.company_id == world.companies["qiheng"].id, Role.preset == "invoicing_clerk")
        return session.scalars(select(Role).where(*mine)).one()


def field_right_verb(world: World, session: Session) -> object:
    role = role_of(world)
    return set_field_rights(session, role.id, role.version, {("customers_customer", "address"): FieldAccess.NONE})


def right_verb(world: World, session: Session) -> object:
    role = role_of(world)
    return set_grants(session, world.keguan.registry, role.id, role.version, {("customers.customer", "read"): Scope.DEPARTMENT})


def chain_verb(world: World, session: Session) -> object:
    steps = [Step(Message("部门审核"), (Asked(Who.HEAD),))]
    return do.set_chain(session, KIND, chain_of(session, kind_called(KIND)).number, steps)


def versioned(world: World, **sent: str) -> dict[str, str]:
    return {"version": str(role_of(world).version), **{name.replace("__", "."): value for name, value in sent.items()}}


SETTINGS: Mapping[str, Setting] = {
    "right": Setting(
        "security",
        Grant,
        ("department",),
        lambda world: (f"/roles/{role_of(world).id}", versioned(world, right__customers__customer__read="department")),
        right_verb,
    ),
    "field right": Setting(
        "security",
        FieldGrant,
        ("address", "none"),
        lambda world: (f"/field-rights/{role_of(world).id}", versioned(world, field__customers_customer__address="none")),
        field_right_verb,
    ),
    "chain": Setting(
        "security",
        ApprovalChain,
        (KIND, "head"),
        lambda world: (f"/approval-chains/{KIND}", {"number": "0", "title-0": "部门审核", "asked-0": "head", "needs-0": "any"}),
        chain_verb,
    ),
    "module": Setting(
        "admin",
        ModuleSwitch,
        ('"Service"', "false"),
        lambda world: ("/modules/service", {"enable": "0"}),
        lambda world, session: switch_module(session, world.keguan.registry, world.companies["qiheng"].id, "service", on=False),
    ),
    "parameter": Setting(
        "admin",
        Parameter,
        (DAYS, "9"),
        lambda world: (f"/parameters/{DAYS}", {"value": "9", "starts_on": str(today())}),
        lambda world, session: set_parameter(session, DAYS, 9),
    ),
}


@pytest.mark.requirement("R-445", "R-370")
@pytest.mark.parametrize("door", ["form", "verb"])
@pytest.mark.parametrize("name", SETTINGS)
def test_what_an_administrator_sets_leaves_a_row_that_names_who_and_what(world: World, application: Flask, name: str, door: str) -> None:
    setting = SETTINGS[name]
    with Session(world.keguan.database.engine) as session:
        last = session.scalar(select(func.max(AuditRow.id))) or 0
    if door == "form":
        path, sent = setting.form(world)
        answer = browser_for(application, world, setting.account).post(path, data=sent)
        assert answer.status_code == 303, answer.text[:2_000]
    else:
        with world.use_case(setting.account) as session:
            setting.verb(world, session)
    with Session(world.keguan.database.engine) as session:
        mine = (AuditRow.id > last, AuditRow.table_name == setting.model.__tablename__)
        rows = session.scalars(select(AuditRow).where(*mine)).all()
    assert {row.who for row in rows} == {world.employees[setting.account].name}
    assert {row.company_id for row in rows} == {world.companies["qiheng"].id}
    said = [f"{row.subject} {row.changes}" for row in rows]
    assert any(all(word in one for word in setting.told) for one in said), said


def test_the_auditor_reads_which_module_was_switched(world: World, application: Flask) -> None:
    with world.use_case("admin") as session:
        switch_module(session, world.keguan.registry, world.companies["qiheng"].id, "service", on=False)
    page = browser_for(application, world, "auditor").get("/audit-rows/?kind=core_module_switch&action=disable").text
    assert "服务" in page[page.index("<tbody") : page.index("</tbody>")]
