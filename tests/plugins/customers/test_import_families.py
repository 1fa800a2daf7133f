"""Files of customers that belong to each other and say themselves whose they are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from core.extension.exchange import ConvertedRow, Outcome
from core.kernel.errors import BadInput
from plugins.customers.imports import write_customers
from plugins.customers.models import Customer
from plugins.customers.operations import change_customer
from tests.world import World


def written(world: World, *rows: Mapping[str, str]) -> list[Outcome]:
    """What the salesperson imports."""
    with world.use_case("sales.east1") as session:
        return write_customers(session, [ConvertedRow(number, (row["code"],), row) for number, row in enumerate(rows, 2)])


def stored(world: World) -> dict[str, tuple[str | None, str]]:
    """Code to the parent's code and the owner's name."""
    with world.reading("leader") as session:
        found = session.scalars(select(Customer)).all()
        return {str(one.code): (one.parent.code if one.parent else None, one.owner.name) for one in found}


def states(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """State and field of each."""
    return [(outcome.state, outcome.field) for outcome in outcomes]


def test_a_parent_may_stand_below_its_subsidiary_in_the_file(world: World) -> None:
    rows = ({"code": "C", "name": "孙", "parent": "B"}, {"code": "B", "name": "子", "parent": "A"}, {"code": "A", "name": "父"})
    assert states(written(world, *rows)) == [("created", "")] * 3
    assert {code: parent for code, (parent, _) in stored(world).items()} == {"A": None, "B": "A", "C": "B"}
    assert states(written(world, *rows)) == [("unchanged", "")] * 3


def test_a_row_whose_parent_is_nobody_or_rejected_is_rejected_with_it(world: World) -> None:
    rows = ({"code": "A", "name": "甲", "parent": "nowhere"}, {"code": "B", "name": "乙", "parent": "A"}, {"code": "C", "name": "丙"})
    assert states(written(world, *rows)) == [("rejected", "parent"), ("rejected", "parent"), ("created", "")]


def test_a_circle_of_parents_is_refused(world: World) -> None:
    assert states(written(world, {"code": "A", "name": "甲", "parent": "B"}, {"code": "B", "name": "乙", "parent": "A"})) == [
        ("rejected", "parent"),
        ("rejected", "parent"),
    ]
    written(world, {"code": "A", "name": "甲"}, {"code": "B", "name": "乙", "parent": "A"})
    assert states(written(world, {"code": "A", "name": "甲", "parent": "B"})) == [("rejected", "parent")]
    with world.reading("leader") as session:
        known = session.scalars(select(Customer.id).where(Customer.code == "A")).one()
    with pytest.raises(BadInput) as refused, world.use_case("sales.east1") as session:
        change_customer(session, known, None, {"parent": known})
    assert list(refused.value.fields) == ["parent"]


def test_a_row_may_name_its_owner_by_user_name_or_full_name(world: World) -> None:
    rows = (
        {"code": "A", "name": "甲", "owner": "吴佳宁"},
        {"code": "B", "name": "乙", "owner": "sales.east2"},
        {"code": "C", "name": "丙"},
    )
    assert states(written(world, *rows, {"code": "D", "name": "丁", "owner": "没有人"})) == [*[("created", "")] * 3, ("rejected", "owner")]
    assert {code: owner for code, (_, owner) in stored(world).items()} == {"A": "吴佳宁", "B": "吴佳宁", "C": "苏晓晨"}
