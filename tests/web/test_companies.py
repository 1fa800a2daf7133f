"""A person of two companies: the choice after signing in, the switch in the menu, and the header that a program names one with."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.organisation.models import Department
from core.organisation.operations import hire
from core.web.gate import HEADER
from tests.world import Browser, World, browser_for, program_for

ACCOUNT, REST = "sales.east1", "/api/v1/customers/"
NAMES = {"qiheng": "启衡机电", "huarui": "华睿仪器"}
SENTENCES = {
    "zh_CN": "您属于多家公司，请您在请求头 {} 中指明一家。",
    "en": "You belong to several companies. Please name one in the header {}.",
}
CHOICE = re.compile(r'<li><a href="([^"]+)">.*?<b>([^<]+)</b>', re.DOTALL)
SWITCH = re.compile(r'<a class="kg-item" href="(/c/[^/"]+/)"( aria-current="true")?>.*?</svg>([^<]+)</a>', re.DOTALL)
Make = Callable[[Flask, World, str], Browser]


@pytest.fixture
def of_two(world: World) -> str:
    """The account of a salesperson of the first company who has been hired by the second one, too."""
    employee, place = world.employees[ACCOUNT], world.departments["huarui/east"]
    with Session(world.keguan.database.engine) as session:
        second = hire(session, session.get_one(Department, place.id), user_id=employee.user_id, number="900", name=employee.name)
        role = session.query(Role).filter_by(company_id=place.company_id, preset="salesperson").one()
        session.add(EmployeeRole(company_id=place.company_id, employee_id=second.id, role_id=role.id))
        session.commit()
    return ACCOUNT


def choices(browser: Browser) -> dict[str, str]:
    """Address by name of the companies that the page of companies offers."""
    answer = browser.get("/companies/", company=None)
    assert answer.status_code == 200
    return {name: href for href, name in CHOICE.findall(unescape(answer.text))}


@pytest.mark.requirement("R-440")
def test_the_page_of_companies_lists_both_and_leads_into_each(application: Flask, world: World, of_two: str) -> None:
    browser = browser_for(application, world, of_two)
    assert choices(browser) == {name: f"/c/{slug}/" for slug, name in NAMES.items()}
    for name, href in choices(browser).items():
        page = browser.get(href, company=None, follow_redirects=True)
        assert (page.status_code, current(page.text)) == (200, name)


def switches(page: str) -> list[tuple[str, str, str]]:
    """Address, mark of the present one, and name of every company in the menu."""
    return [(href, mark.strip(), name.strip()) for href, mark, name in SWITCH.findall(unescape(page))]


def current(page: str) -> str:
    """The company that the menu marks as the present one."""
    return next(name for _, mark, name in switches(page) if mark)


@pytest.mark.requirement("R-440")
@pytest.mark.parametrize(("here", "there"), [("qiheng", "huarui"), ("huarui", "qiheng")])
def test_the_switch_in_the_menu_leads_to_the_other_company(application: Flask, world: World, of_two: str, here: str, there: str) -> None:
    browser = browser_for(application, world, of_two)
    page = browser.get("/customers/", company=here)
    assert page.status_code == 200
    offered = switches(page.text)
    assert {name for _, _, name in offered} == set(NAMES.values())
    assert current(page.text) == NAMES[here]
    leads_to = next(href for href, mark, _ in offered if not mark)
    assert leads_to == f"/c/{there}/"
    assert current(browser.get(leads_to, company=None, follow_redirects=True).text) == NAMES[there]


@pytest.mark.requirement("R-440")
def test_who_belongs_to_one_company_is_offered_no_choice(application: Flask, world: World) -> None:
    browser = browser_for(application, world, ACCOUNT)
    assert switches(browser.get("/customers/").text) == []
    answer = browser.get("/companies/", company=None)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/c/qiheng/")


@pytest.mark.requirement("R-440")
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_a_program_of_a_person_of_two_companies_is_told_which_header_names_one(
    application: Flask, world: World, of_two: str, language: str
) -> None:
    browser_for(application, world, of_two).post("/account/language", data={"language": language})
    program = program_for(application, world, of_two)
    refused = program.get(REST, company=None)
    assert (refused.status_code, refused.json["message"]) == (400, SENTENCES[language].format(HEADER))
    for slug, name in NAMES.items():
        assert program.post(REST, company=None, headers={HEADER: slug}, json={"name": f"Customer of {name}"}).status_code == 201
    for slug, name in NAMES.items():
        answer = program.get(REST, company=None, headers={HEADER: slug})
        assert (answer.status_code, [one["name"] for one in answer.json["result"]]) == (200, [f"Customer of {name}"])
    assert program.get(REST, company=None, headers={HEADER: "elsewhere"}).status_code == 404


@pytest.mark.requirement("R-440")
def test_a_program_of_a_person_of_one_company_needs_no_header(application: Flask, world: World) -> None:
    program = program_for(application, world, ACCOUNT)
    bare, named = program.get(REST, company=None), program.get(REST, company=None, headers={HEADER: "qiheng"})
    assert (bare.status_code, bare.json) == (200, named.json)
    assert program.get(REST, company=None, headers={HEADER: "huarui"}).status_code == 404
