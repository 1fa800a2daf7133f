"""Whoever was asked to let an order pass hears that it was called off."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from plugins.sales.operations import cancel_order, submit_order
from tests.plugins.conftest import Told
from tests.plugins.sales.conftest import FINANCE, HEAD, SELLER, Shop
from tests.world import World


@pytest.mark.parametrize(
    ("values", "keeper", "said"),
    [
        ({"kind": "made_to_order"}, HEAD, "The order 首批供货 was cancelled: 客户取消"),
        ({"discount": "80"}, FINANCE, "” was withdrawn: there is"),
    ],
    ids=["in-review", "in-approval"],
)
def test_whoever_was_asked_to_let_an_order_pass_hears_that_it_was_cancelled(
    world: World,
    shop: Shop,
    heard: Callable[..., Told],
    values: dict[str, Any],
    keeper: str,
    said: str,
) -> None:
    shop.product()
    line = {"code": "KY-75A", "quantity": Decimal(2), "discount": Decimal(values.pop("discount", "95"))}
    order = shop.order(lines=[line], **values)
    with world.use_case(SELLER) as session:
        submit_order(session, order.id, None)
    with world.use_case(SELLER) as session:
        cancel_order(session, order.id, None, reason="客户取消")
    told = heard("首批供货", HEAD, FINANCE)
    asked, dropped = told.pop(keeper)
    assert "waits for your" in asked
    assert said in dropped
    assert set(map(len, told.values())) == {0}
