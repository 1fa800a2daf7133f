"""A company with two salespeople and an administrator, and a second company, on both databases."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url

from core.access.guard import install_guard, scope_reads
from core.access.models import EmployeeRole, Grant, Role
from core.audit import models as _audit  # noqa: F401
from core.audit.trail import install_trail, seal_with
from core.database.engine import make_engine
from core.database.records import Record
from core.database.sessions import Database, GuardedSession
from core.extension.calling import use_registry
from core.extension.registry import Registry
from core.kernel.acting import Actor, Scope, System, acting_as
from core.organisation.models import Company, Employee
from core.organisation.operations import add_department, found_company, hire, record_leaving
from core.switchboard.actors import resolve_actor
from core.switchboard.operations import enable_all, switch_module
from core.work.file_store import FileStore, use_file_store
from tests.work import probe

NAME = f"keguan_work_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@dataclass
class Office:
    """What the tests of this floor work with."""

    database: Database
    registry: Registry
    url: str
    company_id: int
    other_id: int
    ann_id: int
    bob_id: int
    chief_id: int
    stranger_id: int

    def actor(self, employee_id: int) -> Actor:
        """The employee with the rights of this moment."""
        session = self.database.identity()
        employee = session.get_one(Employee, employee_id)
        found = resolve_actor(session, employee.user_id, employee.company_id)
        self.database.release()
        assert found is not None
        return found

    @property
    def ann(self) -> Actor:
        return self.actor(self.ann_id)

    @property
    def bob(self) -> Actor:
        return self.actor(self.bob_id)

    @property
    def chief(self) -> Actor:
        return self.actor(self.chief_id)

    def leave(self, employee_id: int) -> None:
        """The employee has left."""
        with acting_as(System("test")), self.database.transaction() as session:
            record_leaving(session, session.get_one(Employee, employee_id), date(2020, 1, 1))

    def switch(self, *, on: bool) -> None:
        """Switch the plugin of these tests for the first company."""
        with acting_as(System("test")), self.database.transaction() as session:
            switch_module(session, self.registry, self.company_id, "probe", on=on)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    server = make_url(os.environ.get("KEGUAN_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/postgres"))
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    yield server.set(database=NAME).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'work.db'}"
    return str(request.getfixturevalue("postgres_url"))


def _listen() -> None:
    if not event.contains(GuardedSession, "do_orm_execute", scope_reads):
        install_guard(GuardedSession)
        install_trail(GuardedSession)


def _fresh(engine: Engine) -> None:
    probe.ran.clear()
    probe.behaviour.clear()
    tables = ", ".join(f'"{table.name}"' for table in Record.metadata.sorted_tables)
    if inspect(engine).has_table("probe_client"):
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    else:
        Record.metadata.create_all(engine)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    engine = make_engine(database_url)
    registry = probe.registry()
    _listen()
    seal_with(engine, b"k" * 48)
    _fresh(engine)
    use_registry(registry)
    use_file_store(FileStore(tmp_path / "attachments"))
    database = Database(engine)
    with acting_as(System("test")), database.transaction() as session:
        ids = _people(session, registry)
    yield Office(database, registry, database_url, *ids)
    database.release()
    engine.dispose()


def _people(session: GuardedSession, registry: Registry) -> tuple[int, ...]:
    users = [
        User(first_name=name, last_name="X", username=name, email=f"{name}@example.com", active=True)
        for name in ("ann", "bob", "chief", "eve")
    ]
    session.add_all(users)
    session.flush()
    companies = [found_company(session, slug, slug.title()) for slug in ("one", "two")]
    homes = [add_department(session, company.id, "sales", "Sales") for company in companies]
    people = [hire(session, homes[name == "eve"], user_id=user.id, number=name, name=name) for user in users for name in [user.username]]
    for company in companies:
        enable_all(session, registry, company.id, ("probe",))
    _give(
        session, companies[0], "seller", people[:2], {("probe.client", verb): Scope.OWN for verb in ("read", "create", "update", "import")}
    )
    _give(session, companies[0], "system", people[2:3], {("core.job", "read"): Scope.COMPANY})
    return (companies[0].id, companies[1].id, *(person.id for person in people))


def _give(session: GuardedSession, company: Company, name: str, people: list[Employee], rights: dict[tuple[str, str], Scope]) -> None:
    role = Role(company_id=company.id, name=name)
    session.add(role)
    session.flush()
    for (resource, verb), scope in rights.items():
        session.add(Grant(company_id=company.id, role_id=role.id, resource=resource, verb=verb, scope=scope))
    for person in people:
        session.add(EmployeeRole(company_id=company.id, role_id=role.id, employee_id=person.id))
    session.flush()


def count(office: Office, model: type[Record]) -> int:
    """Rows of ``model`` over all companies."""
    with acting_as(System("test")):
        found = len(office.database.session().scalars(select(model)).all())
    office.database.release()
    return found


def in_one_use_case(office: Office, *steps: Callable[[Any], Any]) -> None:
    """Do ``steps`` as Ann, one after the other, in one use case."""
    with acting_as(office.ann), office.database.transaction() as session:
        for step in steps:
            step(session)


def crash(session: Any) -> None:
    """The step that makes a use case fail."""
    raise ZeroDivisionError
