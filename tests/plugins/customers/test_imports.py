"""Customers from files: found by code, spread over salespeople, the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, select

from core.extension.exchange import ConvertedRow, Outcome
from core.kernel.acting import System, acting_as
from core.kernel.errors import Forbidden
from plugins.customers.imports import write_customers
from plugins.customers.models import Customer
from plugins.customers.rules import CustomerState, Review, Source
from tests.plugins.conftest import Trade
from tests.world import World


def row(number: int, department: str | None = "east", owner: str | None = None, review: str = "pending", **values: Any) -> ConvertedRow:
    """A row as the import hands it over."""
    code = f"{number:06d}.SZ"
    return ConvertedRow(number, (code,), {"code": code, "name": f"公司{number}", "kind": "company", **values}, department, owner, review)


def write(world: World, rows: Sequence[ConvertedRow]) -> list[str]:
    """What became of the rows when the system imports them."""
    return [outcome.state for outcome in outcomes(world, rows)]


def outcomes(world: World, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Likewise, whole."""
    with acting_as(System("import", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        return write_customers(session, rows)


def test_the_same_rows_again_change_nothing(world: World) -> None:
    rows = [row(number, region="江苏") for number in range(1, 20)]
    assert set(write(world, rows)) == {"created"}
    with world.reading("head.east") as session:
        before = {customer.code: customer.version for customer in session.scalars(select(Customer))}
    assert set(write(world, rows)) == {"unchanged"}
    with world.reading("head.east") as session:
        assert {customer.code: customer.version for customer in session.scalars(select(Customer))} == before


def test_a_known_code_is_changed_and_only_where_the_file_says_something(world: World) -> None:
    write(world, [row(1, region="江苏", industry="轴承")])
    assert write(world, [row(1, region="浙江")]) == ["updated"]
    with world.reading("head.east") as session:
        (found,) = session.scalars(select(Customer))
        assert (found.region, found.industry, found.source) == ("浙江", "轴承", Source.IMPORT)


@pytest.mark.requirement("R-158")
@pytest.mark.requirement("R-340")
@pytest.mark.parametrize(
    ("review", "state"), [("pending", (Review.PENDING, CustomerState.PENDING)), ("approved", (Review.APPROVED, CustomerState.NEGOTIATING))]
)
def test_imported_customers_arrive_in_the_state_that_the_profile_says(
    world: World, review: str, state: tuple[Review, CustomerState]
) -> None:
    write(world, [row(1, review=review)])
    with world.reading("head.east") as session:
        (found,) = session.scalars(select(Customer))
        assert (found.review, found.state) == state


@pytest.mark.requirement("R-341")
def test_new_customers_are_spread_evenly_over_the_salespeople_of_their_department(trade: Trade, world: World) -> None:
    write(world, [row(number) for number in range(1, 201)] + [row(number, "west") for number in range(201, 211)])
    with world.reading("head.east") as session:
        owners = [customer.owner_id for customer in session.scalars(select(Customer))]
    counts = {account: owners.count(trade.employee(account)) for account in ("sales.east1", "sales.east2")}
    assert sum(counts.values()) == len(owners) == 200
    assert min(counts.values()) >= 70
    with world.reading("sales.west1") as session:
        assert len(session.scalars(select(Customer)).all()) == 10


def test_an_owner_can_be_named_by_user_name(trade: Trade, world: World) -> None:
    assert write(world, [row(1, None, "sales.west1"), row(2, None, "nobody")]) == ["created", "rejected"]
    with world.reading("sales.west1") as session:
        assert len(session.scalars(select(Customer)).all()) == 1


def test_a_bad_row_is_rejected_alone_with_its_field_and_leaves_nothing(world: World) -> None:
    write(world, [row(1, industry="轴承")])
    found = outcomes(world, [row(1, industry="电缆", star_grade=9), row(2, email="x"), row(3)])
    assert [(outcome.state, outcome.field) for outcome in found] == [("rejected", "star_grade"), ("rejected", "email"), ("created", "")]
    with world.reading("head.east") as session:
        assert {customer.code: customer.industry for customer in session.scalars(select(Customer))} == {
            "000001.SZ": "轴承",
            "000003.SZ": None,
        }


def test_a_salesperson_imports_own_customers_and_changes_no_others(trade: Trade, world: World) -> None:
    theirs = trade.entered("sales.west1", code="000001.SZ")
    with world.use_case("sales.east1") as session:
        found = write_customers(session, [row(1, None), row(2, None)])
    assert [(outcome.state, outcome.field) for outcome in found] == [("rejected", "code"), ("created", "")]
    with world.reading("sales.west1") as session:
        assert session.get(Customer, theirs.id).name == theirs.name


def test_whoever_may_not_enter_customers_imports_none(world: World) -> None:
    with pytest.raises(Forbidden), world.use_case("contracts") as session:
        write_customers(session, [row(1)])


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_batch_costs_a_fixed_number_of_statements(world: World) -> None:
    said: list[str] = []
    engine = world.keguan.database.engine
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(str(args[2])))
    counts = []
    for start, size in ((0, 50), (1_000, 500)):
        said.clear()
        write(world, [row(start + number) for number in range(size)])
        counts.append(len([statement for statement in said if statement.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 12
