"""Sign-ins, good and bad, go to the trail of every company that the account belongs to, else to the platform's (R-445)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.attempts import ADDRESS, Locked
from core.access.holders import holders_of
from core.audit.trail import on_behalf_of, record_event
from core.kernel.acting import Acting, Actor, System, acting_as
from core.kernel.words import Message, msg
from core.organisation.models import Company, Employee
from core.web.gate import database_of
from core.work.notices import notify


def log_sign_in(name: str, *, succeeded: bool) -> None:
    """Write one event under the name that was typed: the person's own where it succeeded, the house's where nobody knows who typed."""
    with acting_as(System("sign-in")), database_of().transaction() as session:
        for who in _whose(session, name, succeeded) or [System("sign-in")]:
            with on_behalf_of(session, who):
                record_event(session, "sign_in" if succeeded else "sign_in_failed", name)


def log_lock(name: str, locked: Locked) -> None:
    """Write that wrong passwords have locked something. The first lock of an account in a day is told to the person and to those who may
    open it again; an address and a browser concern nobody's account.
    """
    address = request.remote_addr or ""
    with acting_as(System("sign-in")), database_of().transaction() as session:
        for who in _whose(session, name, succeeded=False) or [System("sign-in")]:
            with on_behalf_of(session, who):
                record_event(session, "sign_in_locked", name, what=locked.kind, failures=locked.failures)
    if locked.kind != ADDRESS and locked.first_today:
        _tell(name, address)


def _tell(name: str, address: str) -> None:
    with acting_as(System("sign-in")), database_of().transaction() as session:
        people = [(one.company_id, one.id, one.name) for one, _, _ in session.execute(_employees(name))]
    for company_id, employee_id, called in people:
        with acting_as(System("sign-in", company_id)), database_of().transaction() as session:
            notify(session, employee_id, _to_the_person(address))
            for guard in holders_of(session, "core.employee", "update"):
                if guard != employee_id:
                    notify(session, guard, _to_guards(called, address), f"/employees/{employee_id}")


def _to_the_person(address: str) -> Message:
    return msg(
        "Too many wrong passwords were entered for your account, the last one from %(address)s. "
        "If that was not you, please tell your security administrator.",
        address=address,
    )


def _to_guards(name: str, address: str) -> Message:
    return msg(
        "Too many wrong passwords were entered for the account of %(name)s, the last one from %(address)s. "
        "New browsers cannot sign in to it for some minutes.",
        name=name,
        address=address,
    )


def _employees(name: str) -> Any:
    return (
        select(Employee, Company.slug, User.id)
        .join(User, User.id == Employee.user_id)
        .join(Company, Company.id == Employee.company_id)
        .where(User.username == name, Employee.left_on.is_(None))
        .order_by(Employee.id)
    )


def _whose(session: Session, name: str, succeeded: bool) -> list[Acting]:
    found = session.execute(_employees(name)).all()
    return [_as(employee, slug, user_id) if succeeded else System("sign-in", employee.company_id) for employee, slug, user_id in found]


def _as(employee: Employee, slug: str, user_id: int) -> Actor:
    return Actor(user_id, employee.id, employee.company_id, slug, employee.department_id, employee.name)
