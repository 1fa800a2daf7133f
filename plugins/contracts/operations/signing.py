"""Signing, handing over the text, and confirming the entry (R-222, R-223, R-334)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for
from core.access.people import active_employee
from core.approvals.operations import use_approval
from core.database.numbers import take_number
from core.extension.calling import hooks
from core.kernel.acting import actor, employee_id
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.contracts.errors import CustomerNotReady, EntryNotDue, NothingToSign, TextNotDue
from plugins.contracts.models import Contract
from plugins.contracts.operations.approving import SIGNING
from plugins.contracts.operations.scheduling import settle_schedule
from plugins.contracts.operations.telling import tell_of_text
from plugins.contracts.permissions import HAND_TEXT, REGISTER, SIGN
from plugins.contracts.public import SignedContract
from plugins.contracts.rules import LIFECYCLE, RUNNING, ContractState, contract_number
from plugins.customers.public import customer_summary, sees_customer


def sign_contract(session: Session, record_id: int, version: int | None, *, on: date | None = None, signer: int | None = None) -> Contract:
    """Sign a draft ``on`` a day (today) by ``signer`` (an employee's id, by default who acts) and give it the year's next number.

    Raises :class:`IllegalTransition` outside the draft, :class:`NothingToSign` without amount, :class:`CustomerNotReady` while the customer
    is not approved or its data are incomplete, :class:`ApprovalNeeded` while somebody whom the chain for signing asks has not agreed,
    :class:`ScheduleDiffers` while the payment schedule does not add up to the amount, :class:`BadInput` for a day to come or a signer who
    has left.
    """
    contract: Contract = get_for(session, Contract, SIGN, record_id, version)
    contract.state = LIFECYCLE.move(contract.state, "sign")
    if contract.amount <= 0:
        raise NothingToSign
    _check_customer(session, contract.customer_id)
    use_approval(session, SIGNING.name, contract)
    contract.signed_on = _day_of_signing(contract, on or today())
    contract.signer_id = active_employee(session, signer or actor().employee_id, "signer").id
    session.flush()
    settle_schedule(session, contract, contract.signed_on)
    year = contract.signed_on.year
    contract.number = contract_number(year, take_number(session, contract.company_id, Contract.__resource__, year))
    session.flush()
    hooks().crm_contracts_contract_signed(session=session, contract=_signed(contract))
    return contract


def hand_over_text(session: Session, record_id: int, version: int | None) -> Contract:
    """Note that the signed text went to the contract administrator, by whom and when; raises :class:`TextNotDue`."""
    contract: Contract = get_for(session, Contract, HAND_TEXT, record_id, version)
    if contract.state not in RUNNING or contract.text_handed_at is not None:
        raise TextNotDue
    contract.text_handed_by_id, contract.text_handed_at = employee_id(), now()
    session.flush()
    tell_of_text(session, contract)
    return contract


def register_contract(session: Session, record_id: int, version: int | None) -> Contract:
    """Confirm that the contract is entered by its text; raises :class:`EntryNotDue` before the text is there or while data are missing."""
    contract: Contract = get_for(session, Contract, REGISTER, record_id, version)
    if contract.state != ContractState.EFFECTIVE or contract.text_handed_at is None or contract.registered_at is not None:
        raise EntryNotDue
    contract.registered_by_id, contract.registered_at = employee_id(), now()
    session.flush()
    return contract


def _check_customer(session: Session, customer_id: int) -> None:
    """The rule holds whoever signs, also somebody who does not see the customer's file."""
    with as_system(session, "a contract is signed only with a reviewed and complete customer"):
        customer = customer_summary(session, customer_id)
    if not customer.approved or customer.missing:
        name = customer.name if sees_customer(session, customer_id) else msg("of this contract")
        raise CustomerNotReady(name, customer.missing if customer.approved else ())


def _day_of_signing(contract: Contract, on: date) -> date:
    if on > today():
        raise BadInput(fields={"on": msg("This day is in the future. Please choose today or an earlier day.")})
    if contract.ends_on is not None and contract.ends_on < on:
        raise BadInput(fields={"on": msg("The contract would have ended before its signing. Please check the days.")})
    return on


def _signed(contract: Contract) -> SignedContract:
    assert contract.number is not None
    assert contract.signed_on is not None
    return SignedContract(
        contract.id, contract.number, contract.title, contract.customer_id, contract.amount, contract.signed_on, contract.signer_id
    )
