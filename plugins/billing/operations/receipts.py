"""Receipts: entered at once, also when nobody knows whose money it is, claimed, refunded (R-110, R-231, R-335)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, get_for, handing_over
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.changes import apply_changes, make_record
from core.database.numbers import take_number
from core.database.sessions import one
from core.kernel.acting import employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.organisation.models import Employee
from core.work.notices import notify
from plugins.billing.errors import OverReceipt, ReceiptInUse, shown
from plugins.billing.models import Receipt, Refund
from plugins.billing.operations.days import past_day
from plugins.billing.permissions import CLAIM, REFUND
from plugins.billing.queries import contracts_paid_by
from plugins.billing.rules.documents import receipt_number
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import receipt_state
from plugins.contracts.public import contract_summary
from plugins.customers.public import customer_summary

BINDING = frozenset({"amount", "received_on", "customer"})
"""Fields that stay once money of the receipt was allocated or refunded."""


def register_receipt(session: Session, values: Mapping[str, Any]) -> Receipt:
    """Enter money that came in; it gets the year's next number.

    Without ``values["customer"]`` it is unidentified until somebody claims it. Raises :class:`BadInput` for an amount of nothing or less
    and for a day to come.
    """
    authorise(Receipt, "create")
    receipt: Receipt = make_record(Receipt, values)
    _check(receipt)
    if receipt.handler_id is None:
        receipt.handler_id = employee_id()
    if receipt.customer_id is not None:
        _give(session, receipt, receipt.customer_id)
    settle(receipt)
    session.add(receipt)
    session.flush()
    if receipt.customer_id is not None:
        _tell(session, receipt)
    year = today().year
    receipt.number = receipt_number(year, take_number(session, receipt.company_id, Receipt.__resource__, year))
    session.flush()
    return receipt


def change_receipt(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Receipt:
    """Change the given fields; raises :class:`ReceiptInUse` for amount, day and customer once money of it was used."""
    lock_receipt(session, record_id)
    receipt: Receipt = get_for(session, Receipt, "update", record_id, version)
    own = dict(changes)
    if own.get("customer") not in (None, receipt.customer_id):
        customer_summary(session, own["customer"])  # one that may not be seen answers so whatever became of the money
    present = {"amount": receipt.amount, "received_on": receipt.received_on, "customer": receipt.customer_id}
    if any(name in own and own[name] != present[name] for name in BINDING) and receipt.is_in_use:
        raise ReceiptInUse
    customer_id = own.pop("customer", receipt.customer_id)
    with session.no_autoflush:
        apply_changes(receipt, own)
        _check(receipt)
        if customer_id is None:
            receipt.customer_id = receipt.claimed_on = None
        settle(receipt)
    session.flush()
    if customer_id is not None and customer_id != receipt.customer_id:
        claim_for(session, receipt, customer_id)
    return receipt


def claim_receipt(session: Session, record_id: int, version: int | None, *, customer: int) -> Receipt:
    """Say whose money an unidentified receipt is; from now on it belongs to the owner of that customer, who is told."""
    lock_receipt(session, record_id)
    receipt: Receipt = get_for(session, Receipt, CLAIM, record_id, version)
    if receipt.customer_id is not None:
        raise Conflict(msg("This receipt has its customer already."))
    if receipt.rest <= 0:
        raise OverReceipt(receipt.rest)
    return claim_for(session, receipt, customer)


def refund_receipt(
    session: Session, record_id: int, version: int | None, *, amount: Decimal, reason: str | None = None, on: date | None = None
) -> Receipt:
    """Note that ``amount`` yuan were paid back, and tell whom the money concerns; raises :class:`OverReceipt` beyond the open rest."""
    lock_receipt(session, record_id)
    receipt: Receipt = get_for(session, Receipt, REFUND, record_id, version)
    day = past_day(on, "on")
    if amount <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    if amount > receipt.rest:
        raise OverReceipt(receipt.rest)
    if day < receipt.received_on:
        raise BadInput(fields={"on": msg("This day lies before the receipt. Please choose a later one.")})
    refund = Refund(receipt_id=receipt.id, amount=amount, refunded_on=day, reason=needed_reason(reason))
    session.add(refund)
    receipt.refunded += amount
    settle(receipt)
    session.flush()
    _tell_of_refund(session, receipt, refund)
    return receipt


def claim_for(session: Session, receipt: Receipt, customer_id: int) -> Receipt:
    """The receipt becomes the customer's, and its owner that of the customer; for verbs that have it open for writing."""
    name_action(session, receipt, "claim")
    with handing_over(session):
        _give(session, receipt, customer_id)
        settle(receipt)
    _tell(session, receipt)
    return receipt


def _give(session: Session, receipt: Receipt, customer_id: int) -> None:
    session.flush()
    customer = customer_summary(session, customer_id)
    with as_system(session, "the department of a customer's owner"):
        owner: Employee = one(session, select(Employee).where(Employee.id == customer.owner_id))
    receipt.customer_id, receipt.claimed_on = customer.id, today()
    receipt.owner_id, receipt.department_id = owner.id, owner.department_id


def _tell(session: Session, receipt: Receipt) -> None:
    if receipt.owner_id != employee_id():
        said = msg("%(amount)s was received from %(payer)s.", amount=shown(receipt.amount), payer=receipt.payer)
        notify(session, receipt.owner_id, said, f"/receipts/{receipt.id}")


def _tell_of_refund(session: Session, receipt: Receipt, refund: Refund) -> None:
    """Whoever looks after the receipt, or after a contract that it pays, hears once that money went back, but for who did it.

    Whoever owns no more than such a contract is led there: the receipt may not be open to him or her.
    """
    told, money = {employee_id(), None}, {"amount": shown(refund.amount), "reason": refund.reason}
    said = msg("%(amount)s of the receipt %(number)s was refunded: %(reason)s", number=receipt.number, **money)
    for person in (receipt.owner_id, receipt.handler_id):
        if person not in told:
            notify(session, person, said, f"/receipts/{receipt.id}")
            told.add(person)
    with as_system(session, "whose contracts a receipt pays"):
        contracts = [contract_summary(session, one) for one in contracts_paid_by(session, receipt.id)]
    for contract in contracts:
        if contract.owner_id not in told:
            said = msg("%(amount)s of a receipt for the contract %(number)s was refunded: %(reason)s", number=contract.number, **money)
            notify(session, contract.owner_id, said, f"/contracts/{contract.id}")
            told.add(contract.owner_id)


def lock_receipt(session: Session, record_id: int) -> None:
    """Until the end of the use case nobody else uses money of this receipt."""
    session.execute(select(Receipt.id).where(Receipt.id == record_id).with_for_update())


def settle(receipt: Receipt) -> None:
    """Rest and state follow from amount, allocations and refunds."""
    receipt.allocated, receipt.refunded = receipt.allocated or ZERO, receipt.refunded or ZERO  # nothing stands in a new one yet
    receipt.rest = receipt.amount - receipt.allocated - receipt.refunded
    claimed = receipt.customer_id is not None
    receipt.state = receipt_state(claimed=claimed, amount=receipt.amount, allocated=receipt.allocated, refunded=receipt.refunded)


def _check(receipt: Receipt) -> None:
    if receipt.amount <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    past_day(receipt.received_on, "received_on")
