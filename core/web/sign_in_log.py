"""Sign-ins, good and bad, go to the trail of every company that the account belongs to, else to the platform's (R-445)."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.trail import on_behalf_of, record_event
from core.kernel.acting import Acting, Actor, System, acting_as
from core.organisation.models import Company, Employee
from core.web.gate import database_of


def log_sign_in(name: str, *, succeeded: bool) -> None:
    """Write one event under the name that was typed: the person's own where it succeeded, the house's where nobody knows who typed."""
    with acting_as(System("sign-in")), database_of().transaction() as session:
        for who in _whose(session, name, succeeded) or [System("sign-in")]:
            with on_behalf_of(session, who):
                record_event(session, "sign_in" if succeeded else "sign_in_failed", name)


def _whose(session: Session, name: str, succeeded: bool) -> list[Acting]:
    asked: Any = (
        select(Employee, Company.slug, User.id)
        .join(User, User.id == Employee.user_id)
        .join(Company, Company.id == Employee.company_id)
        .where(User.username == name, Employee.left_on.is_(None))
        .order_by(Employee.id)
    )
    found = session.execute(asked).all()
    return [_as(employee, slug, user_id) if succeeded else System("sign-in", employee.company_id) for employee, slug, user_id in found]


def _as(employee: Employee, slug: str, user_id: int) -> Actor:
    return Actor(user_id, employee.id, employee.company_id, slug, employee.department_id, employee.name)
