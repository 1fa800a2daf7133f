"""Allocating receipts to contracts, never beyond what is open on either side, and taking that back (R-231, R-335)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, get_for, open_for_writing
from core.audit.trail import name_action
from core.database.answers import needed_reason
from core.database.changes import make_record
from core.database.sessions import one
from core.kernel.acting import employee_id
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from core.work.notices import notify
from plugins.billing.errors import ContractClosed, OtherCustomer, OverOpen, OverReceipt, shown
from plugins.billing.models import Allocation, Invoice, Receipt
from plugins.billing.operations.receipts import claim_for, lock_receipt, settle
from plugins.billing.permissions import REVERSE
from plugins.billing.queries import allocated_to_contract, allocated_to_invoice, allocated_to_part, reversed_of_invoice
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import AllocationState, InvoiceState
from plugins.contracts.public import ContractSummary, contract_summary, lock_contract, schedule_of

GONE = (InvoiceState.VOID, InvoiceState.RED)


def allocate(session: Session, values: Mapping[str, Any]) -> Allocation:
    """Pay ``values["contract"]`` with ``values["amount"]`` yuan of ``values["receipt"]``, perhaps a part of its schedule or an invoice.

    An unidentified receipt is thereby claimed for the customer of the contract. Raises :class:`ContractClosed`, :class:`OtherCustomer`,
    :class:`OverReceipt` and :class:`OverOpen`. Contract, receipt and invoice are locked in this order, so that nobody waits in a circle.
    """
    authorise(Allocation, "create")
    allocation: Allocation = make_record(Allocation, values)
    if allocation.amount <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})
    contract = lock_contract(session, allocation.contract_id)
    lock_receipt(session, allocation.receipt_id)
    receipt: Receipt = one(session, select(Receipt).where(Receipt.id == allocation.receipt_id).execution_options(populate_existing=True))
    _check_sides(receipt, contract, allocation.amount)
    allocation.part_id = _part(session, allocation)
    _check_open(session, allocation, contract)
    open_for_writing(session, receipt)
    if receipt.customer_id is None:
        claim_for(session, receipt, contract.customer_id)
    allocation.allocated_on = today()
    session.add(allocation)
    _book(receipt, allocation.amount)
    session.flush()
    _tell(session, contract, receipt, allocation.amount)
    return allocation


def reverse_allocation(session: Session, record_id: int, version: int | None, *, reason: str | None = None) -> Allocation:
    """Take an allocation back: its money is open again on both sides, whose people are told; raises :class:`Conflict` the second time."""
    stored: Allocation = get_for(session, Allocation, REVERSE, record_id, version)
    lock_receipt(session, stored.receipt_id)
    allocation: Allocation = get_for(session, Allocation, REVERSE, record_id, version)
    name_action(session, allocation, "reverse")
    if allocation.state == AllocationState.REVERSED:
        raise Conflict(msg("This allocation has been reversed already."))
    allocation.reason = needed_reason(reason)
    allocation.state, allocation.reversed_on = AllocationState.REVERSED, today()
    found = select(Receipt).where(Receipt.id == allocation.receipt_id).execution_options(populate_existing=True)
    session.flush()
    receipt: Receipt = one(session, found)
    open_for_writing(session, receipt)
    _book(receipt, -allocation.amount)
    session.flush()
    _tell_of_reversal(session, allocation, receipt)
    return allocation


def _check_sides(receipt: Receipt, contract: ContractSummary, amount: Decimal) -> None:
    if not contract.open:
        raise ContractClosed
    if receipt.customer_id not in (None, contract.customer_id):
        raise OtherCustomer
    if amount > receipt.rest:
        raise OverReceipt(receipt.rest)


def _part(session: Session, allocation: Allocation) -> int | None:
    if allocation.part_number is None:
        return None
    parts = schedule_of(session, allocation.contract_id)
    found = next((part.id for part in parts if part.position == allocation.part_number), None)
    if found is None:
        raise BadInput(fields={"part_number": msg("The payment schedule has no such part. Please check it.")})
    return found


def _check_open(session: Session, allocation: Allocation, contract: ContractSummary) -> None:
    """What is open is reckoned over all allocations, also those that the person who acts may not see."""
    with session.no_autoflush, as_system(session, "allocations stay within what is open"):
        rest = contract.amount - allocated_to_contract(session, contract.id)
        part_rest = _rest_of_part(session, allocation)
    if allocation.amount > rest:
        raise OverOpen(max(rest, ZERO), msg("contract"))
    if part_rest is not None and allocation.amount > part_rest:
        raise OverOpen(max(part_rest, ZERO), msg("part of the schedule"))
    if allocation.invoice_id is not None:
        _check_invoice(session, allocation, contract)


def _rest_of_part(session: Session, allocation: Allocation) -> Decimal | None:
    if allocation.part_id is None:
        return None
    part = next(part for part in schedule_of(session, allocation.contract_id) if part.id == allocation.part_id)
    return part.amount - allocated_to_part(session, part.id)


def _check_invoice(session: Session, allocation: Allocation, contract: ContractSummary) -> None:
    session.execute(select(Invoice.id).where(Invoice.id == allocation.invoice_id).with_for_update())
    wanted = select(Invoice).where(Invoice.id == allocation.invoice_id).execution_options(populate_existing=True)
    invoice: Invoice = one(session, wanted)
    if invoice.customer_id != contract.customer_id:
        raise OtherCustomer
    if invoice.state in GONE:
        raise BadInput(
            fields={"invoice": msg("This invoice is void or a red-letter one, so nothing can be paid on it. Please choose another.")}
        )
    with session.no_autoflush, as_system(session, "allocations stay within what is open"):
        rest = invoice.amount - reversed_of_invoice(session, invoice.id) - allocated_to_invoice(session, invoice.id)
    if allocation.amount > rest:
        raise OverOpen(max(rest, ZERO), msg("invoice"))


def _book(receipt: Receipt, amount: Decimal) -> None:
    receipt.allocated += amount
    settle(receipt)


def _tell(session: Session, contract: ContractSummary, receipt: Receipt, amount: Decimal) -> None:
    """The owner of the contract and whoever took the money in hear of it, each once, and nobody of what he did himself.

    The owner of the receipt was told that it came, unless he took it in himself: one notice of the same money is enough.
    """
    told = {employee_id(), *((receipt.owner_id,) if receipt.handler_id != receipt.owner_id else ())}
    if contract.owner_id not in told:
        said = msg("%(amount)s was received for the contract %(number)s.", amount=shown(amount), number=contract.number)
        notify(session, contract.owner_id, said, f"/contracts/{contract.id}")
    if receipt.handler_id not in {None, *told, contract.owner_id}:
        used = msg("%(amount)s of the receipt %(number)s was allocated.", amount=shown(amount), number=receipt.number)
        notify(session, receipt.handler_id, used, f"/receipts/{receipt.id}")


def _tell_of_reversal(session: Session, allocation: Allocation, receipt: Receipt) -> None:
    """Whoever was told that the money came for the contract hears that it is open again, but for the one who did it."""
    with as_system(session, "whose contract is unpaid again"):
        owner_id = contract_summary(session, allocation.contract_id).owner_id
    said = msg(
        "%(amount)s of the receipt %(number)s is no longer allocated: %(reason)s",
        amount=shown(allocation.amount),
        number=receipt.number,
        reason=allocation.reason,
    )
    for person in dict.fromkeys((owner_id, receipt.owner_id, receipt.handler_id)):
        if person not in (None, employee_id()):
            notify(session, person, said, f"/receipts/{receipt.id}")
