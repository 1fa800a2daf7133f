"""The walk over every surface of every plugin: open, shut at the very next request of another process, open again (design 3.3)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core.access.api_keys import make_api_key
from core.access.joining import resource_of
from core.access.models import EmployeeRole, FieldGrant, Grant, Role
from core.database.fields import fields_of
from core.extension.installed import stored_classes
from core.kernel.acting import FieldAccess, Scope
from core.web.nouns import Noun
from plugins.customers.models import Customer
from plugins.customers.operations import review_customer
from tests.conformance.enumerated import LOOKED_AT, in_sight
from tests.conformance.examples import Examples
from tests.evidence import Evidence
from tests.switch.background import Background
from tests.switch.looking import OPEN, SHUT, WALKER, Looking, Surface
from tests.switch.servers import Client, Reply, web_processes
from tests.world import Site, World, browser_for, program_for

OURS, THEIRS = WALKER, "sales2"
CHANGING = re.compile(
    r'nonce-[\w-]+|inlineScriptNonce[^}]*|nonce="[^"]*"|name="csrf_token"[^>]*>|csrf-token"[^>]*>|hx-headers=\'[^\']*\'|\d+ 分钟前|刚刚'
)
"""What is drawn afresh for each answer, and how old something is."""


class TheirExamples(Examples):
    """Records of the other company, made by its own people."""

    def account(self, noun: object, verb: str = "create") -> str:
        return THEIRS


@pytest.fixture
def all_rights(world: World) -> None:
    """Whoever walks has every right of the company, so that nothing but the switch can shut a door."""
    with Session(world.keguan.database.engine) as session:
        for account in (OURS, THEIRS):
            employee = world.employees[account]
            role = Role(company_id=employee.company_id, name="walk")
            session.add(role)
            session.flush()
            session.add(EmployeeRole(company_id=employee.company_id, employee_id=employee.id, role_id=role.id))
            for resource in world.keguan.registry.resources.values():
                for verb in resource.verbs:
                    session.add(Grant(company_id=role.company_id, role_id=role.id, resource=resource.name, verb=verb, scope=Scope.COMPANY))
            for model in stored_classes():
                for name, declared in fields_of(model).items():
                    if declared.hidden:
                        key = {"resource": resource_of(model), "table_name": model.__tablename__, "field": name}
                        session.add(FieldGrant(company_id=role.company_id, role_id=role.id, access=FieldAccess.WRITE, **key))
        session.commit()


@pytest.fixture
def examples(world: World, application: Flask, all_rights: None) -> Examples:
    """A record of every noun of every plugin in our company."""
    return _one_of_each(application, Examples(world, application.extensions["keguan"].nouns))


@pytest.fixture
def theirs_too(world: World, application: Flask, all_rights: None) -> Examples:
    """The same in the other company."""
    theirs = TheirExamples(world, application.extensions["keguan"].nouns)
    theirs._after = {"customers": _approve_theirs}
    return _one_of_each(application, theirs)


def _one_of_each(application: Flask, examples: Examples) -> Examples:
    for noun in _nouns_of_plugins(application):
        examples.one(noun)
    return examples


def _nouns_of_plugins(application: Flask) -> list[Noun]:
    return [noun for noun in application.extensions["keguan"].nouns.by_path.values() if noun.plugin != "core"]


def _approve_theirs(world: World, record_id: int) -> None:
    with world.use_case("head2") as session:
        customer = session.get(Customer, record_id)
        review_customer(session, record_id, customer.version, approve=True, owner=world.employees[THEIRS].id)


@pytest.fixture
def ports(site: Site, examples: Examples, theirs_too: Examples, database_url: str) -> Iterator[list[int]]:
    """Two web processes over the database of this test."""
    site.keguan.database.release()
    with web_processes(site.settings) as found:
        yield found


@pytest.fixture
def browser_of(application: Flask, world: World, ports: list[int]) -> Callable[[str], Client]:
    """A signed-in browser at the first process."""

    def make(account: str) -> Client:
        signed = browser_for(application, world, account)
        cookie = signed.get_cookie("kg_session")
        assert cookie is not None
        return Client(ports[0], str(signed.company), cookie=cookie.value, csrf=signed.csrf)

    return make


@pytest.fixture
def programs(application: Flask, world: World, ports: list[int]) -> dict[str, Client]:
    """A token and an API key, both from before any switching."""
    employee = world.employees[OURS]
    token = program_for(application, world, OURS)
    with application.app_context(), Session(world.keguan.database.engine) as session:
        key = make_api_key(session, employee.user_id, employee.company_id, "walk")
        session.commit()
    slug = str(token.company)
    return {"old token": Client(ports[1], slug, bearer=token.bearer), "API key": Client(ports[1], slug, bearer=key)}


def switch(client: Client, plugin: str, *, on: bool) -> Reply:
    """Switch through the page that administrators use."""
    return client.ask("POST", f"/modules/{plugin}", form={"enable": "1" if on else "0"})


def snapshot(client: Client, pages: list[str]) -> dict[str, str]:
    """Answers to ``pages`` without what changes with every answer."""
    replies = {page: client.ask("GET", page) for page in pages}
    assert {page: reply.status for page, reply in replies.items()} == dict.fromkeys(pages, 200)
    return {page: CHANGING.sub("", reply.body) for page, reply in replies.items()}


def pages_of(application: Flask, records: Examples) -> list[str]:
    """The desk, the calendar, every list and a record of each by page and by REST, the search and the description."""
    paths = [noun.path for noun in application.extensions["keguan"].nouns.by_path.values()]
    own = _nouns_of_plugins(application)
    each = [f"/{noun.path}/{records.one(noun)}" for noun in own]
    rest = [f"/api/v1/{noun.path}/" for noun in own] + [f"/api/v1{one}" for one in each] + ["/api/v1/_openapi"]
    return [
        "/",
        "/calendar/?whose=department",
        "/search/?find=例",
        "/modules/",
        *(f"/{path}/?view=all" for path in paths if path != "audit-rows"),
        *each,
        *rest,
    ]


class Walk:
    """One plugin, seen open, then shut, then open again; everything goes into the evidence."""

    def __init__(self, evidence: Evidence, plugin: str) -> None:
        self.evidence, self.plugin = evidence, plugin

    def expect(self, name: str, wanted: str, found: str, why: str = "") -> None:
        """Note one answer."""
        item = f"{self.plugin}: {name}: {wanted}"
        if found != wanted:
            self.evidence.failed(item, f"is {found} ({why})", self.plugin)
        elif wanted == OPEN:
            self.evidence.positive(item, self.plugin)
        else:
            self.evidence.refused(item, self.plugin)

    def look(self, surfaces: list[Surface], client: Client, background: Background, wanted: str) -> None:
        """Every surface of the plugin, asked afresh."""
        client.forget()
        for surface in surfaces:
            found, why = surface.look(client)
            if surface.business and found == wanted == OPEN and why >= "400":
                self.evidence.neutral(f"{self.plugin}: {surface.name}: refused by the business ({why})", self.plugin)
            else:
                self.expect(surface.name, wanted, found, why)
        for name, probe in background.probes():
            self.expect(name, wanted, OPEN if probe() else SHUT)


@pytest.mark.requirement("R-316")
@pytest.mark.requirement("R-463")
@pytest.mark.evidence("switch-{database_kind}")
def test_every_surface_opens_and_shuts_with_the_switch_in_another_process(
    site: Site,
    world: World,
    application: Flask,
    examples: Examples,
    theirs_too: Examples,
    browser_of: Callable[[str], Client],
    programs: dict[str, Client],
    ports: list[int],
    database_kind: str,
    tmp_path: Path,
) -> None:
    registry = site.keguan.registry
    evidence = Evidence(f"switch-{database_kind}", plugins=LOOKED_AT)
    first, theirs = browser_of(OURS), browser_of(THEIRS).at(ports[1])
    second = first.at(ports[1])
    pages = pages_of(application, theirs_too)
    before = snapshot(theirs, pages)
    for plugin in filter(in_sight, registry.names):
        walk = Walk(evidence, plugin)
        surfaces = Looking(application, examples, plugin).surfaces()  # while on: what is off offers nothing to look for
        background = Background(world, plugin, OURS, tmp_path)
        walk.look(surfaces, second, background, OPEN)
        saved = Saved(application, second, plugin)
        waiting = [background.ask_for(name.removeprefix("job ")) for name, _ in background.probes() if name.startswith("job ")]
        users = [name for name in reversed(registry.names) if plugin in registry.closure([name]) and name != plugin]
        for user in users:
            _refused(walk, first, plugin, _said(application, registry.manifests[user].title))
            assert switch(first, user, on=False).status == 303
        assert switch(first, plugin, on=False).status == 303
        walk.look(surfaces, second, background, SHUT)
        for job_id in waiting:
            walk.expect(f"queued job {job_id}", SHUT, OPEN if background.runs(job_id) else SHUT)
        saved.look(walk, second, programs, SHUT)
        during = snapshot(theirs, pages)
        walk.expect("the other company", OPEN, OPEN if during == before else SHUT, _first_difference(before, during))
        for name in (plugin, *reversed(users)):
            assert switch(first, name, on=True).status == 303
        for job_id in waiting:
            walk.expect(f"queued job {job_id}", OPEN, OPEN if background.runs(job_id) else SHUT)
        saved.look(walk, second, programs, OPEN)
        walk.look(surfaces, second, background, OPEN)
    evidence.close()


class Saved:
    """What somebody has kept from before: an open form, a link, a token, a key."""

    def __init__(self, application: Flask, client: Client, plugin: str) -> None:
        nouns = application.extensions["keguan"].nouns.by_path.values()
        self.noun = next(noun for noun in nouns if noun.plugin == plugin and noun.create is not None)
        self.form = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', client.ask("GET", f"/{self.noun.path}/add").body))
        self.link = (
            f"/{self.noun.path}/?view={self.noun.views[0].key}" if self.noun.views else f"/{self.noun.path}/?order={self.noun.order}"
        )

    def look(self, walk: Walk, client: Client, programs: dict[str, Client], wanted: str) -> None:
        """Use them all."""
        form = {name: html.unescape(value) for name, value in self.form.items() if name == "csrf_token"}
        posted = client.ask("POST", f"/{self.noun.path}/add", form=form).status
        walk.expect("open form posted", wanted, SHUT if posted == 404 else OPEN if posted == 422 else str(posted))
        followed = client.ask("GET", self.link).status
        walk.expect("saved link", wanted, SHUT if followed == 404 else OPEN if followed == 200 else str(followed))
        for name, program in programs.items():
            answered = program.ask("GET", f"/api/v1/{self.noun.path}/").status
            walk.expect(name, wanted, SHUT if answered == 404 else OPEN if answered == 200 else str(answered))


def _said(application: Flask, message: object) -> str:
    """The message as a page in Chinese shows it."""
    with application.test_request_context():
        return str(message)


def _refused(walk: Walk, client: Client, plugin: str, by: str) -> None:
    """Switching off what another plugin requires is refused with a sentence that names the other."""
    reply = switch(client, plugin, on=False)
    told = by in html.unescape(reply.body)
    walk.expect(f"disabling while {by} requires it", SHUT, SHUT if reply.status == 409 and told else OPEN, str(reply.status))


def _first_difference(before: dict[str, str], after: dict[str, str]) -> str:
    for page, text in before.items():
        for old, new in zip(text.splitlines(), after[page].splitlines(), strict=False):
            if old != new:
                return json.dumps([page, old[:200], new[:200]], ensure_ascii=False)
    return ""
