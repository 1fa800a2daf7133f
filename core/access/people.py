"""Finding employees by what they are: their user name, or a preset role and a department."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.kernel.acting import company_id
from core.kernel.clock import today
from core.organisation.models import Department, DepartmentPath, Employee


def employees_by_user_name(session: Session, names: Collection[str]) -> Mapping[str, Employee]:
    """Employees of the company by their user name; leavers and strangers are missing from the answer."""
    statement = select(User.username, Employee).join(Employee, Employee.user_id == User.id).where(User.username.in_(names), *_present())
    return dict(session.execute(statement).all())


def employees_called(session: Session, names: Collection[str]) -> Mapping[str, Employee]:
    """Employees of the company by their user name, else by their full name where only one of them has it; for files."""
    found = dict(employees_by_user_name(session, names))
    namesakes: dict[str, list[Employee]] = {}
    if rest := set(names) - found.keys():
        for employee in session.scalars(select(Employee).where(Employee.name.in_(rest), *_present())):
            namesakes.setdefault(employee.name, []).append(employee)
    return found | {name: people[0] for name, people in namesakes.items() if len(people) == 1}


def holders(session: Session, preset: str, department_code: str | None = None) -> Sequence[Employee]:
    """Employees with a role made from ``preset``, by number; with a code only those of that department and below."""
    statement = (
        select(Employee)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .join(Role, Role.id == EmployeeRole.role_id)
        .where(Role.preset == preset, Role.active, *_present())
        .order_by(Employee.number)
        .distinct()
    )
    if department_code is not None:
        below = select(DepartmentPath.descendant_id).join(Department, Department.id == DepartmentPath.ancestor_id)
        statement = statement.where(Employee.department_id.in_(below.where(Department.code == department_code)))
    return session.scalars(statement).all()


def _present() -> tuple[ColumnElement[bool], ...]:
    return Employee.company_id == company_id(), or_(Employee.left_on.is_(None), Employee.left_on > today())
