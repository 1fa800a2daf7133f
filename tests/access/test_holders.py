"""Whoever no longer holds a right is told nothing that only its holders may know (R-298)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from core.access.holders import holders_of
from core.access.models import EmployeeRole
from core.kernel.acting import System, acting_as
from core.kernel.clock import today
from core.organisation.models import Employee
from tests.world import World


def _tells_the_auditor(world: World, *, role_until: date | None = None, left_on: date | None = None) -> bool:
    auditor, database = world.employees["auditor"], world.keguan.database
    with acting_as(System("test", auditor.company_id)), database.transaction() as session:
        session.execute(update(EmployeeRole).where(EmployeeRole.employee_id == auditor.id).values(until=role_until))
        session.execute(update(Employee).where(Employee.id == auditor.id).values(left_on=left_on))
        return auditor.id in holders_of(session, "core.audit", "read")


@pytest.mark.requirement("R-298")
@pytest.mark.parametrize(("days", "told"), [(None, True), (1, True), (0, True), (-1, False)])
def test_a_role_that_was_given_for_a_time_counts_to_its_last_day(world: World, days: int | None, told: bool) -> None:
    until = None if days is None else today() + timedelta(days=days)
    assert _tells_the_auditor(world, role_until=until) is told


@pytest.mark.parametrize(("days", "told"), [(1, True), (0, False)])
def test_a_leaver_is_told_nothing_from_the_day_of_leaving(world: World, days: int, told: bool) -> None:
    assert _tells_the_auditor(world, left_on=today() + timedelta(days=days)) is told
