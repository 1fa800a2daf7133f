"""From a sign-in identity to the employee who acts: membership, roles, departments, read afresh for every request and job."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Grant, Role
from core.kernel.acting import Actor, Scope
from core.kernel.clock import today
from core.organisation.models import Company, DepartmentLeader, DepartmentPath, Duty, Employee


@dataclass(frozen=True)
class Membership:
    """One company that a user works in."""

    company_id: int
    slug: str
    company_name: str
    employee_id: int
    department_id: int
    name: str


def memberships(session: Session, user_id: int) -> tuple[Membership, ...]:
    """Companies that the user works in today, by name; none for a closed account or a leaver (R-452)."""
    statement = (
        select(Company.id, Company.slug, Company.name, Employee.id, Employee.department_id, Employee.name)
        .join(Employee, Employee.company_id == Company.id)
        .join(User, User.id == Employee.user_id)
        .where(Employee.user_id == user_id, User.active, Company.active)
        .where(or_(Employee.left_on.is_(None), Employee.left_on > today()))
        .order_by(Company.name)
    )
    return tuple(Membership(*row) for row in session.execute(statement))


def actor_in(session: Session, user_id: int, membership: Membership) -> Actor:
    """The employee of ``membership`` with today's rights; modules are added by the switchboard."""
    subtree, in_charge = _departments(session, membership)
    return Actor(
        user_id=user_id,
        employee_id=membership.employee_id,
        company_id=membership.company_id,
        company_slug=membership.slug,
        department_id=membership.department_id,
        name=membership.name,
        subtree=subtree,
        in_charge=in_charge,
        grants=_grants(session, membership),
    )


def _grants(session: Session, membership: Membership) -> dict[tuple[str, str], frozenset[Scope]]:
    statement = (
        select(Grant.resource, Grant.verb, Grant.scope)
        .join(Role, Role.id == Grant.role_id)
        .join(EmployeeRole, EmployeeRole.role_id == Role.id)
        .where(EmployeeRole.employee_id == membership.employee_id, Role.active, Grant.company_id == membership.company_id)
    )
    found: dict[tuple[str, str], set[Scope]] = defaultdict(set)
    for resource, verb, scope in session.execute(statement):
        found[resource, verb].add(scope)
    return {right: frozenset(scopes) for right, scopes in found.items()}


def _departments(session: Session, membership: Membership) -> tuple[frozenset[int], frozenset[int]]:
    """Own department with all below it, and the departments in charge with all below them."""
    leading = select(DepartmentLeader.department_id).where(
        DepartmentLeader.employee_id == membership.employee_id, DepartmentLeader.duty == Duty.IN_CHARGE
    )
    statement = select(
        DepartmentPath.descendant_id, DepartmentPath.ancestor_id == membership.department_id, DepartmentPath.ancestor_id.in_(leading)
    ).where(
        DepartmentPath.company_id == membership.company_id,
        or_(DepartmentPath.ancestor_id == membership.department_id, DepartmentPath.ancestor_id.in_(leading)),
    )
    rows = session.execute(statement).all()
    return frozenset(row[0] for row in rows if row[1]), frozenset(row[0] for row in rows if row[2])
