"""Roles are data: what one gives holds while it is active, and the preset for other departments gives nothing by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.access.roles import preset_grants
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]


def _role(session: Session, world: World, preset: str) -> Role:
    return session.scalars(select(Role).where(Role.company_id == world.companies["qiheng"].id, Role.preset == preset)).one()


@pytest.mark.requirement("R-051")
def test_a_role_that_is_switched_off_gives_nothing_from_the_next_request_on(world: World, client_for: ClientFor) -> None:
    clerk = client_for("contracts")
    assert clerk.get("/contracts/").status_code == 200
    with Session(world.keguan.database.engine) as session:
        role = _role(session, world, "contract_administrator")
        assert role.name
        assert role.description
        assert role.created_at
        role.active = False
        session.commit()
    assert clerk.get("/contracts/").status_code == 403


@pytest.mark.requirement("R-012")
def test_staff_of_other_departments_may_do_nothing_until_something_is_approved(world: World, client_for: ClientFor) -> None:
    assert preset_grants(world.keguan.registry)["authorised_person"] == {}
    employee = world.employees["contracts"]
    with Session(world.keguan.database.engine) as session:
        session.execute(delete(EmployeeRole).where(EmployeeRole.employee_id == employee.id))
        role = _role(session, world, "authorised_person")
        session.add(EmployeeRole(company_id=employee.company_id, employee_id=employee.id, role_id=role.id))
        session.commit()
    guest = client_for("contracts")
    nouns = [noun for noun in world.keguan.nouns.by_path.values() if noun.plugin != "core"]
    assert nouns
    assert {guest.get(f"/{noun.path}/").status_code for noun in nouns} == {403}
