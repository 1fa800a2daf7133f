"""The people among whom a chain looks for somebody who decides: asked for one by one, or all of a company loaded at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.access.models import EmployeeRole, Role
from core.access.people import still_held
from core.extension.approving import Asked
from core.kernel.clock import today
from core.kernel.words import Message
from core.organisation.models import Department, DepartmentLeader, DepartmentPath, Duty, Employee


@dataclass(frozen=True)
class Member:
    """One employee, leaver or not, as loaded."""

    id: int
    name: str
    department_id: int
    superior_id: int | None
    left_on: date | None


Colleague = Employee | Member


class Staff(Protocol):
    """What the rule asks about a company; only those who work here today are named."""

    def colleague(self, employee_id: int | None) -> Colleague | None:
        """Anybody of the company, leavers too."""

    def leading(self, department_id: int, duty: Duty) -> Sequence[Sequence[int]]:
        """Leaders of the department, then of the one above it, and so on; a level may be empty."""

    def holders(self, asked: Asked) -> Sequence[int]:
        """Who holds the role that a step asks."""

    def holders_of_presets(self, presets: Collection[str]) -> Sequence[int]:
        """Who holds a role that was made from one of ``presets``."""


def is_present(employee: Colleague) -> bool:
    """Whether the person works here today."""
    return employee.left_on is None or employee.left_on > today()


class AskedStaff:
    """For one document: each question is a statement of its own."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def colleague(self, employee_id: int | None) -> Employee | None:
        """The employee; nobody for None."""
        return self.session.get(Employee, employee_id) if employee_id is not None else None

    def leading(self, department_id: int, duty: Duty) -> Sequence[Sequence[int]]:
        """Upward from the department, in two statements."""
        above = select(DepartmentPath.ancestor_id).where(DepartmentPath.descendant_id == department_id).order_by(DepartmentPath.depth)
        departments = self.session.scalars(above).all()
        asked = (
            select(DepartmentLeader.department_id, Employee.id)
            .join(Employee, Employee.id == DepartmentLeader.employee_id)
            .where(DepartmentLeader.department_id.in_(departments), DepartmentLeader.duty == duty, _here())
            .order_by(Employee.id)
        )
        found = self.session.execute(asked).all()
        return [[employee_id for led, employee_id in found if led == department] for department in departments]

    def holders(self, asked: Asked) -> Sequence[int]:
        """By the role's id, or by the preset that a declared step names."""
        return self._with(Role.id == asked.role_id if asked.role_id is not None else Role.preset == asked.role)

    def holders_of_presets(self, presets: Collection[str]) -> Sequence[int]:
        """By number of the employee."""
        return self._with(Role.preset.in_(presets))

    def _with(self, role: ColumnElement[bool]) -> Sequence[int]:
        statement = (
            select(Employee.id)
            .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
            .join(Role, Role.id == EmployeeRole.role_id)
            .where(role, Role.active, still_held(), _here())
            .order_by(Employee.number)
        )
        return list(dict.fromkeys(self.session.scalars(statement)))


@dataclass(frozen=True)
class HeldRole:
    """A role that is in use, and which of those who work here hold it today."""

    name: Message | str
    preset: str | None
    people: tuple[int, ...]


@dataclass(frozen=True)
class LoadedStaff:
    """For a whole company: people, departments and roles as of now, in memory. Make it by :func:`load_staff`."""

    members: Mapping[int, Member]
    departments: Mapping[int, str]
    above: Mapping[int, Sequence[int]]
    leaders: Mapping[tuple[int, Duty], Sequence[int]]
    roles: Mapping[int, HeldRole]

    def colleague(self, employee_id: int | None) -> Member | None:
        """The employee as loaded; nobody for None."""
        return self.members.get(employee_id) if employee_id is not None else None

    def leading(self, department_id: int, duty: Duty) -> Sequence[Sequence[int]]:
        """Upward from the department, as the tree was loaded."""
        return [self.leaders.get((department, duty), ()) for department in self.above.get(department_id, ())]

    def holders(self, asked: Asked) -> Sequence[int]:
        """By the role's id, or by the preset that a declared step names."""
        if asked.role_id is not None:
            return self.roles[asked.role_id].people if asked.role_id in self.roles else ()
        return self.holders_of_presets((asked.role,))

    def holders_of_presets(self, presets: Collection[str]) -> Sequence[int]:
        """Role by role; somebody with two of them is named twice."""
        return [one for role in self.roles.values() if role.preset in presets for one in role.people]


def load_staff(session: Session) -> LoadedStaff:
    """Everybody of the company, in four statements however many they are; to be called as the system."""
    columns = (Employee.id, Employee.name, Employee.department_id, Employee.superior_id, Employee.left_on)
    members = {row[0]: Member(*row) for row in session.execute(select(*columns).order_by(Employee.number))}
    here = {one.id for one in members.values() if is_present(one)}
    departments: dict[int, str] = {}
    above: dict[int, list[int]] = defaultdict(list)
    paths = select(Department.id, Department.name, DepartmentPath.ancestor_id).join(  # every department leads to itself first
        DepartmentPath, DepartmentPath.descendant_id == Department.id
    )
    for department, name, ancestor in session.execute(paths.order_by(DepartmentPath.depth)):
        departments[department] = name
        above[department].append(ancestor)
    leaders: dict[tuple[int, Duty], list[int]] = defaultdict(list)
    led = select(DepartmentLeader.department_id, DepartmentLeader.duty, DepartmentLeader.employee_id).order_by(DepartmentLeader.employee_id)
    for department, duty, employee_id in session.execute(led):
        if employee_id in here:
            leaders[department, duty].append(employee_id)
    return LoadedStaff(members, departments, above, leaders, _roles(session, here))


def _roles(session: Session, here: Collection[int]) -> dict[int, HeldRole]:
    held = (
        select(Role.id, Role.name, Role.preset, EmployeeRole.employee_id)
        .outerjoin(EmployeeRole, (EmployeeRole.role_id == Role.id) & still_held())
        .where(Role.active)
        .order_by(Role.id, EmployeeRole.employee_id)
    )
    found: dict[int, HeldRole] = {}
    for role_id, name, preset, employee_id in session.execute(held):
        people = found[role_id].people if role_id in found else ()
        found[role_id] = HeldRole(name, preset, (*people, employee_id) if employee_id in here else people)
    return found


def _here() -> ColumnElement[bool]:
    return or_(Employee.left_on.is_(None), Employee.left_on > today())
