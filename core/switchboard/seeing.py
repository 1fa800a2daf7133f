"""Who else sees a record: each colleague asked with his or her own rights of now, by the same criteria as every page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import case, literal, or_, select
from sqlalchemy.orm import Session

from core.access.criteria import visible
from core.access.guard import as_system
from core.access.resolve import Membership
from core.database.records import Record
from core.kernel.clock import today
from core.organisation.models import Company, Employee
from core.switchboard.actors import present

MOST = 24  # people asked about at once: each costs a statement


def who_see(session: Session, record: Record, employees: Collection[int]) -> frozenset[int]:
    """Ids of those of ``employees``, at most :data:`MOST`, who work here today and may read ``record``, which whoever acts sees."""
    with as_system(session, "who else sees a record"):
        actors = [present(session, user, member) for user, member in _members(session, record, sorted(employees)[:MOST])]
        able = [one for one in actors if one.may(record.__resource__, "read")]
        model: Any = type(record)
        columns = [case((visible(model, one), 1), else_=0).label(f"sees_{place}") for place, one in enumerate(able)]
        found = session.execute(select(literal(1), *columns).where(model.id == record.id)).one_or_none() if able else None
    return frozenset(one.employee_id for one, sees in zip(able, found[1:], strict=True) if sees) if found is not None else frozenset()


def _members(session: Session, record: Any, employees: list[int]) -> list[tuple[int, Membership]]:
    asked = (
        select(
            Company.id,
            Company.slug,
            Company.name,
            Employee.id,
            Employee.department_id,
            Employee.name,
            Company.settings_mark,
            Employee.user_id,
        )
        .join(Employee, Employee.company_id == Company.id)
        .where(Employee.company_id == record.company_id, Employee.id.in_(employees))
        .where(or_(Employee.left_on.is_(None), Employee.left_on > today()))
    )
    return [(user, Membership(*row)) for *row, user in session.execute(asked)]
