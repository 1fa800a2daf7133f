"""The application with its demo data, served from a scratch folder on a free port."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import waitress
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wsgi import ClosingIterator

from config.settings import Settings
from core.access.identities import add_user, hash_password
from core.access.models import Account, EmployeeRole
from core.application import create_core, move_in
from core.kernel.acting import System, acting_as
from core.operations import demo
from core.operations.branches import branches
from core.operations.catalogues import compile_all
from core.operations.companies import ROOT_CODE, found, preset_roles
from core.operations.language import catalogues_of, speaking
from core.operations.migrations import upgrade
from core.organisation.models import Department
from core.organisation.operations import hire
from core.testing.databases import Files
from core.web.access import signed_in
from core.web.fab import build_web
from core.web.house import Keguan
from tests.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PASSWORD = "plain-sailing-2468"
COMPANY, EMPTY_COMPANY, NEWCOMER = "qiheng", "xinghe", "newcomer"
LIMIT = 300_000  # bytes of a request: small, so that a page may exceed it
BROKEN = "/broken"  # answers 500, so that its page can be looked at
FILLED = "filled"  # the database as every test finds it


class Door:
    """In front of an application: requests pass, but none while it is shut.

    A window that is closed gives up its requests, the server answers them all the same; whoever changes the database under it waits.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._inside = 0
        self._shut = False
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._changed:
            self._changed.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._left()
            raise
        return ClosingIterator(answer, [self._left])

    def _left(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Until the end of the block nobody is inside."""
        with self._changed:
            self._shut = True
            empty = self._changed.wait_for(lambda: not self._inside, timeout=60)
        try:
            assert empty, "A request has not been answered within a minute."
            yield
        finally:
            with self._changed:
                self._shut = False
                self._changed.notify_all()


@dataclass(frozen=True)
class House:
    """A served Keguan: ``address`` of its web, the application behind it, and the door in front of it."""

    address: str
    keguan: Keguan
    application: Flask
    door: Door

    def url(self, path: str, company: str = COMPANY) -> str:
        """The full address of ``path`` in the company."""
        return f"{self.address}/c/{company}{path}"

    def speak(self, language: str) -> None:
        """Let every account read ``language`` (zh_CN or en) from the next page on."""
        with Session(self.keguan.database.engine) as session:
            session.query(Account).update({Account.language: language})
            session.commit()

    def user_id(self, account: str) -> int:
        """The id of the user of this name."""
        with Session(self.keguan.database.engine) as session:
            return session.scalars(select(User.id).where(User.username == account)).one()


@contextmanager
def served(folder: Path) -> Iterator[House]:
    """Make demo data in ``folder`` and serve until the end of the block."""
    compile_all()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is no news
    folder.mkdir(exist_ok=True)
    settings = Settings(data=folder, environment="testing", upload_limit=LIMIT, threads=4, database_url=Files(folder).url, wanted=None)
    settings.make_secrets()
    keguan = create_core(settings)
    _fill(keguan)
    _let_go(keguan)
    Files(folder).keep(FILLED)
    application = build_web(keguan)
    application.add_url_rule(BROKEN, view_func=_fail)
    with serving(keguan, application) as house:
        yield house
    _let_go(keguan)


def put_back(house: House) -> None:
    """Make the records of a :func:`served` house those that it began with, whatever a test has done to them."""
    move_in(house.keguan)  # another test of this process may have used a Keguan of its own
    with house.door.shut():
        _let_go(house.keguan)
        Files(house.keguan.settings.data).reset(FILLED)
        shutil.rmtree(house.keguan.settings.anchor_folder, ignore_errors=True)  # heads of a trail that is no more


def _let_go(keguan: Keguan) -> None:
    keguan.database.release()
    keguan.database.engine.dispose()


@contextmanager
def serving(keguan: Keguan, application: Flask) -> Iterator[House]:
    """Serve an application that there is already, until the end of the block."""
    door = Door(application)
    server = waitress.create_server(door, host="127.0.0.1", port=0, threads=keguan.settings.threads)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield House(f"http://127.0.0.1:{server.effective_port}", keguan, application, door)
    finally:
        server.close()
        thread.join(5)


@contextmanager
def served_world(application: Flask, world: World) -> Iterator[House]:
    """Serve the world of a test until the end of the block, speaking Chinese to everybody."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is no news
    with serving(world.keguan, application) as house:
        house.speak("zh_CN")
        yield house


def _fill(keguan: Keguan) -> None:
    method = keguan.settings.password_method
    upgrade(keguan.database.engine, branches(keguan.registry))
    with speaking("zh_CN", catalogues_of(keguan.registry)):
        demo.make_base(keguan.database, keguan.registry, PASSWORD, method)
        demo.fill(keguan.database, keguan.registry)
        with acting_as(System("tests")), keguan.database.transaction() as session:
            _found_empty_company(session, keguan, hash_password(PASSWORD, method))


def _found_empty_company(session: Session, keguan: Keguan, password_hash: str) -> None:
    """A company without any record: its only salesperson sees what a first user sees."""
    company = found(session, keguan.registry, EMPTY_COMPANY, "星禾装备")
    root = session.scalars(select(Department).where(Department.company_id == company.id, Department.code == ROOT_CODE)).one()
    user = add_user(session, NEWCOMER, "许初见", password_hash)
    employee = hire(session, root, user_id=user.id, number="001", name="许初见", position="销售代表")
    for key in ("salesperson", "contract_administrator", "department_head"):
        session.add(EmployeeRole(company_id=company.id, employee_id=employee.id, role_id=preset_roles(session, company.id)[key].id))


@signed_in
def _fail() -> str:
    raise RuntimeError("a page of the tests that always fails")
