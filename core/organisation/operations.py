"""Verbs on the organisation: companies, departments that move, employees that come and go."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Company, Department, DepartmentLeader, DepartmentPath, Duty, Employee


def found_company(session: Session, slug: str, name: str) -> Company:
    """Create a company under the path ``/c/<slug>``; raises :class:`BadInput` when the slug is taken."""
    if session.scalar(select(Company.id).where(Company.slug == slug)):
        raise BadInput(msg("A company with the short name %(slug)s exists already. Please choose another.", slug=slug))
    company = Company(slug=slug, name=name)
    session.add(company)
    session.flush()
    return company


def add_department(session: Session, company_id: int, code: str, name: str, parent: Department | None = None) -> Department:
    """Create a department below ``parent``, or at the top, and its rows in the closure table."""
    department = Department(company_id=company_id, code=code, name=name, parent_id=parent.id if parent else None)
    session.add(department)
    session.flush()
    _link(session, department, parent)
    return department


def move_department(session: Session, department: Department, parent: Department | None) -> None:
    """Hang ``department`` with all below it under ``parent``; records keep their department, so nothing else changes.

    Raises :class:`BadInput` when ``parent`` is the department itself or lies below it.
    """
    below = descendants(session, department.id)
    if parent is not None and parent.id in below:
        raise BadInput(msg("A department cannot be moved below itself. Please choose another parent department."))
    department.parent_id = parent.id if parent else None
    inside = DepartmentPath.descendant_id.in_(below)
    outside = DepartmentPath.ancestor_id.not_in(below)
    session.execute(delete(DepartmentPath).where(inside, outside))
    for path in session.scalars(select(DepartmentPath).where(DepartmentPath.ancestor_id == department.id)).all():
        for above in _ancestors(session, parent):
            _path(session, department.company_id, above.ancestor_id, path.descendant_id, above.depth + path.depth + 1)
    session.flush()


def descendants(session: Session, department_id: int) -> frozenset[int]:
    """Ids of the department and of all below it."""
    statement = select(DepartmentPath.descendant_id).where(DepartmentPath.ancestor_id == department_id)
    return frozenset(session.scalars(statement))


def appoint(session: Session, employee: Employee, department: Department, duty: Duty) -> DepartmentLeader:
    """Make ``employee`` head of, or leader in charge of, ``department``."""
    leader = DepartmentLeader(company_id=department.company_id, employee_id=employee.id, department_id=department.id, duty=duty)
    session.add(leader)
    session.flush()
    return leader


def hire(session: Session, department: Department, *, user_id: int, number: str, name: str, position: str = "") -> Employee:
    """Make the user a member of the department's company."""
    employee = Employee(
        company_id=department.company_id, user_id=user_id, number=number, name=name, position=position or None, department_id=department.id
    )
    session.add(employee)
    session.flush()
    return employee


def record_leaving(session: Session, employee: Employee, on: date) -> None:
    """Note the day on which the employee left; from that day on the membership opens nothing (R-452)."""
    employee.left_on = on
    session.flush()


def _link(session: Session, department: Department, parent: Department | None) -> None:
    _path(session, department.company_id, department.id, department.id, 0)
    for above in _ancestors(session, parent):
        _path(session, department.company_id, above.ancestor_id, department.id, above.depth + 1)
    session.flush()


def _ancestors(session: Session, department: Department | None) -> list[DepartmentPath]:
    if department is None:
        return []
    return list(session.scalars(select(DepartmentPath).where(DepartmentPath.descendant_id == department.id)))


def _path(session: Session, company_id: int, ancestor_id: int, descendant_id: int, depth: int) -> None:
    session.add(DepartmentPath(company_id=company_id, ancestor_id=ancestor_id, descendant_id=descendant_id, depth=depth))
