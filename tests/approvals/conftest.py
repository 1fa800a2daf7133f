"""Documents that wait for approval: contracts of sales.east1 with a chain that the test sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.models import ApprovalCase
from core.extension.approving import Asked, Needs, Step, Who
from core.kernel.words import Message
from tests.plugins.conftest import Trade, trade  # noqa: F401 - a fixture
from tests.world import World

KIND = "contracts.signing"
FILLER = "sales.east1"


@pytest.fixture
def step(world: World) -> Callable[..., Step]:
    """A step that asks people by account or as :class:`Asked`: ``step("head.east", "finance", needs=Needs.ALL)``."""

    def make(*asked: Any, needs: Needs = Needs.ANY, title: str = "审批", **values: Any) -> Step:
        return Step(Message(title), tuple(named(one) for one in asked), needs, **values)

    def named(one: Any) -> Asked:
        if isinstance(one, Asked | Who):
            return one if isinstance(one, Asked) else Asked(one)
        return Asked(Who.PERSON, employee_id=world.employees[one].id)

    return make


@pytest.fixture
def set_chain(world: World) -> Callable[..., None]:
    """Let the security administrator set the chain for contracts."""

    def set_it(*steps: Step) -> None:
        with world.use_case("security") as session:
            do.set_chain(session, KIND, chain_of(session, kind_called(KIND)).number, steps)

    return set_it


@pytest.fixture
def submitted(world: World, trade: Trade) -> Callable[..., ApprovalCase]:  # noqa: F811
    """A contract of sales.east1, handed in."""

    def make(contract: Any = None, **values: Any) -> ApprovalCase:
        document = contract or trade.contract(**values)
        with world.use_case(FILLER) as session:
            return do.submit_document(session, KIND, document.id, None, note="请审批")

    return make


@pytest.fixture
def decide(world: World) -> Callable[..., ApprovalCase]:
    """Let somebody decide: ``decide("head.east", case)``, ``decide("leader", case, do.reject, opinion="…")``."""

    def make(account: str, case: ApprovalCase, verb: Callable[..., ApprovalCase] = do.approve, **values: Any) -> ApprovalCase:
        with world.use_case(account) as session:
            return verb(session, case.id, **values)

    return make
