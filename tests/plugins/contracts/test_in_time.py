"""Text and entry of a signed contract in time: what is to be done stands on the desk with its day, what is late in a list of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from core.access.administration import set_parameter
from core.extension.calling import hooks
from core.kernel.clock import today
from core.organisation.working_days import add_working_days
from core.web.offers import entries_of
from plugins.contracts.models import Contract
from plugins.contracts.operations import hand_over_text, register_contract
from tests.plugins.conftest import Trade
from tests.plugins.contracts.conftest import CLERK
from tests.world import Browser, World

HEAD = "head.east"


@pytest.fixture
def due(application: Flask, world: World) -> Callable[[str], dict[str, date]]:
    """What stands on somebody's desk from contracts: title to the day by which it is to be done."""

    def read(account: str) -> dict[str, date]:
        with application.test_request_context("/c/qiheng/"), world.reading(account) as session:
            offered = hooks(frozenset({"contracts"})).crm_desk_tasks(session=session, limit=6)
            return {task.title: task.due for task in entries_of(session, offered, 6)}

    return read


def working_day(world: World, number: int) -> date:
    """The working day so many after today, before it when negative."""
    with world.reading(HEAD) as session:
        return add_working_days(session, today(), number)


@pytest.mark.requirement("R-333")
def test_whoever_signed_is_told_by_when_the_text_is_to_be_handed_over(
    trade: Trade, world: World, sign: Callable[..., Contract], due: Callable[[str], dict[str, date]], client_for: Callable[[str], Browser]
) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "contracts.text_days", 5)
    signer, customer = trade.employee(HEAD), trade.customer()
    late = sign(trade.contract(customer=customer, title="迟交的文本"), signer=signer, on=working_day(world, -6))
    sign(trade.contract(customer=customer, title="刚签订的合同"), signer=signer)
    assert due(HEAD) == {"迟交的文本": working_day(world, -1), "刚签订的合同": working_day(world, 5)}
    overdue = client_for(HEAD).get("/contracts/?view=text").text
    assert "迟交的文本" in overdue
    assert "刚签订的合同" not in overdue
    with world.use_case(HEAD) as session:
        hand_over_text(session, late.id, None)
    assert list(due(HEAD)) == ["刚签订的合同"]
    assert "迟交的文本" not in client_for(HEAD).get("/contracts/?view=text").text


@pytest.mark.requirement("R-333")
def test_the_contract_administrator_is_told_by_when_the_entry_is_to_be_confirmed(
    trade: Trade, world: World, sign: Callable[..., Contract], due: Callable[[str], dict[str, date]]
) -> None:
    with world.use_case("admin") as session:
        set_parameter(session, "contracts.entry_days", 2)
    contract = sign(trade.contract(title="空压站"), signer=trade.employee(HEAD))
    assert due(CLERK) == {}
    with world.use_case(HEAD) as session:
        hand_over_text(session, contract.id, None)
    assert due(CLERK) == {"空压站": working_day(world, 2)}
    with world.use_case(CLERK) as session:
        register_contract(session, contract.id, None)
    assert due(CLERK) == {}
