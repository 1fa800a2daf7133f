"""What happened at a time that somebody may not read is not told to that person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.database.together import Told, ToldRow, read_together, told
from core.kernel.acting import FieldAccess
from core.testing.world import World
from plugins.customers.models import Interaction
from plugins.customers.operations import write_interaction
from tests.field_rights import state
from tests.plugins.conftest import Trade, trade

__all__ = ["trade"]


@pytest.mark.requirement("R-442")
def test_what_happened_at_a_hidden_time_is_not_told(world: World, trade: Trade) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "way": "visit", "content": "谈价格"})

    def seen() -> list[ToldRow]:
        with world.reading("sales.east1") as session:
            assert session.scalars(select(Interaction)).one()
            kinds = (told(Interaction.id, Interaction.content, at=at) for at in (Interaction.at, Interaction.created_at))
            return read_together(session, [Told(kind, lambda row: row) for kind in kinds], 10)

    assert [row.texts[0] for row in seen()] == ["谈价格", "谈价格"]
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {(Interaction.__tablename__, "at"): FieldAccess.NONE})
    assert [row.texts[0] for row in seen()] == ["谈价格"], "the other time is open"


@pytest.mark.requirement("R-442")
def test_what_is_masked_is_told_as_stars(world: World, trade: Trade) -> None:
    customer = trade.customer()
    with world.use_case("sales.east1") as session:
        write_interaction(session, {"customer": customer.id, "way": "visit", "content": "谈价格"})
    for preset in ("salesperson", "customer_manager"):
        state(world, preset, {(Interaction.__tablename__, "content"): FieldAccess.MASKED})
    with world.reading("sales.east1") as session:
        kinds = [told(Interaction.id, Interaction.content, at=Interaction.at) for _ in range(2)]
        rows = read_together(session, [Told(kind, lambda row: row) for kind in kinds], 10)
    assert [row.texts[0] for row in rows] == ["****"] * 2
