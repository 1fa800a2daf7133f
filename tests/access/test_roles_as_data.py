"""Roles are data: what one gives holds while it is active, and the preset for other departments gives nothing by itself."""

from __future__ import annotations

import html
import re
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


def describe(browser: Browser, world: World, role_id: int, **typed: str) -> None:
    """Save the form of the role as it is shown, but for what is ``typed``."""
    page = html.unescape(browser.get(f"/roles/{role_id}/describe").text)
    name = re.search(r'name="name"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="name"', page)
    about = re.search(r'name="description"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="description"', page)
    assert name is not None
    assert about is not None
    with world.reading("security") as session:
        version = str(session.get_one(Role, role_id).version)
    shown = {"name": name[1] or name[2], "description": about[1] or about[2], "active": "1", "version": version}
    assert browser.post(f"/roles/{role_id}/describe", data={**shown, **typed}).status_code == 303


def speak(browser: Browser, language: str) -> Browser:
    """Let the person choose the language."""
    assert browser.post("/account/language", data={"language": language}).status_code == 303
    return browser


@pytest.mark.parametrize(("writer", "reader", "told"), [("zh_CN", "en", "Executive"), ("en", "zh_CN", "高层领导")])
def test_a_role_of_the_regulation_is_called_in_the_language_of_the_reader_until_the_company_calls_it_otherwise(
    world: World, client_for: ClientFor, writer: str, reader: str, told: str
) -> None:
    security = speak(client_for("security"), writer)
    added = security.post("/roles/add", data={"preset": "executive"})
    assert added.status_code == 303
    role_id = int(added.headers["Location"].rstrip("/").rsplit("/", 1)[1])
    describe(security, world, role_id)  # nothing was typed: it stays as it is
    employee = world.employees["sales.east1"].id
    speak(security, reader)
    for address in ("/roles/", f"/roles/{role_id}", f"/employees/{employee}/roles"):
        assert told in html.unescape(security.get(address).text), address
    assert told in html.unescape(speak(client_for("auditor"), reader).get("/audit-rows/").text)
    describe(security, world, role_id, name="董事会")
    for language in (writer, reader):
        page = html.unescape(speak(security, language).get(f"/roles/{role_id}").text)
        assert "董事会" in page
        assert f">{told}<" not in page
