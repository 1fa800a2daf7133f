"""What the desk counts it lists: the most urgent at once, the rest below it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core.kernel.clock import today
from plugins.customers.operations import write_interaction
from tests.plugins.conftest import Trade
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
MANY = 9


@pytest.fixture
def trade(world: World) -> Trade:
    """Customers on demand."""
    return Trade(world)


@pytest.mark.requirement("R-317")
def test_a_card_shows_six_tasks_and_unfolds_the_others(world: World, trade: Trade, client_for: ClientFor) -> None:
    for number in range(MANY):
        customer = trade.customer(name=f"恒达精密 {number} 厂", phone=f"0512-6688 00{number:02}")
        with world.use_case("sales.east1") as session:
            told = {"customer": customer.id, "way": "phone", "content": "约好回电", "next_on": today(), "next_step": "回电"}
            write_interaction(session, told)
    page = client_for("sales.east1").get("/").text
    card = re.search(r"<section class=\"card[^>]*>(?:(?!</section>).)*恒达精密.*?</section>", page, re.DOTALL)
    assert card is not None
    shown, _, folded = card[0].partition("<details")
    assert (shown.count("恒达精密"), folded.count("恒达精密")) == (6, MANY - 6)
    assert f"另有 {MANY - 6} 项待办" in folded
    figure = re.search(r"到期应联系\D*(\d+)", re.sub(r"<[^>]*>", " ", page))
    assert figure is not None
    assert int(figure[1]) == MANY
