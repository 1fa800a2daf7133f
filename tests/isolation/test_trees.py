"""Random department trees and moves: a leader sees exactly the subtree, as a model of plain sets says (R-056, R-441, security.md A3)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.kernel.acting import System, acting_as
from core.kernel.errors import BadInput
from core.organisation.models import Department, DepartmentLeader, DepartmentPath, Duty, Employee
from core.organisation.operations import add_department, appoint, descendants, move_department
from core.switchboard.actors import resolve_actor
from tests.isolation.building import unwritten
from tests.isolation.conftest import Ground

TREES = st.lists(st.integers(0, 30), min_size=2, max_size=9)
"""For each department after the first the number of its parent, taken modulo what there is."""
MOVES = st.lists(st.tuples(st.integers(0, 30), st.integers(-1, 30)), max_size=5)


def _below(parents: Mapping[int, int | None], top: int) -> set[int]:
    found = {top}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _apply(parents: dict[int, int | None], child: int, parent: int | None) -> bool:
    if parent is not None and parent in _below(parents, child):
        return False
    parents[child] = parent
    return True


@pytest.mark.requirement("R-056")
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, moves=MOVES, homes=st.tuples(st.integers(0, 30), st.integers(0, 30)))
def test_the_closure_table_and_the_sight_of_leaders_follow_every_move(
    ground: Ground, tree: list[int], moves: list[tuple[int, int]], homes: tuple[int, int]
) -> None:
    database, house = ground.keguan.database, ground.house
    with unwritten(database):
        with acting_as(System("test")), database.transaction() as session:
            made: list[Department] = []
            parents: dict[int, int | None] = {}
            for number, above in enumerate([None, *tree]):
                parent = None if above is None else made[above % number]
                made.append(add_department(session, house.ids["core_company:first"], f"T{number}", "Tree", parent))
                parents[number] = None if parent is None else made.index(parent)
            for one, other in moves:
                child, target = one % len(made), None if other < 0 else other % len(made)
                if _apply(parents, child, target):
                    move_department(session, made[child], None if target is None else made[target])
                else:
                    with pytest.raises(BadInput):
                        move_department(session, made[child], made[target or 0])
            ids = [department.id for department in made]
            for number, department in enumerate(made):
                assert descendants(session, department.id) == {ids[one] for one in _below(parents, number)}
            home, charge = homes[0] % len(made), homes[1] % len(made)
            employee = session.get(Employee, house.ids["core_employee:head.east@first"])
            employee.department_id = ids[home]
            appoint(session, employee, made[charge], Duty.IN_CHARGE)
            paths = session.scalars(select(DepartmentPath).where(DepartmentPath.descendant_id.in_(ids))).all()
            assert len({(path.ancestor_id, path.descendant_id) for path in paths}) == len(paths)
        who = resolve_actor(database.identity(), house.users["head.east"], house.ids["core_company:first"])
        assert who is not None
        assert who.subtree == {ids[one] for one in _below(parents, home)}
        assert who.in_charge == {ids[one] for one in _below(parents, charge)}


def test_nobody_else_is_in_charge(ground: Ground) -> None:
    with acting_as(System("test")):
        leading = set(ground.keguan.database.session().scalars(select(DepartmentLeader.employee_id)))
    assert leading == {ground.house.ids["core_employee:leader@first"]}
