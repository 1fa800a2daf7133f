"""First passwords for people who came by a file: drawn, told once, changed by the person at the first sign-in (R-452)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.administration.employees import give_first_password
from core.access.guard import authorise
from core.kernel.acting import company_id
from core.organisation.models import Employee

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none easily mistaken


@dataclass(frozen=True)
class FirstPassword:
    """What one person has to be told."""

    user_name: str
    name: str
    password: str


def hand_out_first_passwords(session: Session) -> list[FirstPassword]:
    """Give a first password to everybody of the company who has none at all; nobody else's is touched. It is told this one time."""
    authorise(Employee, "update")
    return [_handed_out(session, user_name, employee) for user_name, employee in without_password(session)]


def without_password(session: Session) -> list[tuple[str, Employee]]:
    """Everybody of the company whose account opens nothing because it has no password, with the user name."""
    waiting = (
        select(User.username, Employee)
        .join(Employee, Employee.user_id == User.id)
        .where(Employee.company_id == company_id(), Employee.left_on.is_(None), or_(User.password == "", User.password.is_(None)))
        .order_by(Employee.number)
    )
    return [(str(user_name), employee) for user_name, employee in session.execute(waiting)]


def _handed_out(session: Session, user_name: str, employee: Employee) -> FirstPassword:
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    give_first_password(session, employee.id, first_password=password)
    return FirstPassword(user_name, employee.name, password)
