"""Whoever a case waited for hears that it was withdrawn, and reads it on the page of notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from core.access.models import Account
from core.approvals import operations as do
from core.kernel.clock import today
from tests.plugins.conftest import Told, Trade, heard  # noqa: F401 -- a fixture
from tests.world import Browser, World

SELLER, HEAD, FINANCE = "sales.east1", "head.east", "finance"
Make = Callable[..., Any]


@pytest.mark.requirement("R-062")
def test_deciders_and_their_stand_ins_hear_that_a_case_was_withdrawn_and_read_it_on_the_page(
    world: World,
    trade: Trade,
    step: Make,
    set_chain: Make,
    submitted: Make,
    heard: Callable[..., Told],  # noqa: F811
    client_for: Callable[[str], Browser],
) -> None:
    set_chain(step(HEAD, "leader"), step(FINANCE))
    with world.use_case(HEAD) as session:
        do.delegate(session, taker=trade.employee("head.west"), first_on=today(), last_on=today())
    case = submitted()
    with world.use_case(SELLER) as session:
        do.withdraw(session, case.id)
    said = f"“{case.title}” was withdrawn: there is nothing left for you to decide. /approvals/{case.id}"
    assert heard("withdrawn", HEAD, "leader", "head.west", FINANCE, SELLER) == {
        HEAD: [said],
        "leader": [said],
        "head.west": [said],
        FINANCE: [],
        SELLER: [],
    }
    browser = client_for(HEAD)
    assert f"“{case.title}”已撤回，无需您再审批。" in browser.get("/notices/").text
    with world.keguan.database.engine.begin() as connection:
        connection.execute(update(Account.__table__).values(language="en"))
    assert f"“{case.title}” was withdrawn: there is nothing left for you to decide." in browser.get("/notices/").text
