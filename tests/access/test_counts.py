"""Counting stays within scope: a count over a bare column of a table once told how many customers the whole system has."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.database.sessions import capped_count
from core.kernel.errors import Forbidden
from plugins.customers.models import Customer
from tests.world import World


@pytest.fixture
def three_customers(world: World) -> None:
    """Of one salesperson in the east."""
    with world.use_case("sales.east1") as session:
        session.add_all(Customer(name=f"恒泰{number}", code=f"K{number}") for number in range(3))


@pytest.mark.parametrize(("account", "seen"), [("sales.east1", 3), ("head.east", 3), ("sales.east2", 0), ("sales.west1", 0), ("sales2", 0)])
def test_a_count_tells_only_of_what_one_may_see(world: World, three_customers: None, account: str, seen: int) -> None:
    with world.reading(account) as session:
        assert capped_count(session, select(Customer)) == (seen, False)
        assert capped_count(session, select(Customer.id)) == (seen, False)
        assert capped_count(session, select(Customer), cap=2) == (min(seen, 2), seen > 2)


def test_a_statement_over_the_bare_table_of_a_scoped_class_is_refused(world: World, three_customers: None) -> None:
    bare = select(Customer).with_only_columns(*select(Customer).selected_columns.values()[:1]).subquery()
    with world.reading("sales.west1") as session, pytest.raises(Forbidden):
        session.scalar(select(func.count()).select_from(bare))
