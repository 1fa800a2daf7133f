"""Missing data go back to the customer manager and come back completed; every return is tracked (R-224, R-334)."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.audit.trail import name_action
from core.database.answers import clean_reason, needed_reason
from core.kernel.acting import employee_id
from core.kernel.clock import now
from core.kernel.words import msg
from core.work.notices import notify
from plugins.contracts.models import Contract, DataReturn
from plugins.contracts.permissions import RETURN
from plugins.contracts.rules import LIFECYCLE
from plugins.customers.public import customer_summary


def return_for_data(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Contract:
    """Send the contract back to the owner of its customer, saying what is missing or wrong."""
    contract: Contract = get_for(session, Contract, RETURN, record_id, version)
    name_action(session, contract, "return_for_data")
    contract.state = LIFECYCLE.move(contract.state, "return_for_data")
    contract.state_reason = needed_reason(reason)
    with as_system(session, "missing data go to the customer manager"):
        customer = customer_summary(session, contract.customer_id)
    session.add(
        DataReturn(
            contract_id=contract.id, reason=contract.state_reason, asked_by_id=employee_id(), asked_at=now(), manager_id=customer.owner_id
        )
    )
    session.flush()
    # Each is told only of what he or she sees: the manager of the customer, the owner of the contract.
    said = msg("Data of the customer %(name)s are missing for a contract: %(reason)s", name=customer.name, reason=contract.state_reason)
    notify(session, customer.owner_id, said, f"/customers/{contract.customer_id}")
    if contract.owner_id != customer.owner_id:
        notify(
            session,
            contract.owner_id,
            msg("Data are missing for your contract %(title)s: %(reason)s", title=contract.title, reason=contract.state_reason),
            f"/contracts/{contract.id}",
        )
    return contract


def complete_data(session: Session, record_id: int, version: int | None, *, answer: str | None = None) -> Contract:
    """Hand the completed data in; the open return is closed with its ``answer``, and whoever asked is told."""
    contract: Contract = get_for(session, Contract, "update", record_id, version)
    name_action(session, contract, "complete_data")
    contract.state = LIFECYCLE.move(contract.state, "complete_data")
    contract.state_reason = None
    open_return = session.scalars(open_returns(contract)).one()
    open_return.completed_by_id, open_return.completed_at = employee_id(), now()
    open_return.answer = clean_reason(answer, "answer")
    session.flush()
    if open_return.asked_by_id is not None:
        told = msg("The missing data of “%(title)s” have been completed.", title=contract.title)
        notify(session, open_return.asked_by_id, told, f"/contracts/{contract.id}")
    return contract


def open_returns(contract: Contract) -> Select[DataReturn]:
    """The return that waits for its data."""
    return select(DataReturn).where(DataReturn.contract_id == contract.id, DataReturn.completed_at.is_(None))
