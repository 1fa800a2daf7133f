"""Who holds a right: for telling those who decide or watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.access.guard import as_system
from core.access.models import EmployeeRole, Grant, Role
from core.access.people import still_held
from core.database.records import OwnedRecord
from core.kernel.acting import Scope, company_id
from core.kernel.clock import today
from core.organisation.models import DepartmentLeader, DepartmentPath, Duty, Employee


def holders_of(session: Session, resource: str, verb: str) -> list[int]:
    """Ids of the employees of the company, leavers and roles that have ended left out, whose roles give ``verb`` on ``resource``."""
    asked = _holding(resource, verb).with_only_columns(EmployeeRole.employee_id).distinct().order_by(EmployeeRole.employee_id)
    with as_system(session, "whom to tell"):
        return list(session.scalars(asked))


def who_may(session: Session, verb: str, record: OwnedRecord) -> list[int]:
    """Ids of those of :func:`holders_of` whose right reaches ``record``: its owner, its department, or the whole company."""
    asked = _holding(record.__resource__, verb).distinct().order_by(EmployeeRole.employee_id)
    with as_system(session, "whom to tell"):
        rights = session.execute(asked).all()
        above = set(session.scalars(select(DepartmentPath.ancestor_id).where(DepartmentPath.descendant_id == record.department_id)))
        charged = select(DepartmentLeader.employee_id).where(
            DepartmentLeader.department_id.in_(above), DepartmentLeader.duty == Duty.IN_CHARGE
        )
        in_charge = set(session.scalars(charged))
    reaches: dict[Scope, Callable[[int, int], bool]] = {
        Scope.DEPARTMENT: lambda employee, department: department == record.department_id,
        Scope.SUBTREE: lambda employee, department: department in above,
        Scope.IN_CHARGE: lambda employee, department: employee in in_charge,
        Scope.COMPANY: lambda employee, department: True,
        Scope.ALL: lambda employee, department: True,
    }
    found = (
        employee
        for employee, department, scope in rights
        if employee == record.owner_id or (scope in reaches and reaches[scope](employee, department))
    )
    return list(dict.fromkeys(found))


def _holding(resource: str, verb: str) -> Select[Any]:
    """Who holds the right today, in which department he or she works, and how far the right reaches."""
    mine = company_id()
    rights: Any = select(EmployeeRole.employee_id, Employee.department_id, Grant.scope)
    found: Select[Any] = (
        rights.join(Role, Role.id == EmployeeRole.role_id)
        .join(Grant, Grant.role_id == Role.id)
        .join(Employee, Employee.id == EmployeeRole.employee_id)
        .where(Grant.company_id == mine, Grant.resource == resource, Grant.verb == verb, Role.active, still_held())
        .where(or_(Employee.left_on.is_(None), Employee.left_on > today()))
    )
    return found
