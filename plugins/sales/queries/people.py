"""Colleagues: who can be named, and who has to act."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.people import holders
from core.database.sessions import one
from core.kernel.acting import Actor, Scope, acting
from core.kernel.clock import today
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.models import DepartmentLeader, DepartmentPath, Duty, Employee


def active_employee(session: Session, employee_id: int | None, field: str) -> Employee:
    """An employee of the company who has not left; raises :class:`BadInput` for ``field`` otherwise."""
    try:
        employee: Employee = one(session, select(Employee).where(Employee.id == employee_id))
    except NotFound as error:
        raise BadInput(fields={field: msg("This colleague does not exist. Please choose another.")}) from error
    if employee.left_on is not None and employee.left_on <= today():
        raise BadInput(fields={field: msg("%(name)s has left the company. Please choose another colleague.", name=employee.name)})
    return employee


def employee_within(session: Session, employee_id: int | None, resource: str, verb: str, field: str) -> Employee:
    """An active employee of the departments that the right of the person who acts reaches; raises :class:`BadInput` otherwise."""
    employee = active_employee(session, employee_id, field)
    who = acting()
    if isinstance(who, Actor) and not _reaches(who, employee, who.scopes(resource, verb)):
        sentence = msg(
            "%(name)s works outside the departments that you decide for. Please choose somebody of your own.", name=employee.name
        )
        raise BadInput(fields={field: sentence})
    return employee


def _reaches(who: Actor, employee: Employee, scopes: frozenset[Scope]) -> bool:
    within = {who.department_id} if scopes & {Scope.DEPARTMENT, Scope.OWN, Scope.OWN_SHARED} else set()
    within |= who.subtree if Scope.SUBTREE in scopes else set()
    within |= who.in_charge if Scope.IN_CHARGE in scopes else set()
    return bool(scopes & {Scope.COMPANY, Scope.ALL}) or employee.department_id in within


def heads_of(session: Session, department_id: int) -> Sequence[int]:
    """Employees who head the department, or the nearest one above it that has a head."""
    asked = (
        select(DepartmentPath.depth, DepartmentLeader.employee_id)
        .join(DepartmentLeader, DepartmentLeader.department_id == DepartmentPath.ancestor_id)
        .join(Employee, Employee.id == DepartmentLeader.employee_id)
        .where(DepartmentPath.descendant_id == department_id, DepartmentLeader.duty == Duty.HEAD)
        .where(or_(Employee.left_on.is_(None), Employee.left_on > today()))
        .order_by(DepartmentPath.depth, DepartmentLeader.employee_id)
    )
    found = session.execute(asked).all()
    return [employee_id for depth, employee_id in found if depth == found[0][0]]


def finance(session: Session) -> Sequence[int]:
    """Employees who decide about low prices (R-029)."""
    return [employee.id for employee in holders(session, "finance_manager")]
