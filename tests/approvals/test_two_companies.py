"""Each company has chains of its own: what one of them sets decides nothing in the other (R-062, design 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.approvals import operations as do
from core.approvals.chains import chain_of, kind_called
from core.approvals.errors import ApprovalNeeded, NoApprovalNeeded
from core.approvals.models import ApprovalCase
from core.extension.approving import Step, Who
from core.kernel.acting import System, acting_as
from plugins.contracts.models import Contract
from plugins.contracts.operations import draft_contract, sign_contract
from plugins.contracts.rules import ContractState
from plugins.customers.operations import create_customer, review_customer
from tests.approvals.conftest import KIND
from tests.approvals.test_engine import inbox
from tests.plugins.conftest import LINES
from tests.world import World

pytestmark = [pytest.mark.requirement("R-062"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
Make = Callable[..., Any]
HEADS = {"sales.east1": "head.east", "sales2": "head2"}
SIGNERS = {"sales.east1": "contracts", "sales2": "office2"}


def set_there(world: World, account: str, *steps: Step) -> None:
    """Set the chain of the company in which the person works."""
    company = world.employees[account].company_id
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        do.set_chain(session, KIND, chain_of(session, kind_called(KIND)).number, steps)


def drafted(world: World, account: str) -> Contract:
    """A draft of the person, for a customer that the head has approved."""
    with world.use_case(account) as session:
        customer = create_customer(session, {"name": "两地同名机械有限公司", "address": "吴中区", "phone": "0512-6688 0000"})
    with world.use_case(HEADS[account]) as session:
        review_customer(session, customer.id, customer.version, approve=True, owner=world.employees[account].id)
    with world.use_case(account) as session:
        return draft_contract(session, {"title": "空压站", "customer": customer.id, "lines": LINES})


def sign(world: World, account: str, contract: Contract) -> ContractState:
    """Sign the contract of the person as the contract administrator of the company."""
    with world.use_case(SIGNERS[account]) as session:
        return sign_contract(session, contract.id, None).state


@pytest.mark.parametrize(("here", "there"), [("sales.east1", "sales2"), ("sales2", "sales.east1")])
def test_a_chain_of_one_company_decides_nothing_in_the_other(world: World, step: Make, here: str, there: str) -> None:
    assert world.employees[here].company_id != world.employees[there].company_id
    mine, theirs = drafted(world, here), drafted(world, there)
    set_there(world, here, step(Who.HEAD))
    with pytest.raises(NoApprovalNeeded), world.use_case(there) as session:
        do.submit_document(session, KIND, theirs.id, None)
    assert sign(world, there, theirs) is ContractState.EFFECTIVE
    with pytest.raises(ApprovalNeeded):
        sign(world, here, mine)
    with world.use_case(here) as session:
        case = do.submit_document(session, KIND, mine.id, None)
    set_there(world, there, step(HEADS[there]))  # a chain of the others touches no case of ours
    assert (inbox(world, HEADS[here]), inbox(world, HEADS[there])) == ([case.id], [])
    with world.reading(HEADS[there]) as session:
        assert session.scalars(select(ApprovalCase)).all() == []
    with world.use_case(HEADS[here]) as session:
        do.approve(session, case.id)
    assert sign(world, here, mine) is ContractState.EFFECTIVE


def test_two_chains_ask_the_people_of_their_own_company(world: World, step: Make) -> None:
    for account in HEADS:
        set_there(world, account, step(Who.HEAD))
    cases = {}
    for account in HEADS:
        contract = drafted(world, account)
        with world.use_case(account) as session:
            cases[account] = do.submit_document(session, KIND, contract.id, None).id
    assert {account: inbox(world, head) for account, head in HEADS.items()} == {account: [one] for account, one in cases.items()}
