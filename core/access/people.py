"""Finding employees: by name, by role, by what they head, and whom a verb may be told to name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.database.sessions import one
from core.kernel.acting import Actor, Scope, acting, company_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.organisation.models import Department, DepartmentLeader, DepartmentPath, Duty, Employee


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
        .where(Role.preset == preset, Role.active, still_held(), *_present())
        .order_by(Employee.number)
        .distinct()
    )
    if department_code is not None:
        below = select(DepartmentPath.descendant_id).join(Department, Department.id == DepartmentPath.ancestor_id)
        statement = statement.where(Employee.department_id.in_(below.where(Department.code == department_code)))
    return session.scalars(statement).all()


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
    if isinstance(who, Actor) and not _decides_for(who, employee.department_id, who.scopes(resource, verb)):
        sentence = msg(
            "%(name)s works outside the departments that you decide for. Please choose somebody of your own.", name=employee.name
        )
        raise BadInput(fields={field: sentence})
    return employee


def _decides_for(who: Actor, department_id: int, scopes: frozenset[Scope]) -> bool:
    within = {who.department_id} if scopes & {Scope.DEPARTMENT, Scope.OWN, Scope.OWN_SHARED} else set()
    within |= who.subtree if Scope.SUBTREE in scopes else set()
    within |= who.in_charge if Scope.IN_CHARGE in scopes else set()
    return bool(scopes & {Scope.COMPANY, Scope.ALL}) or department_id in within


def heads_of(session: Session, department_id: int) -> Sequence[Employee]:
    """Who heads the department, or the nearest one above it that has a head; leavers do not count."""
    asked = (
        select(DepartmentPath.depth, Employee)
        .join(DepartmentLeader, DepartmentLeader.department_id == DepartmentPath.ancestor_id)
        .join(Employee, Employee.id == DepartmentLeader.employee_id)
        .where(DepartmentPath.descendant_id == department_id, DepartmentLeader.duty == Duty.HEAD, *_present())
        .order_by(DepartmentPath.depth, Employee.id)
    )
    found = session.execute(asked).all()
    return [employee for depth, employee in found if depth == found[0][0]]


def still_held() -> ColumnElement[bool]:
    """Roles that were given for a time, as a condition on :class:`EmployeeRole`."""
    return or_(EmployeeRole.until.is_(None), EmployeeRole.until >= today())


def without_role() -> ColumnElement[bool]:
    """Employees of today who may do nothing because no role of theirs holds."""
    held = select(EmployeeRole.id).where(EmployeeRole.employee_id == Employee.id, still_held())
    return and_(or_(Employee.left_on.is_(None), Employee.left_on > today()), ~held.exists())


def _present() -> tuple[ColumnElement[bool], ...]:
    return Employee.company_id == company_id(), or_(Employee.left_on.is_(None), Employee.left_on > today())
