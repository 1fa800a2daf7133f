"""Questions about invoices and money. Sums are in yuan and, unless the system asks, of what the person who acts may see."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from core.access.field_rights import may_query
from core.database.together import told
from core.database.types import Fen
from core.kernel.acting import Actor, acting, actor
from core.kernel.clock import today
from plugins.billing.models import Allocation, Invoice, InvoiceNotice, InvoiceSource, NoticeLine, Receipt
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import (
    AWAITING_FEEDBACK,
    TO_ALLOCATE,
    TO_DELIVER,
    WAITING_NOTICES,
    AllocationState,
    InvoiceState,
    ReceiptState,
)
from plugins.contracts.public import ReceivedMoney


def claimed_of_contract(session: Session, contract_id: int) -> Decimal:
    """What the sent notices of a contract take up of it."""
    asked = select(func.sum(NoticeLine.claimed)).join(InvoiceNotice, InvoiceNotice.id == NoticeLine.notice_id)
    return _total(session, asked.where(InvoiceNotice.contract_id == contract_id))


def claimed_of_part(session: Session, part_id: int) -> Decimal:
    """What the sent notices take up of a part of a payment schedule."""
    return _total(session, select(func.sum(NoticeLine.claimed)).where(NoticeLine.part_id == part_id))


def invoiced_of_contract(session: Session, contract_id: int) -> Decimal:
    """What was invoiced of a contract and holds: void invoices do not count, red-letter ones count against it."""
    asked = select(func.sum(InvoiceSource.amount)).join(Invoice, Invoice.id == InvoiceSource.invoice_id)
    return _total(session, asked.where(InvoiceSource.contract_id == contract_id, Invoice.state != InvoiceState.VOID))


def allocated_to_contract(session: Session, contract_id: int) -> Decimal:
    """What was received for a contract."""
    return _total(session, _allocated().where(Allocation.contract_id == contract_id))


def allocated_to_part(session: Session, part_id: int) -> Decimal:
    """What was received for just this part of a payment schedule."""
    return _total(session, _allocated().where(Allocation.part_id == part_id))


def allocated_to_invoice(session: Session, invoice_id: int) -> Decimal:
    """What was received for an invoice."""
    return _total(session, _allocated().where(Allocation.invoice_id == invoice_id))


def contracts_paid_by(session: Session, receipt_id: int) -> Sequence[int]:
    """Ids of the contracts to which money of a receipt is allocated."""
    paid = select(Allocation.contract_id).where(Allocation.receipt_id == receipt_id, Allocation.state == AllocationState.ACTIVE)
    return session.scalars(paid.order_by(Allocation.contract_id).distinct()).all()


def money_received() -> ReceivedMoney | None:
    """What is allocated to contracts, for whoever shows their schedules; nothing for a person who may not know it."""
    who = acting()
    if not isinstance(who, Actor) or not who.may(Allocation.__resource__, "read") or not may_query(who, Allocation, "amount"):
        return None
    rows: Any = select(Allocation.contract_id, Allocation.part_id, Allocation.amount).where(Allocation.state == AllocationState.ACTIVE)
    return ReceivedMoney(rows)


def reversed_of_invoice(session: Session, invoice_id: int) -> Decimal:
    """How much of an invoice red-letter ones have taken back."""
    return -_total(session, select(func.sum(Invoice.amount)).where(Invoice.red_of_id == invoice_id))


def to_issue() -> Select[Any]:
    """Notices that wait for the clerk, as rows to be told, most urgent first."""
    rows = told(InvoiceNotice.id, InvoiceNotice.title, day=InvoiceNotice.due_on)
    return rows.where(InvoiceNotice.state.in_(WAITING_NOTICES)).order_by(InvoiceNotice.due_on, InvoiceNotice.id)


def feedback_due() -> Select[Any]:
    """Own invoices that wait for the word of the person who acts, as rows to be told, oldest first (R-229)."""
    rows = told(Invoice.id, Invoice.title, day=Invoice.feedback_due_on)
    mine = Invoice.owner_id == actor().employee_id
    return rows.where(mine, Invoice.state.in_(AWAITING_FEEDBACK)).order_by(Invoice.feedback_due_on, Invoice.id)


def to_deliver() -> Select[Any]:
    """Invoices that are still to be brought to the customer or have met a problem, as rows to be told, oldest first (R-228)."""
    rows = told(Invoice.id, Invoice.title, Invoice.state, Invoice.kind, Invoice.state_reason)
    return rows.where(Invoice.state.in_(TO_DELIVER)).order_by(Invoice.issued_on, Invoice.id)


def receipts_to_allocate() -> Select[Any]:
    """Receipts with money that nothing is paid with yet, as rows to be told, oldest first (R-335)."""
    rows = told(Receipt.id, Receipt.payer, Receipt.rest, day=Receipt.received_on)
    return rows.where(Receipt.state.in_(TO_ALLOCATE)).order_by(Receipt.received_on, Receipt.id)


def received_this_month() -> ColumnElement[bool]:
    """Receipts of the present month, but for those that were paid back altogether: one condition for the figure and its list."""
    return and_(Receipt.received_on >= today().replace(day=1), Receipt.state != ReceiptState.REFUNDED)


def kept() -> ColumnElement[Decimal]:
    """Sum of what came in and was not paid back; a difference of money has to be told that it is money."""
    return type_coerce(func.sum(Receipt.amount - Receipt.refunded), Fen())


def less(one: Select[Any], other: Select[Any], *, unknown: bool = False, owed: bool = False) -> Select[Any]:
    """One sum less another, as a question for a page; what is nothing counts 0, or with ``unknown`` leaves the first one nothing.

    With ``owed`` it is never below 0: who has paid more than that owes nothing.
    """
    first: ColumnElement[Any] = one.scalar_subquery()
    second = func.coalesce(other.scalar_subquery(), literal(0))
    rest = (first if unknown else func.coalesce(first, literal(0))) - second
    return select(type_coerce(case((rest < literal(0), literal(0)), else_=rest) if owed else rest, Fen()))


def overdue_feedback(limit: int) -> Select[Invoice]:
    """Invoices whose feedback was due before today and whose owner was not reminded of that yet."""
    late = Invoice.state.in_(AWAITING_FEEDBACK), Invoice.feedback_due_on < today()
    unsaid = (Invoice.reminded_on.is_(None)) | (Invoice.reminded_on <= Invoice.feedback_due_on)
    return select(Invoice).where(*late, unsaid).order_by(Invoice.id).limit(limit).with_for_update()


def _allocated() -> Select[Any]:
    return select(func.sum(Allocation.amount)).where(Allocation.state == AllocationState.ACTIVE)


def _total(session: Session, asked: Select[Any]) -> Decimal:
    return session.scalar(asked) or ZERO
