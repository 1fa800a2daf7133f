"""The world of the tests: Keguan on a fresh database, two companies with their people, and browsers that are signed in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from config.settings import Settings
from core.access.identities import make_tokens
from core.access.models import WebSession
from core.application import create_core, move_in
from core.audit.trail import seal_with
from core.database.engine import make_engine
from core.database.sessions import Database, GuardedSession
from core.extension.registry import Registry
from core.kernel.acting import Actor, acting_as
from core.operations.language import catalogues_of, speaking
from core.organisation.models import Company, Department, Employee
from core.switchboard.actors import resolve_actor
from core.testing.databases import Store
from core.web.house import Keguan

PASSWORD = "plain-sailing-2468"  # noqa: S105 -- of accounts that exist in tests alone
BLANK, PEOPLED, DEMONSTRATION = "blank", "peopled", "demonstration"


class Site:
    """One Keguan per worker and kind of database. It stays, because starting costs a second; its database is new for each test."""

    def __init__(self, store: Store, data: Path) -> None:
        self.store = store
        self.settings = Settings(data=data, environment="testing", database_url=store.url, threads=4)
        self.keguan: Keguan = create_core(self.settings)
        self.present = ""  # the template that the database is an untouched copy of
        self._attachments = data.with_name(f"{data.name} of {DEMONSTRATION} on {type(store).__name__}")  # beside its database
        _build_templates(store, self.keguan.registry, self.settings)
        event.listen(self.keguan.database.engine, "commit", self._touch)

    def _touch(self, *_: Any) -> None:
        self.present = ""

    def open(self, template: str) -> Keguan:
        """Keguan on an untouched copy of the template; a test that committed nothing leaves its copy to the next one."""
        move_in(self.keguan)
        self.keguan.database.release()
        if template == DEMONSTRATION and not self._attachments.exists():
            self._demonstrate()
        if self.present != template:
            self.keguan.database.engine.dispose()
            self.store.reset(template)
            self.present = template
        if template == DEMONSTRATION:
            shutil.copytree(self._attachments, self.settings.data, dirs_exist_ok=True)
        return self.keguan

    def _demonstrate(self) -> None:
        """One round of demo data, made once for all tests that look at it: that takes ten seconds and more."""
        from core.operations.demo import fill  # here: who only looks around needs none

        self.open(PEOPLED)
        with speaking("zh_CN", catalogues_of(self.keguan.registry)):
            fill(self.keguan.database, self.keguan.registry)
        self.keep(DEMONSTRATION)
        shutil.copytree(self.settings.data, self._attachments, ignore=shutil.ignore_patterns("secrets"))

    def keep(self, template: str) -> None:
        """Make a template of the database as the test has left it, for tests that go on from there."""
        self.keguan.database.release()
        self.keguan.database.engine.dispose()
        self.store.keep(template)

    def close(self) -> None:
        """Give connections back, and throw away the files that the test has left in the data folder."""
        self.keguan.database.release()
        for path in self.settings.data.iterdir():
            if path.name != "secrets":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(self.settings.anchor_folder, ignore_errors=True)

    @cached_property
    def application(self) -> Flask:
        """The web application, built when the first test asks for it."""
        from core.web.fab import build_web  # here: who only looks around needs no pages

        return build_web(self.keguan)


def _build_templates(store: Store, registry: Registry, settings: Settings) -> None:
    from core.operations.branches import branches  # here: who only looks around in a database that is there needs no Alembic
    from core.operations.demo import make_base
    from core.operations.migrations import upgrade

    for template in (BLANK, PEOPLED):
        engine = make_engine(store.fresh(template))
        seal_with(engine, settings.audit_key)
        upgrade(engine, branches(registry))
        if template == PEOPLED:
            with speaking("zh_CN", catalogues_of(registry)):
                make_base(Database(engine), registry, PASSWORD, settings.password_method)
        engine.dispose()


@dataclass(frozen=True)
class World:
    """The demo companies by short name, departments by ``<short name>/<code>``, employees and users by account name."""

    keguan: Keguan
    companies: Mapping[str, Company]
    departments: Mapping[str, Department]
    employees: Mapping[str, Employee]
    users: Mapping[str, User]

    def actor(self, account: str) -> Actor:
        """The person with today's rights and modules."""
        employee = self.employees[account]
        with Session(self.keguan.database.engine) as session:
            found = resolve_actor(session, employee.user_id, employee.company_id)
        assert found is not None, f"{account} opens nothing today"
        return found

    @contextmanager
    def act(self, account: str) -> Iterator[Actor]:
        """Act as the person until the end of the block."""
        actor = self.actor(account)
        with acting_as(actor):
            yield actor

    @contextmanager
    def use_case(self, account: str) -> Iterator[GuardedSession]:
        """One use case of the person: a transaction that is committed at the end."""
        with self.act(account), self.keguan.database.transaction() as session:
            yield session

    @contextmanager
    def reading(self, account: str) -> Iterator[GuardedSession]:
        """A session in which the person reads."""
        with self.act(account):
            session = self.keguan.database.session()
            session.expunge_all()
            yield session
            session.rollback()


def look_around(keguan: Keguan) -> World:
    """Find everybody in the demo companies."""
    with Session(keguan.database.engine, expire_on_commit=False) as session:
        companies = {company.slug: company for company in session.scalars(select(Company))}
        slugs = {company.id: slug for slug, company in companies.items()}
        departments = {f"{slugs[one.company_id]}/{one.code}": one for one in session.scalars(select(Department))}
        users = {user.username: user for user in session.scalars(select(User))}
        names = {user.id: name for name, user in users.items()}
        employees = {names[employee.user_id]: employee for employee in session.scalars(select(Employee))}
    return World(keguan, companies, departments, employees, users)


class Browser(FlaskClient):
    """A client whose paths lie in its company, and whose writing requests carry the token that its forms would."""

    company: str | None = None
    csrf: str = ""
    bearer: str = ""

    def open(self, *args: Any, company: str | None = "", **options: Any) -> TestResponse:
        """As :meth:`FlaskClient.open`; ``company`` None asks outside of any company, a short name asks in that one."""
        inside = self.company if company == "" else company
        if args and isinstance(args[0], str):
            headers = dict(options.pop("headers", None) or {})
            if self.csrf and options.get("method", "GET") not in ("GET", "HEAD"):
                headers.setdefault("X-CSRFToken", self.csrf)
            if self.bearer:
                headers.setdefault("Authorization", f"Bearer {self.bearer}")
            path = f"/c/{inside}{args[0]}" if inside and not args[0].startswith("/c/") else args[0]
            return super().open(path, *args[1:], headers=headers, **options)
        return super().open(*args, **options)


def browser_for(application: Flask, world: World, account: str) -> Browser:
    """A browser in which the person has signed in, in the person's company."""
    browser = Browser(application, application.response_class, use_cookies=True)
    response = application.response_class()
    user = world.users[account]
    application.session_interface.begin(application, user.id, response)  # type: ignore[attr-defined]
    for name, value in parse_cookie(response.headers["Set-Cookie"].partition(";")[0]).items():
        browser.set_cookie(name, value)
    browser.company = _slug(world, account)
    browser.csrf = _csrf_token(application, world.keguan.database, user.id)
    return browser


def program_for(application: Flask, world: World, account: str) -> Browser:
    """A client with the person's bearer token and no cookie, as a program would ask."""
    program = Browser(application, application.response_class, use_cookies=False)
    with application.app_context(), Session(world.keguan.database.engine) as session:
        program.bearer = make_tokens(session, world.users[account].id, refresh=False)["access_token"]
    program.company = _slug(world, account)
    return program


def _slug(world: World, account: str) -> str:
    company_id = world.employees[account].company_id
    return next(slug for slug, company in world.companies.items() if company.id == company_id)


def _csrf_token(application: Flask, database: Database, user_id: int) -> str:
    with Session(database.engine) as session:
        stored = session.scalars(select(WebSession).where(WebSession.user_id == user_id).order_by(WebSession.id.desc()).limit(1)).one()
        value = json.loads(stored.values)["csrf_token"]
    return str(URLSafeTimedSerializer(application.secret_key, salt="wtf-csrf-token").dumps(value))  # type: ignore[arg-type]
