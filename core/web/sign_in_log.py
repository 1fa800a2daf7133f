"""Sign-ins, good and bad, go to the trail of every company that the account belongs to, else to the platform's (R-445)."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.attempts import ADDRESS, CODE, Locked
from core.access.holders import holders_of
from core.audit.trail import on_behalf_of, record_event
from core.kernel.acting import Acting, Actor, System, acting_as
from core.kernel.words import Message, counted, msg
from core.organisation.models import Company, Employee
from core.web.gate import database_of
from core.work.notices import notify


def log_sign_in(name: str, *, succeeded: bool) -> None:
    """Write one event under the name that was typed: the person's own where it succeeded, the house's where nobody knows who typed."""
    _log(name, "sign_in" if succeeded else "sign_in_failed", known=succeeded)


def log_wrong_code(name: str) -> None:
    """Write that the password was right and the code of the second step was not, or had been used."""
    _log(name, "second_step_failed", known=False)


def log_recovery_code(name: str, left: int) -> None:
    """Write that a recovery code was used, and tell the person how many are left: it may have been somebody else."""
    _log(name, "recovery_code_used", known=True, left=left)
    address = request.remote_addr or ""
    for company_id, employee_id, _ in _people(name):
        with acting_as(System("sign-in", company_id)), database_of().transaction() as session:
            notify(session, employee_id, _recovery_told(left, address), "/account/two-step/")


def _recovery_told(left: int, address: str) -> Message:
    return counted(
        "A recovery code was used for your account, from %(address)s; %(count)s is left. "
        "If that was not you, please tell your security administrator.",
        "A recovery code was used for your account, from %(address)s; %(count)s are left. "
        "If that was not you, please tell your security administrator.",
        left,
        address=address,
    )


def _log(name: str, action: str, *, known: bool, **details: Any) -> None:
    with acting_as(System("sign-in")), database_of().transaction() as session:
        for who in _whose(session, name, known) or [System("sign-in")]:
            with on_behalf_of(session, who):
                record_event(session, action, name, **details)


def log_lock(name: str, locked: Locked) -> None:
    """Write that wrong passwords have locked something. The first lock of an account in a day is told to the person and to those who may
    open it again; an address and a browser concern nobody's account.
    """
    _log(name, "sign_in_locked", known=False, what=locked.kind, failures=locked.failures)
    if locked.kind != ADDRESS and locked.first_today:
        _tell(name, request.remote_addr or "", code=locked.kind == CODE)


def _tell(name: str, address: str, *, code: bool) -> None:
    for company_id, employee_id, called in _people(name):
        with acting_as(System("sign-in", company_id)), database_of().transaction() as session:
            notify(session, employee_id, _codes_to_the_person(address) if code else _to_the_person(address))
            for guard in holders_of(session, "core.employee", "update"):
                if guard != employee_id:
                    notify(session, guard, _to_guards(called, address), f"/employees/{employee_id}")


def _to_the_person(address: str) -> Message:
    return msg(
        "Too many wrong passwords were entered for your account, the last one from %(address)s. "
        "If that was not you, please tell your security administrator.",
        address=address,
    )


def _codes_to_the_person(address: str) -> Message:
    return msg(
        "Somebody entered your password and then too many wrong codes, the last one from %(address)s. "
        "If that was not you, please change your password now.",
        address=address,
    )


def _to_guards(name: str, address: str) -> Message:
    return msg(
        "Too many wrong passwords were entered for the account of %(name)s, the last one from %(address)s. "
        "New browsers cannot sign in to it for some minutes.",
        name=name,
        address=address,
    )


def _people(name: str) -> list[tuple[int, int, str]]:
    """Company, employee and name of everybody whom the account is for."""
    with acting_as(System("sign-in")), database_of().transaction() as session:
        return [(one.company_id, one.id, one.name) for one, _, _ in session.execute(_employees(name))]


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
