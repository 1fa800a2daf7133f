"""Counting stops at a cap, and whoever reads the count is told so: ``10,000+`` on the page, a mark of its own in REST (design 3.8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.database.together import Counted
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
SELLER = "sales.east1"


@pytest.fixture
def four_customers(world: World) -> None:
    """Of one salesperson."""
    for _ in range(4):
        Trade(world).customer(SELLER)


@pytest.fixture
def counted_to_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if two were as many as ten thousand."""
    assert Counted.__init__.__defaults__ == (10_000,)
    monkeypatch.setattr(Counted.__init__, "__defaults__", (2,))


@pytest.mark.usefixtures("four_customers")
def test_what_lies_within_the_cap_is_counted_out(client_for: Clients, token_client_for: Clients) -> None:
    assert "共 4 条" in client_for(SELLER).get("/customers/?view=all&size=1").text
    answer = token_client_for(SELLER).get("/api/v1/customers/?q=(page_size:1)").json
    assert (answer["count"], answer["count_capped"]) == (4, False)


@pytest.mark.usefixtures("four_customers", "counted_to_two")
def test_what_lies_beyond_the_cap_is_told_to_be_more_and_can_still_be_reached(client_for: Clients, token_client_for: Clients) -> None:
    browser, program = client_for(SELLER), token_client_for(SELLER)
    page = browser.get("/customers/?view=all&size=1").text
    assert "共 2+ 条" in page
    assert "共 2 条" not in page
    answer = program.get("/api/v1/customers/?q=(page_size:1)").json
    assert (answer["count"], answer["count_capped"]) == (2, True)
    assert program.get("/api/v1/customers/?q=(page:3,page_size:1)").json["ids"] != []
