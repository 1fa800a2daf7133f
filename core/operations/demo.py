"""Demo companies, accounts and data, for a first look and for tests; production refuses to start with them (design 5)."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable
from pathlib import Path

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.identities import add_user, hash_password
from core.access.models import Account, EmployeeRole
from core.audit.models import AuditRow
from core.audit.trail import record_event
from core.database.sessions import Database
from core.extension.calling import hooks
from core.extension.registry import Registry
from core.kernel.acting import System, acting_as
from core.kernel.errors import Conflict
from core.kernel.story import FOUNDED, Story, ago
from core.kernel.words import msg
from core.operations.companies import ROOT_CODE, found, preset_roles
from core.operations.demo_people import HOUSES, House, Person
from core.organisation.models import Company, Department, Employee
from core.organisation.operations import add_department, appoint, hire
from core.switchboard.operations import enabled_modules
from core.work.models import Notice
from core.work.notices import read_older_notices

REASON = "demo data"
FILLED = "demo_data"  # what the trail calls it
SEED = 20_251
NEW_NOTICES = 2  # that everybody of the demonstration has not read yet
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 - the letters it is drawn from, none easily mistaken
STRIDE = 1_000  # between the seeds of two rounds
Step = Callable[[str, int], None]


def draw_password() -> str:
    """A password for the demo accounts: twelve letters and digits in three groups, easy to type."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))


def make_base(database: Database, registry: Registry, password: str, method: str) -> None:
    """Found the demo companies with departments, accounts, roles and modules, in one use case.

    All accounts share ``password`` and, because hashing is slow on purpose, its hash by ``method``. Raises :class:`Conflict`
    when a company exists already.
    """
    password_hash = hash_password(password, method)
    refuse_if_peopled(database)
    with acting_as(System(REASON)), database.transaction() as session:
        for house in HOUSES:
            with Story(random.Random(house.slug), ago(FOUNDED)):  # noqa: S311 -- the same every time
                _found_house(session, registry, house, password_hash)


def refuse_if_peopled(database: Database) -> None:
    """Raise :class:`Conflict` where companies exist."""
    if has_companies(database):
        raise Conflict(msg("Demo data are made only in an empty system; this one has companies already."))


def fill(database: Database, registry: Registry, step: Step | None = None, *, seed: int = SEED, rounds: int = 1) -> None:
    """Let every plugin that is on write its demo data ``rounds`` times, one use case per company and round.

    ``step`` hears each company's name and the number of the round, from 0 on. The trail remembers which rounds are done, so that a run
    that was cut off is finished by the next one, and a further one may add to what is there.
    """
    for company_id, name, number in unfinished(database, rounds):
        if step:
            step(name, number)
        _fill_one(database, registry, company_id, seed, number)


def _fill_one(database: Database, registry: Registry, company_id: int, seed: int, number: int) -> None:
    """One round of one company; nothing if another process has made it meanwhile."""
    with acting_as(System(REASON, company_id)), database.transaction() as session:
        company = session.scalars(select(Company).where(Company.id == company_id).with_for_update()).one()
        if session.scalar(select(func.count(AuditRow.id)).where(AuditRow.action == FILLED)) != number:
            return
        modules = enabled_modules(session, company_id, registry)
        latest = session.scalar(select(func.max(Notice.id))) or 0
        hooks(modules).crm_demo(session=session, company=company, seed=seed + company_id + STRIDE * number)
        read_older_notices(session, 0 if number else NEW_NOTICES, latest)
        record_event(session, FILLED, company.name, round=number, seed=seed)


def unfinished(database: Database, rounds: int = 1) -> list[tuple[int, str, int]]:
    """Id and name of each demo company with the number of each round that is still to come; all companies round by round."""
    filled = select(func.count(AuditRow.id)).where(AuditRow.action == FILLED, AuditRow.company_id == Company.id).scalar_subquery()
    theirs = select(Employee.company_id).join(Account, Account.user_id == Employee.user_id).where(Account.demo)
    statement = select(Company.id, Company.name, filled).where(Company.id.in_(theirs)).order_by(Company.id)
    with Session(database.engine) as session:
        found = session.execute(statement).all()
    return [(company_id, name, number) for number in range(rounds) for company_id, name, done in found if number >= done]


def has_companies(database: Database) -> bool:
    """Whether any company has been founded."""
    with Session(database.engine) as session:
        return session.scalar(select(Company.id).limit(1)) is not None


def write_accounts(path: Path, password: str) -> None:
    """Write the demo accounts into a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{person.account}\t{password}\t{house.name}\t{person.position}\t{person.name}" for house in HOUSES for person in house.people]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    path.chmod(0o600)


def has_demo_accounts(database: Database) -> bool:
    """Whether any demo account is still open."""
    with Session(database.engine) as session:
        statement = select(Account.id).join(User, User.id == Account.user_id).where(Account.demo, User.active).limit(1)
        return session.scalar(statement) is not None


def _found_house(session: Session, registry: Registry, house: House, password_hash: str) -> None:
    company = found(session, registry, house.slug, house.name)
    root = session.scalars(select(Department).where(Department.company_id == company.id, Department.code == ROOT_CODE)).one()
    places = {ROOT_CODE: root}
    for place in house.places:
        places[place.code] = add_department(session, company.id, place.code, place.name, places[place.parent])
    for number, person in enumerate(house.people, 1):
        _employ(session, company, places, person, f"{number:03d}", password_hash)


def _employ(session: Session, company: Company, places: dict[str, Department], person: Person, number: str, password_hash: str) -> None:
    user = add_user(session, person.account, person.name, password_hash, demo=True)
    employee = hire(session, places[person.department], user_id=user.id, number=number, name=person.name, position=person.position)
    roles = preset_roles(session, company.id)
    for key in person.roles:
        session.add(EmployeeRole(company_id=company.id, employee_id=employee.id, role_id=roles[key].id))
    for code, duty in person.leads:
        appoint(session, employee, places[code], duty)
    session.flush()
