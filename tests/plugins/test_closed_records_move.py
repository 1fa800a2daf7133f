"""What is closed goes to the successor of a leaver as well, and stays as closed as it was (R-165)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.access.administration import hand_over_everything, undo_handover, what_moves
from core.kernel.acting import System, acting_as
from plugins.contracts.models import Contract
from plugins.contracts.operations import sign_contract, terminate_contract
from plugins.contracts.rules import ContractState
from plugins.sales.models import Opportunity
from plugins.sales.operations import win_opportunity
from plugins.sales.rules.opportunities import OpportunityState
from plugins.service import operations as service_operations
from plugins.service.models import ServiceRequest
from plugins.service.rules import RequestState, Satisfaction
from tests.plugins.conftest import Trade
from tests.plugins.sales.conftest import Shop
from tests.plugins.service.conftest import Service
from tests.world import World

GIVER, TAKER, SECURITY, CLERK, HEAD = "sales.east1", "sales.west1", "security", "contracts", "head.east"


@pytest.fixture
def closed(world: World, trade: Trade) -> dict[Any, tuple[int, Any]]:
    """A won opportunity, a terminated contract and an archived request of the leaver: id and state by kind."""
    opportunity = Shop(world, trade).opportunity(GIVER)
    with world.use_case(GIVER) as session:
        win_opportunity(session, opportunity.id, None, reason="price")
    contract = trade.contract(GIVER)
    with world.use_case(CLERK) as session:
        sign_contract(session, contract.id, None)
        terminate_contract(session, contract.id, None, reason="客户取消项目")
    service = Service(world, trade)
    request = service.started(GIVER)
    service.do(service_operations.finish_handling, request, GIVER, result="更换温控阀")
    service.do(service_operations.record_feedback, request, GIVER, satisfaction=Satisfaction.SATISFIED)
    service.do(service_operations.close_request, request, GIVER)
    service.do(service_operations.archive_request, request, HEAD)
    return {
        Opportunity: (opportunity.id, OpportunityState.WON),
        Contract: (contract.id, ContractState.TERMINATED),
        ServiceRequest: (request.id, RequestState.ARCHIVED),
    }


def stored(world: World) -> dict[Any, dict[int, tuple[int, Any]]]:
    """Owner and state of every such record, by id."""
    with acting_as(System("test", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        return {
            model: {one.id: (one.owner_id, one.state) for one in session.scalars(select(model))}
            for model in (Opportunity, Contract, ServiceRequest)
        }


@pytest.mark.requirement("R-165")
def test_closed_records_are_counted_as_closed_move_and_come_back_in_their_states(world: World, closed: dict[Any, tuple[int, Any]]) -> None:
    giver, taker = world.employees[GIVER].id, world.employees[TAKER].id
    before = stored(world)
    for model, (record_id, state) in closed.items():
        assert before[model][record_id] == (giver, state)
    with world.use_case(SECURITY) as session:
        counted = {one.model: (one.total, one.closed) for one in what_moves(session, giver)}
    assert {model: counted[model] for model in closed} == {Opportunity: (1, 1), Contract: (2, 1), ServiceRequest: (1, 1)}
    with world.use_case(SECURITY) as session:
        handover = hand_over_everything(session, giver, None, taker=taker).id
    assert stored(world) == {model: {key: (taker, state) for key, (_, state) in rows.items()} for model, rows in before.items()}
    with world.use_case(SECURITY) as session:
        undo_handover(session, handover)
    assert stored(world) == before
