"""Who can play a part in demo data: employees with their real rights, so that demo data come about by the verbs that people use."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.kernel.acting import Actor
from core.organisation.models import Employee
from core.switchboard.actors import resolve_actor


def actors_of(session: Session, employees: Iterable[Employee]) -> dict[int, Actor]:
    """The employees as they would act now, by their id; leavers are left out. Call it as the system."""
    found = ((employee.id, resolve_actor(session, employee.user_id, employee.company_id)) for employee in employees)
    return {employee_id: who for employee_id, who in found if who is not None}
