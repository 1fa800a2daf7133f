"""Who holds a right: for telling those who decide or watch."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.models import EmployeeRole, Grant, Role
from core.access.people import still_held
from core.kernel.acting import company_id
from core.kernel.clock import today
from core.organisation.models import Employee


def holders_of(session: Session, resource: str, verb: str) -> list[int]:
    """Ids of the employees of the company, leavers and roles that have ended left out, whose roles give ``verb`` on ``resource``."""
    mine = company_id()
    asked = (
        select(EmployeeRole.employee_id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .join(Grant, Grant.role_id == Role.id)
        .join(Employee, Employee.id == EmployeeRole.employee_id)
        .where(Grant.company_id == mine, Grant.resource == resource, Grant.verb == verb, Role.active, still_held())
        .where(or_(Employee.left_on.is_(None), Employee.left_on > today()))
        .distinct()
        .order_by(EmployeeRole.employee_id)
    )
    with as_system(session, "whom to tell"):
        return list(session.scalars(asked))
