"""The department tree: names, heads and leaders in charge (R-050, R-056)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.administration.reach import has_left
from core.access.guard import get_for, open_for_writing
from core.audit.trail import name_action
from core.database.changes import apply_changes
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Department, DepartmentLeader, Duty, Employee


def rename_department(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Department:
    """Change name and code of a department; raises :class:`BadInput` for a code that another one has."""
    department: Department = get_for(session, Department, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(department, changes)
        refuse_taken_code(session, department.code, department.id)
    session.flush()
    return department


def refuse_taken_code(session: Session, code: str, but: int = 0) -> None:
    """Raise :class:`BadInput` when a department other than ``but`` has the code."""
    if session.scalar(select(Department.id).where(Department.code == code, Department.id != but)) is not None:
        raise BadInput(fields={"code": msg("Another department has the code “%(code)s”. Please choose another.", code=code)})


def appoint_leader(session: Session, record_id: int, version: int | None, *, employee: int | None, duty: Duty) -> DepartmentLeader | None:
    """Make the colleague head of, or leader in charge of, the department instead of whoever was; nobody when None is named.

    Raises :class:`BadInput` for somebody who does not work here.
    """
    department: Department = get_for(session, Department, "update", record_id, version)
    name_action(session, department, "appoint")
    present = select(DepartmentLeader).where(DepartmentLeader.department_id == department.id, DepartmentLeader.duty == duty)
    for leader in session.scalars(present).all():
        if leader.employee_id == employee:
            return leader
        open_for_writing(session, leader)
        session.delete(leader)
    session.flush()
    if employee is None:
        return None
    person = session.get(Employee, employee)
    if person is None or has_left(person):
        raise BadInput(fields={"employee": msg("Please choose a colleague who works here.")})
    fresh = DepartmentLeader(company_id=department.company_id, employee_id=person.id, department_id=department.id, duty=duty)
    session.add(fresh)
    open_for_writing(session, fresh)
    session.flush()
    return fresh
