"""From a sign-in identity to the employee who acts: membership, roles, departments, read afresh for every request and job."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import bindparam, or_, select
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


# Built once: these are asked at every request, and building them took as long as asking.
_MEMBERSHIPS = (
    select(Company.id, Company.slug, Company.name, Employee.id, Employee.department_id, Employee.name)
    .join(Employee, Employee.company_id == Company.id)
    .join(User, User.id == Employee.user_id)
    .where(Employee.user_id == bindparam("user"), User.active, Company.active)
    .where(or_(Employee.left_on.is_(None), Employee.left_on > bindparam("day")))
    .order_by(Company.name)
)
_GRANTS = (
    select(Grant.resource, Grant.verb, Grant.scope)
    .join(Role, Role.id == Grant.role_id)
    .join(EmployeeRole, EmployeeRole.role_id == Role.id)
    .where(EmployeeRole.employee_id == bindparam("employee"), Role.active, Grant.company_id == bindparam("company"))
)
_LEADING = select(DepartmentLeader.department_id).where(
    DepartmentLeader.employee_id == bindparam("employee"), DepartmentLeader.duty == Duty.IN_CHARGE
)
_OWN, _CHARGED = DepartmentPath.ancestor_id == bindparam("department"), DepartmentPath.ancestor_id.in_(_LEADING)
_DEPARTMENTS = select(DepartmentPath.descendant_id, _OWN, _CHARGED).where(
    DepartmentPath.company_id == bindparam("company"), or_(_OWN, _CHARGED)
)


def memberships(session: Session, user_id: int) -> tuple[Membership, ...]:
    """Companies that the user works in today, by name; none for a closed account or a leaver (R-452)."""
    return tuple(Membership(*row) for row in session.execute(_MEMBERSHIPS, {"user": user_id, "day": today()}))


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
    found: dict[tuple[str, str], set[Scope]] = defaultdict(set)
    for resource, verb, scope in session.execute(_GRANTS, {"employee": membership.employee_id, "company": membership.company_id}):
        found[resource, verb].add(scope)
    return {right: frozenset(scopes) for right, scopes in found.items()}


def _departments(session: Session, membership: Membership) -> tuple[frozenset[int], frozenset[int]]:
    """Own department with all below it, and the departments in charge with all below them."""
    asked = {"employee": membership.employee_id, "department": membership.department_id, "company": membership.company_id}
    rows = session.execute(_DEPARTMENTS, asked).all()
    return frozenset(row[0] for row in rows if row[1]), frozenset(row[0] for row in rows if row[2])
