"""Which employees an administrator may act upon: as far as the scope of the right reaches over departments."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.kernel.acting import Acting, Actor, Scope, acting
from core.kernel.clock import today
from core.kernel.errors import BadInput, Forbidden
from core.kernel.words import msg
from core.organisation.models import Employee

RESOURCE = "core.employee"


def employee_for(session: Session, verb: str, record_id: int, version: int | None = None) -> Employee:
    """The employee, opened for ``verb``; raises :class:`Forbidden` for one outside the departments that the right reaches."""
    employee: Employee = get_for(session, Employee, verb, record_id, version)
    if not reaches(employee, verb):
        raise Forbidden
    return employee


def present_employee(session: Session, verb: str, record_id: int | None, field: str) -> Employee:
    """A colleague who works here today and whom the right reaches; raises :class:`BadInput` naming ``field`` else."""
    employee = session.get(Employee, record_id) if record_id is not None else None
    if employee is None or not reaches(employee, verb) or has_left(employee):
        raise BadInput(fields={field: msg("Please choose a colleague of your departments who works here.")})
    return employee


def has_left(employee: Employee) -> bool:
    """Whether the membership opens nothing today."""
    return employee.left_on is not None and employee.left_on <= today()


def reaches(employee: Employee, verb: str) -> bool:
    """Whether the right of the person who acts reaches the employee's department."""
    departments = _departments(acting(), verb)
    return departments is None or employee.department_id in departments


def within_reach(verb: str) -> ColumnElement[bool]:
    """Employees whom the right reaches, as a condition."""
    departments = _departments(acting(), verb)
    if departments is None:
        return true()
    return or_(false(), Employee.department_id.in_(sorted(departments)))


def _departments(who: Acting, verb: str) -> frozenset[int] | None:
    """Departments that the right reaches; None for all."""
    if not isinstance(who, Actor):
        return None if who is not None else frozenset()
    scopes = who.scopes(RESOURCE, verb)
    if scopes & {Scope.COMPANY, Scope.ALL}:
        return None
    found: frozenset[int] = frozenset()
    if Scope.DEPARTMENT in scopes:
        found |= {who.department_id}
    if Scope.SUBTREE in scopes:
        found |= who.subtree
    if Scope.IN_CHARGE in scopes:
        found |= who.in_charge
    return found
